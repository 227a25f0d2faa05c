//! Pages for people who have no console: what the links in letters lead to. They work without it, and use the public
//! operations alone.
//!
//! | module | holds |
//! |---|---|
//! | `link` | the pages behind links: a new password, an address, an invitation, a registration |

mod link;

use axum::{Router, response::IntoResponse, routing::get};
use http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a page may load and ask: this server alone, and nothing that stands in the page itself.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
);
const STYLE: &str = include_str!("../../assets/pages.css");
const SCRIPT: &str = include_str!("../../assets/link.js");

/// The routes of the pages; each stands beside the operation that it uses.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let pages = link::PAGES.iter().fold(Router::new(), |router, page| {
        router.route(page.path, get(move || async move { page.respond() }))
    });
    let pages =
        pages.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY));
    pages
        .route("/pages/pages.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/pages/link.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
}

fn asset(media: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media)], text)
}
