//! Nobody learns from a refused sign-in whether a user exists.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Answer, Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

/// All of an answer but what differs in every one.
pub(super) fn shape(answer: &Answer) -> (u16, BTreeMap<String, String>, Value) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    (answer.status.as_u16(), headers, body)
}

on_both! {
    async fn an_unknown_user_looks_like_a_wrong_password_at_every_try(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        for attempt in 0..8 {
            let known = try_login(&server, "jane", "wrong").await;
            let unknown = try_login(&server, "nobody", "wrong").await;
            assert_eq!(shape(&known), shape(&unknown), "try {attempt}");
        }
    }

    async fn so_do_the_answers_of_the_token_route(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let attempt = async |name| {
            let form = [("grant_type", "password"), ("username", name), ("password", "wrong")];
            server.anonymous().post_form("/auth/token", &form).await
        };
        for number in 0..8 {
            let (known, unknown) = (attempt("jane").await, attempt("nobody").await);
            assert_eq!(shape(&known), shape(&unknown), "try {number}");
        }
    }

    async fn a_name_that_no_database_takes_looks_so_too(backend: Backend) {
        let server = Server::start(backend).await;
        let (odd, unknown) = (try_login(&server, "a\0b", "x").await, try_login(&server, "nobody", "x").await);
        assert_eq!(shape(&odd), shape(&unknown));
    }

    async fn a_disabled_user_looks_so_too(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let root = server.root().await;
        root.post("/api/v1/realms/main/users/jane/disable", json!({})).await.expect(200);
        let disabled = try_login(&server, "jane", PASSWORD).await.expect(401);
        let unknown = try_login(&server, "nobody", PASSWORD).await.expect(401);
        assert_eq!(shape(&disabled), shape(&unknown));
    }

    async fn a_user_without_password_and_an_unknown_realm_look_so_too(backend: Backend) {
        let server = Server::start(backend).await;
        let user = json!({"username": "silent"});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let silent = try_login(&server, "silent", "").await.expect(401);
        let nowhere = json!({"type": "password", "authentication_id": "root", "secret": PASSWORD,
            "realm": "nowhere"});
        let nowhere = server.anonymous().post("/auth/login", nowhere).await.expect(401);
        assert_eq!(shape(&silent), shape(&nowhere));
    }

    async fn the_log_does_not_keep_the_name_of_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        try_login(&server, "my secret by mistake", "x").await.expect(401);
        let events = server.operator().get("/api/v1/audit/events").await.expect(200);
        assert!(events.body_text().contains("LOGIN_FAILED"));
        assert!(!events.body_text().contains("by mistake"));
    }
}
