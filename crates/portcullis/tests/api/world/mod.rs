//! World files over HTTP.

mod applying;
mod exporting;
mod foretold;
mod granting;
mod pruning;
mod rules;
mod what_if;
mod what_if_refusals;

use serde_json::{Value, json};
use testkit::{Answer, Client};

/// A world with a bit of everything.
pub fn sample() -> Value {
    json!({
        "assignments": [
            {"group": "clerks@/acme/companyA", "role": "Editor@/acme", "node": "/acme/companyA"},
            {"user": "jane@staff", "role": "viewer"},
        ],
        "roles": [{"name": "Editor", "owner": "/acme", "rules": [
            "contract.edit@/acme",
            {"deny": "contract.drop@/acme", "when": "resource.status == 'archived'"},
        ]}],
        "users": [{"realm": "staff", "username": "jane", "email": "jane@example.com",
            "password": "lantern-harbour-17", "groups": ["clerks@/acme/companyA"],
            "attributes": {"grade": 3}, "aliases": [{"kind": "badge", "value": "0471"}]}],
        "groups": [
            {"name": "clerks", "owner": "/acme/companyA", "kind": "department", "groups": ["all@/acme"]},
            {"name": "all", "owner": "/acme"},
        ],
        "connections": [{"from": "/acme/belgium", "to": "/acme/companyA"}],
        "permissions": [{"name": "contract.edit", "owner": "/acme"}, {"name": "contract.drop", "owner": "/acme"}],
        "nodes": [
            {"path": "/acme/companyA/contract1", "kind": "contract", "properties": {"status": "open"}},
            {"path": "/acme/companyA", "kind": "company", "external_ids": {"vat": "BE0123456789"}, "tags": ["b", "a"]},
            {"path": "/acme/belgium", "kind": "region"},
            {"path": "/acme", "kind": "application", "realm": "staff"},
        ],
        "realms": [{"name": "staff"}],
    })
}

/// Sends a file.
pub async fn send(client: &Client, query: &str, file: &Value) -> Answer {
    client.post(&format!("/api/v1/world?{query}"), file.clone()).await
}

/// Sends a file that is taken.
pub async fn apply(client: &Client, query: &str, file: &Value) -> Value {
    send(client, query, file).await.expect(200).body
}

/// The lines of a plan in short: mark, section and name.
pub fn lines(answer: &Value) -> Vec<String> {
    let lines = answer["lines"].as_array().cloned().unwrap_or_default();
    let text = |line: &Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    lines
        .iter()
        .map(|line| {
            format!("{} {} {}", text(line, "sign"), text(line, "section"), text(line, "name"))
        })
        .collect()
}
