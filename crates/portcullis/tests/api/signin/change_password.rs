//! `POST /auth/password`

use serde_json::json;
use testkit::{Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

const NEW: &str = "another long sentence";

on_both! {
    async fn ends_the_other_sessions_and_keeps_this_one(backend: Backend) {
        let server = Server::start(backend).await;
        let here = server.user("jane", &[]).await;
        let other = try_login(&server, "jane", PASSWORD).await.expect(200);
        let there = server.anonymous().with_bearer(other.text_at("/access_token"));
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        here.post("/auth/password", change).await.expect(204);
        here.get("/auth/me").await.expect(200);
        there.get("/auth/me").await.expect(401);
        let refresh = json!({"grant_type": "refresh_token",
            "refresh_token": other.text_at("/refresh_token")});
        server.anonymous().post("/auth/token", refresh).await.expect(401);
        try_login(&server, "jane", PASSWORD).await.expect(401);
        try_login(&server, "jane", NEW).await.expect(200);
    }

    async fn the_old_one_must_be_right(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let change = json!({"old_password": "wrong", "new_password": NEW});
        jane.post("/auth/password", change).await.expect(401);
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn the_new_one_must_be_good_enough(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        for weak in ["", "short", "my name is jane", &"x".repeat(129), &"x".repeat(5000)] {
            let change = json!({"old_password": PASSWORD, "new_password": weak});
            let refused = jane.post("/auth/password", change).await.expect(400);
            assert_eq!(refused.problem_pointer(), Some("/new_password"));
        }
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn a_key_changes_no_password(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = json!({"name": "k", "role": "viewer"});
        let key = jane.post("/api/v1/api-keys", key).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        key.post("/auth/password", change).await.expect(403);
    }

    async fn it_is_audited_without_a_password(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        jane.post("/auth/password", change).await.expect(204);
        let events = server.operator().get("/api/v1/audit/events").await.expect(200).body_text();
        assert!(events.contains("PASSWORD_CHANGE"));
        assert!(!events.contains(NEW) && !events.contains(PASSWORD));
    }
}
