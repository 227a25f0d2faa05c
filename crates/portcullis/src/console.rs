//! The console at `/console/`: files that `make` builds from `console/` and this program embeds. It is a client of the
//! public API like any other, so its files are for everybody.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use context::System;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use kernel::{Problem, ProblemKind};
use rust_embed::RustEmbed;
use web::Failure;

use crate::{embedded::media_type, weighted::weighted};

/// The files that were built; none if the console was not. In a build without optimisation they are read when they
/// are asked for.
#[derive(RustEmbed)]
#[folder = "../../console/built"]
struct Built;

/// Where the build puts the page, and beside it all else.
const PAGES: &str = "pages";
/// What the build wrote where the value belongs that is new with each answer.
const PLACE: &str = "PORTCULLIS-NONCE";
/// Bytes of that value (CSP3, section 7.1: at least 128 bits).
const NONCE: usize = 16;
const NOT_BUILT: &str = include_str!("../assets/console_not_built.html");
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The routes. All addresses of the console that name no file are its one page, which knows what to show.
pub fn routes<S: Clone + Send + Sync + 'static>(system: Arc<System>) -> Router<S> {
    Router::new()
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(page))
        .route("/console/assets/{name}", get(asset))
        .route("/console/{*page}", get(page))
        .with_state(system)
}

async fn page(State(system): State<Arc<System>>) -> Response {
    match Built::get(&format!("{PAGES}/index.html")) {
        Some(file) => {
            filled(&file.data, &BASE64_STANDARD.encode(system.entropy().bytes::<NONCE>()))
        }
        None => (header_of_policy("default-src 'none'"), Html(NOT_BUILT)).into_response(),
    }
}

/// The page with the value in it, and the policy that lets in what bears it.
fn filled(page: &[u8], nonce: &str) -> Response {
    let Ok(text) = std::str::from_utf8(page) else {
        return Failure(Problem::internal("the console's page is not UTF-8")).into_response();
    };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    );
    // Browsers name the origin of a page's own requests only where its address may be told.
    let referrer = [(header::REFERRER_POLICY, "same-origin")];
    (header_of_policy(&policy), referrer, Html(text.replace(PLACE, nonce))).into_response()
}

fn header_of_policy(policy: &str) -> [(HeaderName, String); 1] {
    [(header::CONTENT_SECURITY_POLICY, policy.to_owned())]
}

/// A file whose name changes with its content.
async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("{PAGES}/assets/{name}");
    let encoding = ["br", "gzip"].into_iter().find(|encoding| accepts(&headers, encoding));
    let compressed = encoding.and_then(|encoding| {
        let ending = if encoding == "br" { "br" } else { "gz" };
        Some((Built::get(&format!("{path}.{ending}"))?, Some(encoding)))
    });
    let found = compressed.or_else(|| Some((Built::get(&path)?, None)));
    let (Some((file, encoding)), Some(media)) = (found, media_type(&name)) else {
        return Failure(Problem::new(ProblemKind::NotFound, "The console has no such file."))
            .into_response();
    };
    let mut answer = file.data.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer
}

/// Whether a client takes this encoding (RFC 9110, section 12.5.3). A wildcard is not read: such a client gets the
/// file as it is.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(weighted)
        .any(|(name, weight)| name.eq_ignore_ascii_case(encoding) && weight > 0.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gzip, deflate, br", true)]
    #[case("GZIP;q=0.5, BR ; q=0.2", true)]
    #[case("gzip, br;q=0", false)]
    #[case("gzip, brotli", false)]
    #[case("*", false)]
    #[case("", false)]
    fn who_takes_brotli(#[case] value: &'static str, #[case] takes: bool) {
        let headers =
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        assert_eq!(accepts(&headers, "br"), takes);
    }

    #[test]
    fn the_page_is_let_in_by_a_value_that_it_bears() {
        let text = format!("<script nonce=\"{PLACE}\"></script><link nonce=\"{PLACE}\">");
        let answer = filled(text.as_bytes(), "abc");
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'nonce-abc' 'strict-dynamic';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
