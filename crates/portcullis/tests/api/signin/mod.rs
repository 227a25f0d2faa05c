//! Signing in, and what users do about themselves.

mod active_role;
mod change_password;
mod cookie;
mod devices;
mod email;
mod enumeration;
mod fixed;
mod lockout;
mod me;
mod notices;
pub(crate) mod passkey;
mod password_life;
mod password_policy;
mod profile;
mod realm_sessions;
mod reauthenticate;
mod recovery;
mod rehash;
pub(crate) mod remember;
pub(crate) mod second_factor;
mod sessions;
mod setup;
mod sources;
pub(crate) mod timing;

use serde_json::json;
use testkit::Answer;

use crate::harness::Server;

/// One try to sign in to the realm `main`.
pub(crate) async fn try_login(server: &Server, name: &str, password: &str) -> Answer {
    let input = json!({"type": "password", "authentication_id": name, "secret": password});
    server.anonymous().post("/auth/login", input).await
}

/// Some wrong tries, each of which is told so.
pub(crate) async fn fail(server: &Server, name: &str, times: u32) {
    for _ in 0..times {
        try_login(server, name, "wrong").await.expect(401);
    }
}
