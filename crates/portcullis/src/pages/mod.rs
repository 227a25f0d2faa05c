//! Pages for people who have no console: signing in with all its steps, the set-up, and what the links in letters lead to.
//! They work without the console, and use the public operations alone.
//!
//! | module | holds |
//! |---|---|
//! | `sign_in` | the page of the sign-in, from the name to the way back |
//! | `form` | pages that ask for some fields: a forgotten password, the set-up, those behind links in letters |
//! | `asked` | what the address of a page says, and the frame around each page |
//! | `next_path` | where a browser goes after the sign-in: a path of this server |
//! | `language` | in which language a page speaks |
//! | [`texts`] | the texts, from a file for each language |
//! | `assets` | styles, scripts and pictures |

mod asked;
mod assets;
mod form;
mod language;
mod next_path;
mod sign_in;
pub mod texts;

use axum::{Router, response::Redirect, routing::get};
use http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::compose::AppState;

/// What a page may load and ask: this server alone, and nothing that stands in the page itself but the QR code of a key,
/// which is a picture.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
);

/// The routes of the pages; each stands beside the operation that it uses. Whoever comes without a path wants the console.
pub fn routes() -> Router<AppState> {
    let pages = form::routes().merge(sign_in::routes());
    let policy = SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY);
    pages
        .layer(policy)
        .merge(assets::routes())
        .route("/", get(|| async { Redirect::to("/console/") }))
}
