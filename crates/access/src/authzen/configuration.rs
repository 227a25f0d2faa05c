//! `GET /.well-known/authzen-configuration`

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use protocol::authzen::Metadata;
use web::{Json, Public};

/// The address that clients see, such as `https://id.example.com`.
#[derive(Debug, Clone)]
pub struct PublicAddress(pub Arc<str>);

/// How long it may be kept: it changes with the address of the server alone.
const CACHE: HeaderValue = HeaderValue::from_static("max-age=3600");

/// Where the endpoints of the Authorization API are (AuthZEN 1.0, Policy Decision Point Metadata).
#[utoipa::path(get, path = "/.well-known/authzen-configuration", tag = "authzen",
    operation_id = "read_authzen_configuration",
    responses((status = 200, body = Metadata, description = "The endpoints")),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(Public(_ctx): Public, State(address): State<PublicAddress>) -> Response {
    let mut response = Json(Metadata::of(&address.0)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE);
    response
}
