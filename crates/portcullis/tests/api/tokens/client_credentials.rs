//! `POST /auth/token` with `client_credentials`: a service account's key for an access token.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use testkit::{Answer, Backend, on_both};

use super::{bearer, decide};
use crate::harness::Server;

/// A service account `bot` with this role, and a key of it.
async fn bot(server: &Server, role: &str) -> Answer {
    let root = server.root().await;
    let account = root.post("/api/v1/service-accounts", json!({"name": "bot"})).await.expect(201);
    let input = json!({"subject": account.text_at("/id"), "role": role});
    root.post("/api/v1/assignments", input).await.expect(201);
    let input = json!({"name": "k", "role": role, "owner": account.text_at("/id")});
    root.post("/api/v1/api-keys", input).await.expect(201)
}

on_both! {
    async fn a_token_does_what_the_key_does_and_dies_with_it(backend: Backend) {
        let server = Server::start(backend).await;
        let key = bot(&server, "viewer").await;
        let form = [("grant_type", "client_credentials"), ("client_secret", key.text_at("/key"))];
        let answer = server.anonymous().post_form("/auth/token", &form).await.expect(200);
        assert!(answer.body.get("refresh_token").is_none());
        let client = bearer(&server, answer.text_at("/access_token"));
        let me = client.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["kind"]), (&json!("bot"), &json!("service_account")));
        assert_eq!(decide(&client, "read").await, "allow");
        assert_eq!(decide(&client, "write").await, "deny");
        let root = server.root().await;
        root.delete(&format!("/api/v1/api-keys/{}", key.text_at("/id"))).await.expect(204);
        client.get("/auth/me").await.expect(401);
        server.anonymous().post_form("/auth/token", &form).await.expect(401);
    }

    async fn the_header_may_carry_it(backend: Backend) {
        let server = Server::start(backend).await;
        let key = bot(&server, "viewer").await;
        let grant = [("grant_type", "client_credentials")];
        for (id, status) in [("bot", 200), ("other", 401)] {
            let text = BASE64_STANDARD.encode(format!("{id}:{}", key.text_at("/key")));
            let client = server.anonymous().with_header("authorization", &format!("Basic {text}"));
            client.post_form("/auth/token", &grant).await.expect(status);
        }
    }

    async fn what_is_wrong_is_401_in_oauths_form(backend: Backend) {
        let server = Server::start(backend).await;
        for form in [
            vec![("grant_type", "client_credentials")],
            vec![("grant_type", "client_credentials"), ("client_secret", "x")],
        ] {
            let refused = server.anonymous().post_form("/auth/token", &form).await.expect(401);
            assert_eq!(refused.body["error"], "invalid_client");
        }
    }

    async fn a_users_key_is_not_for_this(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let input = json!({"name": "k", "role": "viewer"});
        let key = jane.post("/api/v1/api-keys", input).await.expect(201);
        let form = [("grant_type", "client_credentials"), ("client_secret", key.text_at("/key"))];
        let refused = server.anonymous().post_form("/auth/token", &form).await.expect(400);
        assert_eq!(refused.body["error"], "unauthorized_client");
    }

    async fn only_who_holds_as_much_makes_its_key(backend: Backend) {
        let server = Server::start(backend).await;
        bot(&server, "admin").await;
        let jane = server.user("jane", &["viewer"]).await;
        let input = json!({"name": "k", "role": "viewer", "owner": "/$global/bot"});
        let refused = jane.post("/api/v1/api-keys", input).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/owner"));
    }
}
