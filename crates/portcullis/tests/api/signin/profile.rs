//! `PUT /auth/profile`

use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::{PASSWORD, Server};

on_both! {
    async fn merges_metadata_and_leaves_what_is_absent(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let first = json!({"email": "jane@example.com", "full_name": "Jane",
            "metadata": {"theme": "dark", "tour": {"seen": 1}}});
        jane.put("/auth/profile", first).await.expect(200);
        let second = json!({"metadata": {"theme": null, "tour": {"done": true}}});
        let me = jane.put("/auth/profile", second).await.expect(200).body;
        assert_eq!(me["email"], "jane@example.com");
        assert_eq!(me["full_name"], "Jane");
        assert_eq!(me["metadata"], json!({"tour": {"seen": 1, "done": true}}));
        assert_eq!(jane.get("/auth/me").await.expect(200).body, me);
    }

    async fn what_only_administrators_write_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        for (field, value) in [
            ("roles", json!(["admin"])),
            ("superuser", json!(true)),
            ("attributes", json!({"grade": 9})),
            ("username", json!("root")),
            ("disabled", json!(false)),
        ] {
            let refused = jane.put("/auth/profile", json!({ field: value })).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(format!("/{field}").as_str()));
        }
        let refused = jane.put("/auth/profile", json!({"email": "no address"})).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/email"));
    }

    async fn another_address_asks_for_a_fresh_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let first = json!({"email": "jane@example.com"});
        jane.put("/auth/profile", first.clone()).await.expect(200);
        let login = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD});
        let login = server.anonymous().post("/auth/login", login).await.expect(200);
        server.advance(601);
        let refresh = json!({"grant_type": "refresh_token",
            "refresh_token": login.text_at("/refresh_token")});
        let renewed = server.anonymous().post("/auth/token", refresh).await.expect(200);
        // Renewing is no sign-in.
        let jane = server.anonymous().with_bearer(renewed.text_at("/access_token"));
        let other = json!({"email": "mallory@example.com"});
        jane.put("/auth/profile", other.clone()).await.expect(403);
        jane.put("/auth/profile", first).await.expect(200);
        jane.put("/auth/profile", json!({"full_name": "Jane"})).await.expect(200);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        jane.put("/auth/profile", other).await.expect(200);
    }

    async fn what_a_key_shows_does_not_change_it(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = json!({"name": "k", "role": "viewer"});
        let key = jane.post("/api/v1/api-keys", key).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        key.put("/auth/profile", json!({"email": "x@example.com"})).await.expect(403);
    }
}
