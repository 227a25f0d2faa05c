//! `POST /auth/token`: NornicDB's contract in the form of RFC 6749.

use serde_json::json;
use testkit::{Backend, on_both};

use super::bearer;
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn a_form_and_json_alike(backend: Backend) {
        let server = Server::start(backend).await;
        let form = [("grant_type", "password"), ("username", "root"), ("password", PASSWORD)];
        let by_form = server.anonymous().post_form("/auth/token", &form).await.expect(200);
        let json = json!({"username": "root", "password": PASSWORD});
        let by_json = server.anonymous().post("/auth/token", json).await.expect(200);
        let json = json!({"grant_type": "password", "username": "root", "password": PASSWORD});
        let explicit = server.anonymous().post("/auth/token", json).await.expect(200);
        for answer in [by_form, by_json, explicit] {
            assert_eq!(answer.body["token_type"], "Bearer");
            assert_eq!(answer.body["expires_in"], 600);
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            bearer(&server, answer.text_at("/access_token")).get("/auth/me").await.expect(200);
        }
    }

    async fn unknown_fields_are_passed_over(backend: Backend) {
        let server = Server::start(backend).await;
        let form = [("grant_type", "password"), ("username", "root"), ("password", PASSWORD),
            ("scope", "all"), ("audience", "x")];
        server.anonymous().post_form("/auth/token", &form).await.expect(200);
        let json = json!({"username": "root", "password": PASSWORD, "scope": ["x"]});
        server.anonymous().post("/auth/token", json).await.expect(200);
    }

    async fn wrong_credentials_are_401(backend: Backend) {
        let server = Server::start(backend).await;
        let form = [("grant_type", "password"), ("username", "root"), ("password", "wrong")];
        let refused = server.anonymous().post_form("/auth/token", &form).await.expect(401);
        assert_eq!(refused.body["error"], "invalid_grant");
        assert!(refused.body["error_description"].is_string());
        assert!(refused.header("www-authenticate").is_some());
    }

    async fn another_grant_and_what_is_no_request_are_400(backend: Backend) {
        let server = Server::start(backend).await;
        let anybody = server.anonymous();
        for (form, error) in [
            (vec![("grant_type", "implicit")], "unsupported_grant_type"),
            (vec![("username", "root"), ("password", PASSWORD)], "invalid_request"),
            (vec![("grant_type", "password"), ("username", "root")], "invalid_request"),
            (vec![("grant_type", "password"), ("grant_type", "password")], "invalid_request"),
            (vec![("grant_type", "refresh_token")], "invalid_request"),
        ] {
            let refused = anybody.post_form("/auth/token", &form).await.expect(400);
            assert_eq!(refused.body["error"], error, "{form:?}");
        }
        for body in [json!([]), json!("x"), json!({"username": 1}), json!({"grant_type": "x"})] {
            anybody.post("/auth/token", body).await.expect(400);
        }
    }

    async fn malformed_json_is_400_and_get_405(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = reqwest::Client::new()
            .post(format!("{}/auth/token", server.base))
            .header("content-type", "application/json")
            .body("{\"username\": ")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 400);
        server.anonymous().get("/auth/token").await.expect(405);
    }

    async fn locked_is_429_with_retry_after(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        for _ in 0..5 {
            let wrong = json!({"username": "jane", "password": "wrong"});
            server.anonymous().post("/auth/token", wrong).await.expect(401);
        }
        let right = json!({"username": "jane", "password": PASSWORD});
        let locked = server.anonymous().post("/auth/token", right).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
    }

    async fn the_password_grant_can_be_switched_off(backend: Backend) {
        let server = Server::with_settings(backend, &[("token.password_grant", "false")]).await;
        let json = json!({"username": "root", "password": PASSWORD});
        let refused = server.anonymous().post("/auth/token", json).await.expect(400);
        assert_eq!(refused.body["error"], "unauthorized_client");
        server.root().await.get("/auth/me").await.expect(200);
    }
}
