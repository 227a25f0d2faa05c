//! API keys: one role, shown once, dead with their owner.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{bearer, decide, login};
use crate::harness::Server;

async fn make(client: &Client, input: Value) -> Answer {
    client.post("/api/v1/api-keys", input).await.expect(201)
}

fn with_key(server: &Server, made: &Answer) -> Client {
    server.anonymous().with_api_key(made.text_at("/key"))
}

on_both! {
    async fn a_key_acts_in_its_one_role(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer", "editor"]).await;
        let key = with_key(&server, &make(&jane, json!({"name": "k", "role": "viewer"})).await);
        assert_eq!(decide(&jane, "write").await, "allow");
        assert_eq!(decide(&key, "read").await, "allow");
        assert_eq!(decide(&key, "write").await, "deny");
        let me = key.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["roles"]), (&json!("jane"), &json!(["viewer"])));
        assert_eq!(me["authentication_method"], "API key");
    }

    async fn a_superusers_key_is_no_superuser(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let key = with_key(&server, &make(&root, json!({"name": "k", "role": "admin"})).await);
        assert_eq!(decide(&root, "settings:access").await, "allow");
        assert_eq!(decide(&key, "settings:access").await, "deny");
        assert_eq!(decide(&key, "write").await, "allow");
    }

    async fn a_role_that_one_does_not_hold_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        for role in ["admin", "editor", "no such role"] {
            let input = json!({"name": "k", "role": role});
            let refused = jane.post("/api/v1/api-keys", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/role"));
        }
    }

    async fn losing_the_role_takes_the_keys_power(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer", "editor"]).await;
        let key = with_key(&server, &make(&jane, json!({"name": "k", "role": "editor"})).await);
        assert_eq!(decide(&key, "write").await, "allow");
        let root = server.root().await;
        root.put("/auth/users/jane", json!({"roles": ["viewer"]})).await.expect(200);
        assert_eq!(decide(&key, "write").await, "deny");
        assert_eq!(decide(&key, "read").await, "deny");
    }

    async fn a_key_makes_and_revokes_no_other_keys(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = with_key(&server, &make(&jane, json!({"name": "k", "role": "viewer"})).await);
        let other = make(&jane, json!({"name": "l", "role": "viewer"})).await;
        let refused = key.post("/api/v1/api-keys", json!({"name": "m", "role": "viewer"})).await;
        assert!([403, 422].contains(&refused.status.as_u16()));
        key.delete(&format!("/api/v1/api-keys/{}", other.text_at("/id"))).await.expect(404);
        with_key(&server, &other).get("/auth/me").await.expect(200);
    }

    async fn revoked_it_is_dead_at_once_and_after_a_restart(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let (made, kept) = (
            make(&jane, json!({"name": "k", "role": "viewer"})).await,
            make(&jane, json!({"name": "l", "role": "viewer"})).await,
        );
        let path = format!("/api/v1/api-keys/{}", made.text_at("/id"));
        jane.delete(&path).await.expect(204);
        with_key(&server, &made).get("/auth/me").await.expect(401);
        jane.delete(&path).await.expect(404);
        let server = server.restart(&[]).await;
        with_key(&server, &made).get("/auth/me").await.expect(401);
        with_key(&server, &kept).get("/auth/me").await.expect(200);
    }

    async fn somebody_elses_is_not_there(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let bob = server.user("bob", &["viewer", "editor"]).await;
        let made = make(&jane, json!({"name": "k", "role": "viewer"})).await;
        let path = format!("/api/v1/api-keys/{}", made.text_at("/id"));
        bob.delete(&path).await.expect(404);
        assert_eq!(bob.get("/api/v1/api-keys").await.expect(200).body["items"], json!([]));
        let root = server.root().await;
        let all = root.get("/api/v1/api-keys?q=K").await.expect(200);
        assert_eq!(all.body["items"][0]["owner"], "jane");
        root.delete(&path).await.expect(204);
        with_key(&server, &made).get("/auth/me").await.expect(401);
    }

    async fn a_list_can_be_that_of_one_owner(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let bob = server.user("bob", &["viewer"]).await;
        make(&jane, json!({"name": "janes", "role": "viewer"})).await;
        make(&bob, json!({"name": "bobs", "role": "viewer"})).await;
        let root = server.root().await;
        let names = async |client: &Client, query: &str| {
            let page = client.get(&format!("/api/v1/api-keys?{query}")).await.expect(200).body;
            let items = page["items"].as_array().cloned().unwrap_or_default();
            items.iter().map(|key| key["name"].clone()).collect::<Vec<Value>>()
        };
        assert_eq!(names(&root, "owner=/main/jane").await, ["janes"]);
        assert_eq!(names(&root, "owner=/main/jane&q=bob").await, [] as [&str; 0]);
        assert_eq!(names(&root, "owner=/main/nobody").await, [] as [&str; 0]);
        assert_eq!(names(&jane, "owner=/main/jane").await, ["janes"]);
        assert_eq!(names(&jane, "owner=/main/bob").await, [] as [&str; 0]);
        root.get("/api/v1/api-keys?owner=jane").await.expect(400);
    }

    async fn it_is_dead_with_its_owner(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        for act in ["disable", "lock", "delete"] {
            let name = format!("{act}d");
            let owner = server.user(&name, &["viewer"]).await;
            let key = with_key(&server, &make(&owner, json!({"name": "k", "role": "viewer"})).await);
            key.get("/auth/me").await.expect(200);
            let path = format!("/api/v1/realms/main/users/{name}");
            let done = match act {
                "delete" => root.delete(&path).await,
                act => root.post(&format!("{path}/{act}"), json!({})).await,
            };
            assert!(done.status.is_success(), "{}", done.body_text());
            key.get("/auth/me").await.expect(401);
        }
    }

    async fn it_ends_when_it_was_said(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let input = json!({"name": "k", "role": "viewer", "expires_in": "1d"});
        let made = make(&jane, input).await;
        assert_eq!(made.body["expires_at"], "2026-06-02T00:00:00Z");
        let input = json!({"name": "n", "role": "viewer", "expires_in": "never"});
        let never = make(&jane, input).await;
        server.advance(86_399);
        with_key(&server, &made).get("/auth/me").await.expect(200);
        server.advance(1);
        with_key(&server, &made).get("/auth/me").await.expect(401);
        with_key(&server, &never).get("/auth/me").await.expect(200);
    }

    async fn what_is_wrong_in_the_input_is_told(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        for (field, value) in [
            ("name", json!("")),
            ("name", json!("x".repeat(129))),
            ("expires_in", json!("soon")),
            ("expires_at", json!("2020-01-01T00:00:00Z")),
            ("owner", json!("/main/jane")),
            ("scope", json!("all")),
        ] {
            let mut input = json!({"name": "k", "role": "viewer"});
            input[field] = value;
            let refused = jane.post("/api/v1/api-keys", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(format!("/{field}").as_str()));
        }
    }

    async fn the_list_shows_use_and_no_secret(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let made = make(&jane, json!({"name": "k", "role": "viewer"})).await;
        let list = jane.get("/api/v1/api-keys").await.expect(200);
        assert!(list.body["items"][0]["last_used_at"].is_null());
        with_key(&server, &made).get("/auth/me").await.expect(200);
        server.advance(30);
        with_key(&server, &made).get("/auth/me").await.expect(200);
        let list = jane.get("/api/v1/api-keys").await.expect(200);
        let key = &list.body["items"][0];
        assert_eq!(key["last_used_at"], "2026-06-01T00:00:00Z", "once a minute");
        assert_eq!((&key["name"], &key["role"]), (&json!("k"), &json!("viewer")));
        assert!(!list.body_text().contains(made.text_at("/key")));
        assert!(key.get("hash").is_none());
    }

    async fn a_made_up_key_is_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let made = make(&jane, json!({"name": "k", "role": "viewer"})).await;
        let key = made.text_at("/key");
        let session = login(&server, "jane").await;
        let cut = &key[..key.len() - 1];
        for text in ["", "x", cut, session.text_at("/refresh_token")] {
            server.anonymous().with_api_key(text).get("/auth/me").await.expect(401);
        }
        bearer(&server, key).get("/auth/me").await.expect(401);
    }
}
