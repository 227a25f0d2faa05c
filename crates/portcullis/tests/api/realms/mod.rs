//! Realms, users, groups, service accounts and applications.

mod aliases;
mod applications;
mod auth_users;
mod create_realm;
mod create_user;
mod group_members;
mod groups;
mod lock_user;
mod realm_connections;
mod reset_password;
mod service_accounts;
mod superusers;
mod update_user;

use serde_json::json;
use testkit::Client;

use crate::harness::Server;

/// A user of `main` who manages the users and groups of that realm and reads it, and holds nothing else.
pub(crate) async fn officer(server: &Server, name: &str) -> Client {
    let client = server.user(name, &[]).await;
    let rules = json!(["user_manage", "group_manage", "read", "node:read", "access:assign"]);
    let operator = server.operator();
    operator.post("/api/v1/roles", json!({"name": "people", "rules": rules})).await.expect(201);
    assign(server, &format!("/main/{name}"), "people", "/main").await;
    client
}

/// Gives a role of `$global` at a node.
async fn assign(server: &Server, subject: &str, role: &str, node: &str) {
    let input = json!({"subject": subject, "role": role, "node": node});
    server.operator().post("/api/v1/assignments", input).await.expect(201);
}

/// Whether a user of `main` may, by the operator's question.
async fn may(server: &Server, name: &str, permission: &str) -> bool {
    let principal = json!({"type": "user", "realm": "main", "name": name});
    let input = json!({"principal": principal, "permission": permission});
    let answer = server.operator().post("/api/v1/access/decide", input).await.expect(200);
    answer.text_at("/decision") == "allow"
}
