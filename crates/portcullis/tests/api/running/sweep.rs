//! Every route, tried by nobody, by a stranger (a user of another realm without any role), by a viewer, by a
//! superuser whose password has expired, and by a superuser. The matrix is a snapshot, so that a changed right is seen in review.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use crate::{
    harness::{AT_LOCALHOST, PASSWORD, ROOT, Server},
    letters::settings,
    signin::second_factor::{App, challenge},
};

/// How each operation is tried: in this order, so that what one makes the next may use.
type Trial = (&'static str, Method, &'static str, Value);

/// As the Authorization API of AuthZEN asks.
fn victim_and_acme() -> Value {
    json!({"subject": {"type": "user", "id": "/main/victim"}, "action": {"name": "write"},
        "resource": {"type": "company", "id": "/acme"}})
}

#[expect(clippy::too_many_lines, reason = "a table, a line for each route")]
fn trials() -> Vec<Trial> {
    let none = || Value::Null;
    let (get, post, put, patch, delete) =
        (|| Method::GET, || Method::POST, || Method::PUT, || Method::PATCH, || Method::DELETE);
    vec![
        ("read_health", get(), "/health", none()),
        ("read_livez", get(), "/livez", none()),
        ("read_readyz", get(), "/readyz", none()),
        ("read_status", get(), "/status", none()),
        ("read_metrics", get(), "/metrics", none()),
        ("read_jwks", get(), "/.well-known/jwks.json", none()),
        ("make_backup", post(), "/api/v1/backup", json!({"file": "/nowhere/copy.db"})),
        ("list_settings", get(), "/api/v1/settings", none()),
        ("read_settings", get(), "/api/v1/settings/session", none()),
        ("change_settings", put(), "/api/v1/settings/session", json!({"idle_minutes": 20})),
        ("read_changes", get(), "/api/v1/changes", none()),
        ("list_labels", get(), "/api/v1/changes/labels", none()),
        ("list_audit_events", get(), "/api/v1/audit/events", none()),
        ("count_audit_events", get(), "/api/v1/audit/counts", none()),
        ("verify_audit", get(), "/api/v1/audit/verify", none()),
        (
            "apply_world",
            post(),
            "/api/v1/world",
            json!({"nodes": [{"path": "/swept", "kind": "company"}]}),
        ),
        ("export_world", get(), "/api/v1/world", none()),
        (
            "create_node",
            post(),
            "/api/v1/nodes",
            json!({"parent": "/acme", "kind": "company", "name": "new"}),
        ),
        ("list_nodes", get(), "/api/v1/nodes", none()),
        ("read_node", get(), "/api/v1/nodes/%2Facme", none()),
        ("update_node", patch(), "/api/v1/nodes/%2Facme%2Fold", json!({"name": "older"})),
        ("list_children", get(), "/api/v1/nodes/%2Facme/children", none()),
        ("list_top_nodes", get(), "/api/v1/top-nodes", none()),
        ("move_node", post(), "/api/v1/nodes/%2Facme%2Fnew/move", json!({"parent": "/acme/older"})),
        (
            "connect_nodes",
            post(),
            "/api/v1/nodes/%2Facme%2Fregion/connections",
            json!({"to": "/acme/older"}),
        ),
        ("list_connections", get(), "/api/v1/nodes/%2Facme%2Fregion/connections", none()),
        (
            "disconnect_nodes",
            delete(),
            "/api/v1/nodes/%2Facme%2Fregion/connections/%2Facme%2Folder",
            none(),
        ),
        ("read_properties", get(), "/api/v1/nodes/%2Facme/properties", none()),
        ("replace_properties", put(), "/api/v1/nodes/%2Facme/properties", json!({"a": 1})),
        ("change_properties", patch(), "/api/v1/nodes/%2Facme/properties", json!({"b": 2})),
        ("read_tags", get(), "/api/v1/nodes/%2Facme/tags", none()),
        ("replace_tags", put(), "/api/v1/nodes/%2Facme/tags", json!(["a"])),
        ("read_external_ids", get(), "/api/v1/nodes/%2Facme/external-ids", none()),
        (
            "replace_external_ids",
            put(),
            "/api/v1/nodes/%2Facme/external-ids",
            json!({"vat": "BE1"}),
        ),
        ("read_node_by_external_id", get(), "/api/v1/external-ids/vat/BE1", none()),
        (
            "create_permission",
            post(),
            "/api/v1/permissions",
            json!({"name": "swept", "owner": "/acme"}),
        ),
        ("list_permissions", get(), "/api/v1/permissions", none()),
        ("read_permission", get(), "/api/v1/permissions/{permission}", none()),
        ("delete_permission", delete(), "/api/v1/permissions/{permission}", none()),
        (
            "create_role",
            post(),
            "/api/v1/roles",
            json!({"name": "Swept", "owner": "/acme", "rules": ["read"]}),
        ),
        (
            "check_rules",
            post(),
            "/api/v1/roles/check",
            json!({"owner": "/acme", "rules": ["read"]}),
        ),
        ("list_roles", get(), "/api/v1/roles", none()),
        ("read_role", get(), "/api/v1/roles/{role}", none()),
        (
            "update_role",
            put(),
            "/api/v1/roles/{role}",
            json!({"name": "Kept", "rules": ["read", "write"]}),
        ),
        (
            "create_assignment",
            post(),
            "/api/v1/assignments",
            json!({"subject": "/main/victim", "role": "viewer"}),
        ),
        ("list_assignments", get(), "/api/v1/assignments", none()),
        ("read_assignment", get(), "/api/v1/assignments/{assignment}", none()),
        ("delete_assignment", delete(), "/api/v1/assignments/{assignment}", none()),
        ("delete_role", delete(), "/api/v1/roles/{role}", none()),
        (
            "decide",
            post(),
            "/api/v1/access/decide",
            json!({"permission": "write", "principal": {"type": "user", "realm": "main", "name": "victim"}}),
        ),
        (
            "explain",
            post(),
            "/api/v1/access/explain",
            json!({"permission": "write", "principal": {"type": "user", "realm": "main", "name": "victim"}}),
        ),
        ("read_authzen_configuration", get(), "/.well-known/authzen-configuration", none()),
        ("evaluate", post(), "/access/v1/evaluation", victim_and_acme()),
        ("evaluate_many", post(), "/access/v1/evaluations", victim_and_acme()),
        ("search_subject", post(), "/access/v1/search/subject", victim_and_acme()),
        ("search_resource", post(), "/access/v1/search/resource", victim_and_acme()),
        ("search_action", post(), "/access/v1/search/action", victim_and_acme()),
        (
            "nodes_allowed",
            post(),
            "/api/v1/access/nodes",
            json!({"permission": "write", "principal": {"type": "user", "realm": "main", "name": "victim"}}),
        ),
        (
            "filter",
            post(),
            "/api/v1/access/filter",
            json!({"permission": "write", "dialect": "sqlite", "label": "n.label",
                "principal": {"type": "user", "realm": "main", "name": "victim"}}),
        ),
        (
            "subjects_allowed",
            post(),
            "/api/v1/access/subjects",
            json!({"permission": "write", "node": "/acme"}),
        ),
        (
            "permissions_at",
            post(),
            "/api/v1/access/permissions",
            json!({"node": "/acme", "principal": {"type": "user", "realm": "main", "name": "victim"}}),
        ),
        (
            "what_if",
            post(),
            "/api/v1/access/what-if",
            json!({"change": {"users": [{"realm": "main", "username": "victim", "disabled": true}]}}),
        ),
        ("create_realm", post(), "/api/v1/realms", json!({"name": "swept-realm"})),
        ("list_realms", get(), "/api/v1/realms", none()),
        ("read_realm", get(), "/api/v1/realms/main", none()),
        (
            "connect_realms",
            post(),
            "/api/v1/realm-connections",
            json!({"from": "main", "to": "swept-realm"}),
        ),
        ("list_realm_connections", get(), "/api/v1/realm-connections", none()),
        ("disconnect_realms", delete(), "/api/v1/realm-connections/main/swept-realm", none()),
        (
            "create_application",
            post(),
            "/api/v1/applications",
            json!({"name": "app", "realm": "main"}),
        ),
        ("list_applications", get(), "/api/v1/applications", none()),
        ("read_application", get(), "/api/v1/applications/app", none()),
        (
            "update_application",
            patch(),
            "/api/v1/applications/app",
            json!({"realm": "swept-realm"}),
        ),
        ("read_routes", get(), "/api/v1/applications/app/routes", none()),
        (
            "replace_routes",
            put(),
            "/api/v1/applications/app/routes",
            json!({"hosts": ["app.example.com"], "routes": [{"path": "/**", "access": "public"}]}),
        ),
        ("forward", get(), "/access/v1/forward", none()),
        ("forward_for", get(), "/access/v1/forward/app", none()),
        ("delete_application", delete(), "/api/v1/applications/app", none()),
        ("list_realm_sessions", get(), "/api/v1/realms/swept-realm/sessions", none()),
        ("end_realm_sessions", delete(), "/api/v1/realms/swept-realm/sessions", none()),
        ("delete_realm", delete(), "/api/v1/realms/swept-realm", none()),
        (
            "create_user",
            post(),
            "/api/v1/realms/main/users",
            json!({"username": "made", "password": PASSWORD}),
        ),
        ("list_users", get(), "/api/v1/realms/main/users", none()),
        ("read_user", get(), "/api/v1/realms/main/users/victim", none()),
        ("list_user_sessions", get(), "/api/v1/realms/main/users/victim/sessions", none()),
        (
            "end_user_session",
            delete(),
            "/api/v1/realms/main/users/victim/sessions/{session}",
            none(),
        ),
        ("update_user", patch(), "/api/v1/realms/main/users/victim", json!({"full_name": "Vic"})),
        (
            "add_alias",
            post(),
            "/api/v1/realms/main/users/victim/aliases",
            json!({"kind": "phone", "value": "+32470123456"}),
        ),
        (
            "remove_alias",
            delete(),
            "/api/v1/realms/main/users/victim/aliases/%2B32470123456",
            none(),
        ),
        ("lock_user", post(), "/api/v1/realms/main/users/victim/lock", json!({"reason": "swept"})),
        ("list_locks", get(), "/api/v1/locks", none()),
        (
            "set_default_role",
            put(),
            "/api/v1/realms/main/users/victim/default-role",
            json!({"role": "none"}),
        ),
        ("unlock_user", post(), "/api/v1/realms/main/users/victim/unlock", json!({})),
        ("disable_user", post(), "/api/v1/realms/main/users/victim/disable", json!({})),
        ("enable_user", post(), "/api/v1/realms/main/users/victim/enable", json!({})),
        (
            "reset_password",
            put(),
            "/api/v1/realms/main/users/victim/password",
            json!({"password": "another good one"}),
        ),
        ("list_user_factors", get(), "/api/v1/realms/main/users/victim/factors", none()),
        ("reset_user_factors", delete(), "/api/v1/realms/main/users/victim/factors", none()),
        ("end_user_sessions", delete(), "/api/v1/realms/main/users/victim/sessions", none()),
        (
            "impersonate_user",
            post(),
            "/api/v1/realms/main/users/victim/impersonate",
            json!({"reason": "swept"}),
        ),
        ("read_registration", get(), "/api/v1/realms/main/registration", none()),
        ("change_registration", put(), "/api/v1/realms/main/registration", json!({"open": false})),
        (
            "invite",
            post(),
            "/api/v1/realms/main/invitations",
            json!({"email": "swept@example.com"}),
        ),
        ("list_invitations", get(), "/api/v1/realms/main/invitations", none()),
        ("revoke_invitation", delete(), "/api/v1/realms/main/invitations/{invitation}", none()),
        (
            "accept_invitation",
            post(),
            "/auth/invitations/accept",
            json!({"token": "x", "username": "x", "password": PASSWORD}),
        ),
        (
            "register",
            post(),
            "/auth/register",
            json!({"realm": "main", "username": "x", "email": "x@example.com", "password": PASSWORD}),
        ),
        (
            "confirm_registration",
            post(),
            "/auth/register/confirm",
            json!({"token": "x", "password": PASSWORD}),
        ),
        ("auth_list_users", get(), "/auth/users", none()),
        (
            "auth_create_user",
            post(),
            "/auth/users",
            json!({"username": "auth-made", "password": PASSWORD}),
        ),
        ("auth_read_user", get(), "/auth/users/victim", none()),
        ("auth_update_user", put(), "/auth/users/victim", json!({"roles": ["viewer"]})),
        ("auth_delete_user", delete(), "/auth/users/auth-made", none()),
        ("create_group", post(), "/api/v1/groups", json!({"name": "clerks", "owner": "/acme"})),
        ("list_groups", get(), "/api/v1/groups", none()),
        ("read_group", get(), "/api/v1/groups/%2Facme%2Fclerks", none()),
        ("update_group", patch(), "/api/v1/groups/%2Facme%2Fclerks", json!({"kind": "department"})),
        (
            "add_member",
            post(),
            "/api/v1/groups/%2Facme%2Fclerks/members",
            json!({"member": "/main/victim"}),
        ),
        ("list_members", get(), "/api/v1/groups/%2Facme%2Fclerks/members", none()),
        (
            "remove_member",
            delete(),
            "/api/v1/groups/%2Facme%2Fclerks/members/%2Fmain%2Fvictim",
            none(),
        ),
        ("delete_group", delete(), "/api/v1/groups/%2Facme%2Fclerks", none()),
        ("create_service_account", post(), "/api/v1/service-accounts", json!({"name": "robot"})),
        ("list_service_accounts", get(), "/api/v1/service-accounts", none()),
        ("read_service_account", get(), "/api/v1/service-accounts/%2F$global%2Frobot", none()),
        (
            "disable_service_account",
            post(),
            "/api/v1/service-accounts/%2F$global%2Frobot/disable",
            json!({}),
        ),
        (
            "enable_service_account",
            post(),
            "/api/v1/service-accounts/%2F$global%2Frobot/enable",
            json!({}),
        ),
        ("delete_service_account", delete(), "/api/v1/service-accounts/%2F$global%2Frobot", none()),
        (
            "create_api_key",
            post(),
            "/api/v1/api-keys",
            json!({"name": "k", "role": "viewer", "expires_in": "1d"}),
        ),
        ("list_api_keys", get(), "/api/v1/api-keys", none()),
        ("revoke_api_key", delete(), "/api/v1/api-keys/{api_key}", none()),
        (
            "create_ip_rules",
            post(),
            "/api/v1/ip-rules",
            json!({"rules": [{"list": "block", "network": "203.0.113.0/24"}]}),
        ),
        ("list_source_locks", get(), "/api/v1/source-locks", none()),
        ("list_ip_rules", get(), "/api/v1/ip-rules", none()),
        ("delete_ip_rule", delete(), "/api/v1/ip-rules/{ip_rule}", none()),
        (
            "create_second_factor_rule",
            post(),
            "/api/v1/second-factor-rules",
            json!({"user": "victim@main"}),
        ),
        ("list_second_factor_rules", get(), "/api/v1/second-factor-rules", none()),
        (
            "delete_second_factor_rule",
            delete(),
            "/api/v1/second-factor-rules/{factor_rule}",
            none(),
        ),
        ("delete_user", delete(), "/api/v1/realms/main/users/made", none()),
        ("delete_node", delete(), "/api/v1/nodes/%2Facme%2Fregion", none()),
        ("read_me", get(), "/auth/me", none()),
        ("update_profile", put(), "/auth/profile", json!({"full_name": "Me"})),
        ("set_own_default_role", put(), "/auth/default-role", json!({"role": null})),
        ("list_own_factors", get(), "/auth/factors", none()),
        ("create_factor", post(), "/auth/factors", json!({"type": "totp"})),
        (
            "confirm_factor",
            post(),
            "/auth/factors/00000000-0000-7000-8000-000000000000/confirm",
            json!({"code": "000000"}),
        ),
        ("delete_factor", delete(), "/auth/factors/00000000-0000-7000-8000-000000000000", none()),
        ("make_recovery_codes", post(), "/auth/recovery-codes", none()),
        ("begin_challenge", post(), "/auth/challenge", json!({"token": "x", "type": "totp"})),
        ("begin_passkey", post(), "/auth/passkey", none()),
        ("enrol", post(), "/auth/enrol", json!({"token": "x", "type": "totp"})),
        ("export_personal_data", post(), "/gdpr/export", json!({"user": "victim@main"})),
        (
            "erase_personal_data",
            post(),
            "/gdpr/delete",
            json!({"user": "victim@main", "confirm": true}),
        ),
        ("verify_email", post(), "/auth/email/verify", json!({})),
        ("confirm_email", post(), "/auth/email/confirm", json!({"token": "x"})),
        ("cancel_email_change", delete(), "/auth/email/change", none()),
        ("list_own_sessions", get(), "/auth/sessions", none()),
        (
            "end_own_session",
            delete(),
            "/auth/sessions/00000000-0000-7000-8000-000000000000",
            none(),
        ),
        (
            "change_password",
            post(),
            "/auth/password",
            json!({"old_password": "wrong", "new_password": PASSWORD}),
        ),
        ("read_password_policy", get(), "/auth/password/policy", none()),
        ("forgot_password", post(), "/auth/password/forgot", json!({"authentication_id": "x"})),
        (
            "reset_forgotten_password",
            post(),
            "/auth/password/reset",
            json!({"token": "x", "new_password": PASSWORD}),
        ),
        (
            "login",
            post(),
            "/auth/login",
            json!({"type": "password", "authentication_id": "nobody", "secret": "x"}),
        ),
        ("make_token", post(), "/auth/token", json!({"username": "nobody-else", "password": "x"})),
        // There are failures now that can be forgotten.
        ("unlock_source", delete(), "/api/v1/source-locks/127.0.0.1", none()),
        (
            "set_up",
            post(),
            "/auth/setup",
            json!({"token": "x", "username": "x", "password": PASSWORD}),
        ),
        (
            "reauthenticate",
            post(),
            "/auth/reauthenticate",
            json!({"type": "password", "secret": "wrong"}),
        ),
        ("list_remembered_devices", get(), "/auth/remembered-devices", none()),
        (
            "forget_remembered_device",
            delete(),
            "/auth/remembered-devices/00000000-0000-7000-8000-000000000000",
            none(),
        ),
        ("remember", post(), "/auth/remember", none()),
        ("forget", post(), "/auth/forget", none()),
        ("end_impersonation", post(), "/auth/impersonation/end", none()),
        ("logout", post(), "/auth/logout", none()),
    ]
}

/// Ids that a trial made, by the name under which later paths use them.
#[derive(Default)]
struct Made(Vec<(&'static str, String)>);

impl Made {
    fn fill(&self, path: &str) -> String {
        let path = self.0.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
        // Where nothing was made yet: an id that is nobody's.
        let unknown = "00000000-0000-7000-8000-000000000000";
        [
            "{permission}",
            "{role}",
            "{assignment}",
            "{api_key}",
            "{ip_rule}",
            "{factor_rule}",
            "{invitation}",
            "{session}",
        ]
        .iter()
        .fold(path, |p, n| p.replace(n, unknown))
    }

    fn note(&mut self, operation: &str, body: &Value) {
        let name = match operation {
            "create_permission" => "{permission}",
            "create_role" => "{role}",
            "create_assignment" => "{assignment}",
            "create_api_key" => "{api_key}",
            "create_ip_rules" => "{ip_rule}",
            "create_second_factor_rule" => "{factor_rule}",
            "invite" => "{invitation}",
            "list_user_sessions" => "{session}",
            _ => return,
        };
        if let Some(id) = body["id"].as_str().or_else(|| body["items"][0]["id"].as_str()) {
            self.0.push((name, id.to_owned()));
        }
    }
}

async fn prepare(server: &Server) -> [Client; 5] {
    let operator = server.operator();
    operator.post("/api/v1/realms", json!({"name": "elsewhere"})).await.expect(201);
    operator.post("/api/v1/nodes", json!({"kind": "company", "name": "acme"})).await.expect(201);
    for name in ["old", "region"] {
        let node = json!({"parent": "/acme", "kind": "company", "name": name});
        operator.post("/api/v1/nodes", node).await.expect(201);
    }
    server.user("victim", &["none"]).await;
    [
        server.anonymous(),
        server.user_of("elsewhere", "stranger", &[]).await,
        server.user("viewer", &["viewer"]).await,
        expired_superuser(server).await,
        server.sign_in("main", ROOT, PASSWORD).await,
    ]
}

/// A superuser who must change the password before anything else.
async fn expired_superuser(server: &Server) -> Client {
    let user = json!({"username": "expired", "password": PASSWORD, "superuser": true,
        "must_change_password": true});
    server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
    server.sign_in("main", "expired", PASSWORD).await
}

on_both! {
    async fn every_route_is_tried_by_everybody(backend: Backend) {
        // With a mail server that is never called: some operations refuse everybody without.
        let server = Server::with_settings(backend, &settings("1")).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        let trials = trials();
        let tried: BTreeSet<&str> = trials.iter().map(|trial| trial.0).collect();
        assert_eq!(tried, operations(&document), "the table above and the routes differ");

        let clients = prepare(&server).await;
        // The feed would go on for ever.
        server.app.stop_streams();
        let mut made = Made::default();
        let mut faults = Vec::new();
        let mut matrix = String::from("operation                  nobody stranger viewer expired superuser\n");
        for (operation, method, path, body) in trials {
            let permission = permission(&document, operation);
            let mut line = format!("{operation:26}");
            for (who, client) in clients.iter().enumerate() {
                let body = (!body.is_null()).then(|| body.clone());
                let answer = client.send(method.clone(), &made.fill(path), body).await;
                let status = answer.status.as_u16();
                faults.extend(fault(operation, &permission, who, status, &answer.body));
                if who == 4 {
                    made.note(operation, &answer.body);
                }
                line += &format!(" {status:>6}");
            }
            matrix += &format!("{line}\n");
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        insta::assert_snapshot!("persona_by_operation", matrix);
    }
}

on_both! {
    async fn a_sign_in_that_has_only_begun_opens_no_route(backend: Backend) {
        let server = Server::with_settings(backend, &[AT_LOCALHOST]).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        let root = server.root().await;
        App::enrol(&server, &root).await;
        let answers = challenge(&server, ROOT).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        server.operator().post("/api/v1/second-factor-rules", json!({"realm": "staff"})).await.expect(201);
        let user = json!({"username": "new", "password": PASSWORD, "superuser": true});
        server.operator().post("/api/v1/realms/staff/users", user).await.expect(201);
        let login = json!({"type": "password", "authentication_id": "new", "secret": PASSWORD, "realm": "staff"});
        let enrols = server.anonymous().post("/auth/login", login).await.expect(200);
        let nameless = server.anonymous().post("/auth/passkey", Value::Null).await.expect(200);
        server.app.stop_streams();
        let tokens = [answers.as_str(), enrols.text_at("/challenge/token"), nameless.text_at("/token")];
        for token in tokens {
            let nobody = server.anonymous();
            let half = [
                nobody.with_bearer(token),
                nobody.with_api_key(token),
                nobody.with_header("cookie", &format!("session={token}")),
            ];
            for (operation, method, path, body) in trials() {
                let permission = permission(&document, operation);
                // Guards ask for a proxy first, and tell a browser where to sign in.
                if permission == "public" {
                    continue;
                }
                let path = Made::default().fill(path);
                for (way, client) in half.iter().enumerate() {
                    let body = (!body.is_null()).then(|| body.clone());
                    let status = client.send(method.clone(), &path, body).await.status.as_u16();
                    assert_eq!(status, 401, "{operation}, way {way}");
                }
            }
            for basic in [format!("{ROOT}:{token}"), format!("{token}:{PASSWORD}")] {
                let basic = format!("Basic {}", BASE64_STANDARD.encode(basic));
                nobody.with_header("authorization", &basic).get("/auth/me").await.expect(401);
            }
        }
        // Whatever was tried, it is good still for what it is for.
        let begin = json!({"token": answers, "type": "recovery"});
        server.anonymous().post("/auth/challenge", begin).await.expect(200);
    }
}

on_both! {
    async fn a_nul_is_a_failure_nowhere(backend: Backend) {
        let server = Server::with_settings(backend, &settings("1")).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        let [.., mut root] = prepare(&server).await;
        server.app.stop_streams();
        let mut faults = Vec::new();
        let mut sent = 0;
        for (operation, method, path, body) in trials() {
            let of = each(&document).find(|each| each["operationId"] == operation).unwrap();
            let path = Made::default().fill(path);
            let paths = with_nul(&path, of).into_iter().map(|path| (path, body.clone()));
            let bodies = leaves(&body).into_iter().map(|body| (path.clone(), body));
            for (path, body) in paths.chain(bodies) {
                let body = (!body.is_null()).then_some(body);
                let mut answer = root.send(method.clone(), &path, body.clone()).await;
                // One of the requests before has ended the session.
                if answer.status == 401 {
                    root = server.sign_in("main", ROOT, PASSWORD).await;
                    answer = root.send(method.clone(), &path, body.clone()).await;
                }
                sent += 1;
                if answer.status.is_server_error() {
                    faults.push(format!("{operation} {path} {body:?}: {} {}", answer.status, answer.body));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(sent > 300, "{sent}");
    }
}

/// The path with a NUL after each of its last parts, and in each parameter that is a text.
fn with_nul(path: &str, operation: &Value) -> Vec<String> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let texts = parameters.filter(|each| each["in"] == "query");
    let mut paths: Vec<String> = texts
        .map(|each| format!("{path}{separator}{}=a%00b", each["name"].as_str().unwrap()))
        .collect();
    let parts: Vec<&str> = path.split('/').collect();
    for at in 3..parts.len() {
        let (before, part, after) = (parts[..at].join("/"), parts[at], parts[at + 1..].join("/"));
        let slash = if after.is_empty() { "" } else { "/" };
        paths.push(format!("{before}/{part}%00{slash}{after}"));
    }
    paths
}

/// The body as many times as there are texts in it, another of them with a NUL at its end each time.
fn leaves(body: &Value) -> Vec<Value> {
    match body {
        Value::String(text) => vec![format!("{text}\0").into()],
        Value::Array(items) => {
            let each = |(at, item): (usize, &Value)| {
                let replaced = |leaf| {
                    let mut items = items.clone();
                    items[at] = leaf;
                    Value::Array(items)
                };
                leaves(item).into_iter().map(replaced).collect::<Vec<_>>()
            };
            items.iter().enumerate().flat_map(each).collect()
        }
        Value::Object(fields) => {
            let each = |(name, value): (&String, &Value)| {
                let replaced = |leaf| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), leaf);
                    Value::Object(fields)
                };
                leaves(value).into_iter().map(replaced).collect::<Vec<_>>()
            };
            fields.iter().flat_map(each).collect()
        }
        _ => Vec::new(),
    }
}

/// What must hold whatever the snapshot says; what does not, in words.
fn fault(
    operation: &str,
    permission: &str,
    who: usize,
    status: u16,
    body: &Value,
) -> Option<String> {
    let open = matches!(permission, "public" | "own");
    // A list may answer, with nothing in it.
    let nothing = body["items"].as_array().is_some_and(Vec::is_empty)
        || body.as_object().is_some_and(serde_json::Map::is_empty);
    let told = !open && status < 300 && !nothing;
    let fault = match who {
        _ if status >= 500 => "is a failure",
        0 if permission != "public" && status != 401 => "answers nobody",
        1 if told => "tells a stranger",
        2 if told && permission != "read" => "tells a viewer",
        3 if permission != "public" && operation != "change_password" && status != 403 => {
            "answers who must change the password"
        }
        4 if !open && status >= 300 && operation != "make_backup" => "refuses a superuser",
        _ => return None,
    };
    Some(format!("{operation} {fault}: {status} {body}"))
}

fn operations(document: &Value) -> BTreeSet<&str> {
    each(document).filter_map(|operation| operation["operationId"].as_str()).collect()
}

fn permission(document: &Value, id: &str) -> String {
    let found = each(document).find(|operation| operation["operationId"] == id);
    found.and_then(|operation| operation["x-permission"].as_str()).unwrap_or_default().to_owned()
}

fn each(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(_, methods)| methods.as_object().into_iter().flatten()).map(|(_, o)| o)
}
