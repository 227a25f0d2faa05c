//! `GET /auth/me`

use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn tells_who_one_is_and_no_internal_id(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer", "editor"]).await;
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!(me["username"], "jane");
        assert_eq!(me["realm"], "main");
        assert_eq!(me["roles"], json!(["editor", "viewer"]));
        assert_eq!(me["disabled"], false);
        assert_eq!(me["metadata"], json!({}));
        assert_eq!(me["created_at"], "2026-06-01T00:00:00Z");
        assert_eq!(me["authentication_method"], "access token");
        assert_eq!(me["session"]["method"], "password");
        assert!(me.get("id").is_none() && !me.to_string().contains("argon2"));
    }

    async fn the_first_superuser_holds_admin(backend: Backend) {
        let server = Server::start(backend).await;
        let me = server.root().await.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["superuser"], &me["roles"]), (&json!(true), &json!(["admin"])));
    }

    async fn nobody_is_asked_to_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        let refused = server.anonymous().get("/auth/me").await.expect(401);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }

    async fn a_role_that_is_taken_shows_in_the_next_request(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let ask = json!({"permission": "read"});
        let before = jane.post("/api/v1/access/decide", ask.clone()).await.expect(200);
        assert_eq!(before.body["decision"], "allow");
        let root = server.root().await;
        root.put("/auth/users/jane", json!({"roles": ["none"]})).await.expect(200);
        let after = jane.post("/api/v1/access/decide", ask).await.expect(200);
        assert_eq!(after.body["decision"], "deny");
        assert_eq!(jane.get("/auth/me").await.expect(200).body["roles"], json!(["none"]));
    }

    async fn disabling_and_deleting_show_in_the_next_request(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, bob) = (server.user("jane", &[]).await, server.user("bob", &[]).await);
        let root = server.root().await;
        root.put("/auth/users/jane", json!({"disabled": true})).await.expect(200);
        jane.get("/auth/me").await.expect(401);
        let again = root.delete("/auth/users/bob").await;
        assert!(again.status.is_success(), "{}", again.body_text());
        bob.get("/auth/me").await.expect(401);
    }
}
