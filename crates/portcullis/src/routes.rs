//! The one table of all routes: where to look for what an address does.

use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{backup, changes, compose::AppState, live_settings, status};

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
        .merge(change_feed())
        .merge(sign_in())
        .merge(second_factors())
        .merge(api_keys())
        .merge(people_themselves())
        .merge(nodes())
        .merge(rights())
        .merge(authzen())
        .merge(realms())
        .merge(users())
        .merge(groups())
        .merge(service_accounts())
        .merge(edges())
        .merge(sources())
        .merge(world_files())
}

fn running() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(status::health))
        .routes(routes!(status::livez))
        .routes(routes!(status::readyz))
        .routes(routes!(status::status))
        .routes(routes!(status::metrics))
        .routes(routes!(backup::handle))
        .routes(routes!(live_settings::list))
        .routes(routes!(live_settings::read))
        .routes(routes!(live_settings::change))
}

fn change_feed() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(changes::read_changes::handle))
        .routes(routes!(changes::list_labels::handle))
}

fn audit_log() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit::list_events::handle))
        .routes(routes!(audit::count_events::handle))
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
        .routes(routes!(tree::list_top_nodes::handle))
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
        .routes(routes!(access::check_rules::handle))
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
        .routes(routes!(access::nodes::handle))
        .routes(routes!(access::subjects::handle))
        .routes(routes!(access::may_do::handle))
        .routes(routes!(world::what_if::handle))
        .routes(routes!(access::filter::handle))
}

fn authzen() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(access::authzen::evaluation::handle))
        .routes(routes!(access::authzen::evaluations::handle))
        .routes(routes!(access::authzen::search_subject::handle))
        .routes(routes!(access::authzen::search_resource::handle))
        .routes(routes!(access::authzen::search_action::handle))
        .routes(routes!(access::authzen::configuration::handle))
}

fn realms() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(realms::create_realm::handle))
        .routes(routes!(realms::list_realms::handle))
        .routes(routes!(realms::read_realm::handle))
        .routes(routes!(realms::delete_realm::handle))
        .routes(routes!(signin::list_realm_sessions::handle))
        .routes(routes!(signin::end_realm_sessions::handle))
        .routes(routes!(realms::connect_realms::handle))
        .routes(routes!(realms::disconnect_realms::handle))
        .routes(routes!(realms::list_realm_connections::handle))
        .routes(routes!(realms::create_application::handle))
        .routes(routes!(realms::list_applications::handle))
        .routes(routes!(realms::read_application::handle))
        .routes(routes!(realms::update_application::handle))
        .routes(routes!(realms::delete_application::handle))
}

fn users() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(realms::list_users::handle))
        .routes(routes!(realms::create_user::handle))
        .routes(routes!(realms::unlock_user::handle))
        .routes(routes!(realms::reset_password::handle))
        .routes(routes!(realms::auth_users::create::handle))
        .routes(routes!(signin::list_sessions::of_user))
        .routes(routes!(signin::end_sessions::of_user))
        .routes(routes!(signin::end_sessions::one_of_user))
        .routes(routes!(tokens::impersonate::handle))
        .routes(routes!(signin::second_factor::list_factors::of_user))
        .routes(routes!(signin::second_factor::reset_factors::handle))
        .routes(routes!(realms::read_user::handle))
        .routes(routes!(realms::update_user::handle))
        .routes(routes!(realms::delete_user::handle))
        .routes(routes!(realms::lock_user::handle))
        .routes(routes!(realms::disable_user::handle))
        .routes(routes!(realms::enable_user::handle))
        .routes(routes!(realms::add_alias::handle))
        .routes(routes!(realms::remove_alias::handle))
        .routes(routes!(realms::list_locks::handle))
        .routes(routes!(realms::default_role::of_user))
        .routes(routes!(realms::auth_users::list::handle))
        .routes(routes!(realms::auth_users::read::handle))
        .routes(routes!(realms::auth_users::update::handle))
        .routes(routes!(realms::auth_users::delete::handle))
}

fn groups() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(realms::create_group::handle))
        .routes(routes!(realms::list_groups::handle))
        .routes(routes!(realms::read_group::handle))
        .routes(routes!(realms::update_group::handle))
        .routes(routes!(realms::delete_group::handle))
        .routes(routes!(realms::list_members::handle))
        .routes(routes!(realms::add_member::handle))
        .routes(routes!(realms::remove_member::handle))
}

fn service_accounts() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(realms::create_service_account::handle))
        .routes(routes!(realms::list_service_accounts::handle))
        .routes(routes!(realms::read_service_account::handle))
        .routes(routes!(realms::delete_service_account::handle))
        .routes(routes!(realms::disable_service_account::handle))
        .routes(routes!(realms::enable_service_account::handle))
}

fn sign_in() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tokens::login::handle))
        .routes(routes!(tokens::token::handle))
        .routes(routes!(tokens::reauthenticate::handle))
        .routes(routes!(tokens::remember::handle))
        .routes(routes!(tokens::forget::handle))
        .routes(routes!(signin::remember::list_devices::handle))
        .routes(routes!(signin::remember::forget_device::handle))
        .routes(routes!(tokens::logout::handle))
        .routes(routes!(tokens::end_impersonation::handle))
        .routes(routes!(tokens::jwks::handle))
        .routes(routes!(signin::me::handle))
        .routes(routes!(signin::update_profile::handle))
        .routes(routes!(realms::default_role::own))
        .routes(routes!(signin::verify_email::handle))
        .routes(routes!(signin::confirm_email::handle))
        .routes(routes!(signin::cancel_email_change::handle))
        .routes(routes!(tokens::change_password::handle))
        .routes(routes!(signin::read_password_policy::handle))
        .routes(routes!(signin::forgot_password::handle))
        .routes(routes!(signin::reset_forgotten_password::handle))
        .routes(routes!(signin::list_sessions::own))
        .routes(routes!(signin::end_sessions::own))
        .routes(routes!(signin::setup::handle))
}

fn second_factors() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(signin::second_factor::begin_challenge::handle))
        .routes(routes!(signin::second_factor::enrol::handle))
        .routes(routes!(signin::passkey::begin_passkey::handle))
        .routes(routes!(signin::second_factor::list_factors::own))
        .routes(routes!(signin::second_factor::create_factor::handle))
        .routes(routes!(signin::second_factor::confirm_factor::handle))
        .routes(routes!(signin::second_factor::delete_factor::handle))
        .routes(routes!(signin::second_factor::make_recovery_codes::handle))
        .routes(routes!(signin::second_factor::create_rule::handle))
        .routes(routes!(signin::second_factor::list_rules::handle))
        .routes(routes!(signin::second_factor::delete_rule::handle))
}

fn people_themselves() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(people::invite::handle))
        .routes(routes!(people::list_invitations::handle))
        .routes(routes!(people::revoke_invitation::handle))
        .routes(routes!(people::accept_invitation::handle))
        .routes(routes!(people::registration::read))
        .routes(routes!(people::registration::change))
        .routes(routes!(people::register::handle))
        .routes(routes!(people::confirm_registration::handle))
        .routes(routes!(people::export::handle))
        .routes(routes!(people::erase::handle))
}

fn api_keys() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tokens::create_api_key::handle))
        .routes(routes!(tokens::list_api_keys::handle))
        .routes(routes!(tokens::revoke_api_key::handle))
}

fn edges() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(guard::read_routes::handle))
        .routes(routes!(guard::replace_routes::handle))
        .routes(routes!(guard::forward::handle))
        .routes(routes!(guard::forward::handle_for))
}

fn sources() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(network::create_ip_rules::handle))
        .routes(routes!(network::list_ip_rules::handle))
        .routes(routes!(network::delete_ip_rule::handle))
        .routes(routes!(signin::source_locks::list))
        .routes(routes!(signin::source_locks::unlock))
}

fn world_files() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(world::apply_world::handle))
        .routes(routes!(world::export_world::handle))
}
