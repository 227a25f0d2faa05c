//! `POST /auth/setup`: refused once there is a superuser, and for a link that was not printed.

use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::{PASSWORD, Server};

on_both! {
    async fn a_made_up_link_makes_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        for token in ["", "pol_x", &format!("pol_{}_{}", "0".repeat(22), "0".repeat(49))] {
            let input = json!({"token": token, "username": "mallory", "password": PASSWORD});
            server.anonymous().post("/auth/setup", input).await.expect(403);
        }
    }
}
