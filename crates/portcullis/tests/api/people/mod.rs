//! Becoming a user, and ceasing to be one.

mod invitations;
mod personal_data;
mod registration;

use serde_json::json;
use testkit::Client;

use crate::harness::Server;

/// A user of `main` who manages the users of that realm and its groups, and holds nothing else.
async fn officer(server: &Server, name: &str) -> Client {
    let client = server.user(name, &[]).await;
    let rules = json!(["user_manage", "group_manage", "read", "node:read"]);
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
