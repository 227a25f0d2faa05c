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
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(running())
        .merge(audit_log())
        .merge(nodes())
        .merge(rights())
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

fn nodes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tree::create_node::handle))
        .routes(routes!(tree::list_nodes::handle))
        .routes(routes!(tree::read_node::handle))
        .routes(routes!(tree::update_node::handle))
        .routes(routes!(tree::delete_node::handle))
        .routes(routes!(tree::list_children::handle))
        .routes(routes!(tree::move_node::handle))
        .routes(routes!(tree::list_connections::handle))
        .routes(routes!(tree::connect::handle))
        .routes(routes!(tree::disconnect::handle))
        .routes(routes!(tree::properties::read))
        .routes(routes!(tree::properties::replace))
        .routes(routes!(tree::properties::change))
        .routes(routes!(tree::tags::read))
        .routes(routes!(tree::tags::replace))
        .routes(routes!(tree::external_ids::read))
        .routes(routes!(tree::external_ids::replace))
        .routes(routes!(tree::read_node::by_external_id))
}

fn rights() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(access::create_permission::handle))
        .routes(routes!(access::list_permissions::handle))
        .routes(routes!(access::list_permissions::read))
        .routes(routes!(access::delete_permission::handle))
        .routes(routes!(access::create_role::handle))
        .routes(routes!(access::list_roles::handle))
        .routes(routes!(access::read_role::handle))
        .routes(routes!(access::update_role::handle))
        .routes(routes!(access::delete_role::handle))
        .routes(routes!(access::create_assignment::handle))
        .routes(routes!(access::list_assignments::handle))
        .routes(routes!(access::list_assignments::read))
        .routes(routes!(access::unassign::handle))
        .routes(routes!(access::decide::handle))
        .routes(routes!(access::explain::handle))
        .routes(routes!(access::may_do::handle))
}
