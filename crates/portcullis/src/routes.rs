//! The one table of all routes: where to look for what an address does.

use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{backup, compose::AppState, status};

#[derive(OpenApi)]
#[openapi(info(
    title = "Portcullis",
    description = "Who may come in, who may do what, where, and why. Conventions: docs/guide.",
    license(name = "MIT OR Apache-2.0")
))]
struct Document;

/// Every route, with what the OpenAPI document says of it.
pub fn all() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(running()).merge(audit_log())
}

fn running() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(status::health))
        .routes(routes!(status::livez))
        .routes(routes!(status::readyz))
        .routes(routes!(status::status))
        .routes(routes!(status::metrics))
        .routes(routes!(backup::handle))
}

fn audit_log() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit::list_events::handle))
        .routes(routes!(audit::verify::handle))
}
