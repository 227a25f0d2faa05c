//! What is shown with each request.

mod api_keys;
mod basic;
mod bearer;
mod client_credentials;
mod jwks;
mod login;
mod logout;
mod mix_ups;
mod refresh;
mod token;
mod token_policy;

use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
};

/// The answer of a sign-in of this user, who exists.
pub(crate) async fn login(server: &Server, name: &str) -> Answer {
    try_login(server, name, PASSWORD).await.expect(200)
}

/// A caller with this token.
pub(crate) fn bearer(server: &Server, token: &str) -> Client {
    server.anonymous().with_bearer(token)
}

/// Whether the caller may, as the server decides.
pub(crate) async fn decide(client: &Client, permission: &str) -> Value {
    let ask = json!({"permission": permission});
    client.post("/api/v1/access/decide", ask).await.expect(200).body["decision"].clone()
}
