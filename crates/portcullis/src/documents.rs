//! `/openapi.json`, and `/docs` where people read it: everything from this server, nothing inline.

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderValue, header};
use kernel::Problem;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};
use web::Failure;

/// What a page of the documents may load: files of this server, and images in the page itself.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The two routes.
pub fn routes<S: Clone + Send + Sync + 'static>(document: OpenApi) -> Router<S> {
    // The base layout, as the bar at the top of the other one has a style inline; and no picture of a validator
    // elsewhere, which would be told of every server that has a name.
    let config = Config::from("/openapi.json").use_base_layout().validator_url("none");
    let page: Router<S> = SwaggerUi::new("/docs").config(config).into();
    let policy = SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY);
    // Written once: it is large, and anybody may ask for it.
    let text = Arc::new(serde_json::to_vec(&document).map(Bytes::from));
    page.layer(policy).route("/openapi.json", get(move || async move { answer(&text) }))
}

fn answer(text: &serde_json::Result<Bytes>) -> Response {
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response(),
        Err(error) => Failure(Problem::internal(error.to_string())).into_response(),
    }
}
