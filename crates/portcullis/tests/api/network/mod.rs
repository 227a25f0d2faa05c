//! Where requests may come from, and how many.

mod forwarded;
mod ip_rules;
mod throttle;

use serde_json::{Value, json};
use testkit::{Backend, Client};

use crate::harness::Server;

/// A server that trusts a proxy on this machine, so that a test can come from anywhere.
pub(crate) async fn behind_a_proxy(backend: Backend) -> Server {
    Server::with_settings(backend, &[("trusted_proxies", "127.0.0.1")]).await
}

/// This client, as the proxy passes it on from that address.
pub(crate) fn from(client: &Client, address: &str) -> Client {
    client.with_header("x-forwarded-for", address)
}

/// Rules to make: list and network.
pub(crate) fn rules(rules: &[(&str, &str)]) -> Value {
    let rule = |(list, network): &(&str, &str)| json!({"list": list, "network": network});
    json!({"rules": rules.iter().map(rule).collect::<Vec<_>>()})
}

/// Makes rules, as the operator of the machine.
pub(crate) async fn make(server: &Server, list: &[(&str, &str)]) -> Vec<String> {
    let made = server.operator().post("/api/v1/ip-rules", rules(list)).await.expect(201);
    let items = made.body["items"].as_array().unwrap();
    items.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}
