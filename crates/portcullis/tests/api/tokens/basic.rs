//! `Authorization: Basic`

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use testkit::{Backend, Client, on_both};

use crate::harness::{PASSWORD, Server};

fn basic(server: &Server, name: &str, password: &str) -> Client {
    let text = BASE64_STANDARD.encode(format!("{name}:{password}"));
    server.anonymous().with_header("authorization", &format!("Basic {text}"))
}

on_both! {
    async fn name_and_password_with_each_request(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let me = basic(&server, "jane", PASSWORD).get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["authentication_method"]), (&json!("jane"), &json!("password")));
        assert!(me["session"].is_null());
        let sessions = jane.get("/auth/sessions").await.expect(200);
        assert_eq!(sessions.body["items"].as_array().unwrap().len(), 1, "none is opened");
    }

    async fn what_is_wrong_is_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        basic(&server, "root", "wrong").get("/auth/me").await.expect(401);
        basic(&server, "nobody", PASSWORD).get("/auth/me").await.expect(401);
        for header in ["Basic", "Basic !!", "Basic cm9vdA==", "Digest x", "x"] {
            let client = server.anonymous().with_header("authorization", header);
            client.get("/auth/me").await.expect(401);
        }
    }

    async fn a_changed_password_counts_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = basic(&server, "jane", PASSWORD);
        let change = json!({"old_password": PASSWORD, "new_password": "another long sentence"});
        jane.post("/auth/password", change).await.expect(204);
        jane.get("/auth/me").await.expect(401);
    }
}
