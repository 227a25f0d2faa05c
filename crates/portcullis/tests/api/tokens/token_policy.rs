//! The three lengths of time that end a sign-in, and the codes that say which did.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{bearer, login};
use crate::harness::Server;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

async fn refresh(server: &Server, session: &Answer) -> Answer {
    server.refresh(session.text_at("/refresh_token")).await
}

fn caller(server: &Server, session: &Answer) -> Client {
    bearer(server, session.text_at("/access_token"))
}

/// Why this caller is nobody.
async fn code(client: &Client) -> Value {
    client.get("/auth/me").await.expect(401).body["code"].clone()
}

async fn set(server: &Server, section: &str, values: Value) {
    server.operator().put(&format!("/api/v1/settings/{section}"), values).await.expect(200);
}

on_both! {
    async fn a_shorter_life_of_tokens_counts_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let first = login(&server, "jane").await;
        server.advance(5 * MINUTE);
        caller(&server, &first).get("/auth/me").await.expect(200);
        set(&server, "token", json!({"access_minutes": 5})).await;
        assert_eq!(code(&caller(&server, &first)).await, "token-too-old");
        // It is the token that is too old, not the sign-in.
        let second = refresh(&server, &first).await.expect(200);
        assert_eq!(second.body["expires_in"], 300);
        caller(&server, &second).get("/auth/me").await.expect(200);
    }

    async fn a_longer_life_does_not_wake_tokens(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        server.advance(10 * MINUTE);
        set(&server, "token", json!({"access_minutes": 60})).await;
        assert_eq!(code(&caller(&server, &first)).await, "token-expired");
    }

    async fn a_shorter_life_of_sessions_counts_at_once(backend: Backend) {
        let lives = [("session.absolute_hours", "48"), ("session.idle_minutes", "600"), ("token.access_minutes", "600")];
        let server = Server::with_settings(backend, &lives[1..]).await;
        set(&server, "session", json!({"absolute_hours": 48})).await;
        server.user("jane", &[]).await;
        let (first, cookie) = (login(&server, "jane").await, server.browser_of("jane").await);
        server.advance(2 * HOUR);
        for client in [&caller(&server, &first), &cookie] {
            client.get("/auth/me").await.expect(200);
        }
        set(&server, "session", json!({"absolute_hours": 2})).await;
        for client in [&caller(&server, &first), &cookie] {
            assert_eq!(code(client).await, "session-over");
        }
        let refused = refresh(&server, &first).await.expect(401);
        assert_eq!((&refused.body["error"], &refused.body["code"]), (&json!("invalid_grant"), &json!("session-over")));
    }

    async fn a_token_is_renewed_for_as_long_as_the_limit_says(backend: Backend) {
        let server = Server::with_settings(backend, &[("session.idle_minutes", "600")]).await;
        server.user("jane", &[]).await;
        set(&server, "token", json!({"renewal_minutes": 30})).await;
        let first = login(&server, "jane").await;
        server.advance(40 * MINUTE - 1);
        let second = refresh(&server, &first).await.expect(200);
        server.advance(40 * MINUTE);
        let refused = refresh(&server, &second).await.expect(401);
        assert_eq!((&refused.body["error"], &refused.body["code"]), (&json!("invalid_grant"), &json!("renewal-over")));
        // The setting is looked at each time.
        set(&server, "token", json!({"renewal_minutes": 31})).await;
        refresh(&server, &second).await.expect(200);
    }

    async fn none_is_renewed_after_its_end_if_the_limit_is_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        set(&server, "token", json!({"renewal_minutes": 0})).await;
        let first = login(&server, "root").await;
        server.advance(10 * MINUTE - 1);
        let second = refresh(&server, &first).await.expect(200);
        server.advance(10 * MINUTE);
        assert_eq!(refresh(&server, &second).await.expect(401).body["code"], "renewal-over");
    }

    async fn a_limit_of_renewal_tells_strangers_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let mine = login(&server, "jane").await;
        let text = mine.text_at("/refresh_token");
        let made_up = format!("{}{}", &text[..text.len() - 8], "AAAAAAAA");
        server.operator().post("/api/v1/realms/main/users/jane/disable", json!({})).await.expect(200);
        let form = [("grant_type", "refresh_token"), ("refresh_token", made_up.as_str())];
        let refused = server.anonymous().post_form("/auth/token", &form).await.expect(401);
        assert!(refused.body.get("code").is_none(), "{}", refused.body);
        assert_eq!(refresh(&server, &mine).await.expect(401).body["code"], "user-inactive");
    }

    async fn each_reason_has_its_code(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        assert_eq!(code(&server.anonymous()).await, "credential-missing");
        assert_eq!(code(&bearer(&server, "x.y.z")).await, "token-invalid");
        for (name, act, expected) in [
            ("a1", "disable", "user-inactive"),
            ("a2", "lock", "user-inactive"),
            ("a3", "sign out", "session-over"),
            ("a4", "password", "session-over"),
        ] {
            server.user(name, &[]).await;
            let session = login(&server, name).await;
            let path = format!("/api/v1/realms/main/users/{name}");
            let done = match act {
                "sign out" => caller(&server, &session).post("/auth/logout", json!({})).await,
                "password" => root.put(&format!("{path}/password"), json!({"password": "seven grey geese fly"})).await,
                act => root.post(&format!("{path}/{act}"), json!({})).await,
            };
            assert!(done.status.is_success(), "{act}: {}", done.body);
            assert_eq!(code(&caller(&server, &session)).await, expected, "{act}");
        }
        let input = json!({"name": "short", "role": "admin", "expires_in": "1h"});
        let key = root.post("/api/v1/api-keys", input).await.expect(201);
        let with_key = server.anonymous().with_header("x-api-key", key.text_at("/key"));
        with_key.get("/auth/me").await.expect(200);
        server.advance(HOUR);
        assert_eq!(code(&with_key).await, "key-expired");
        let changed = key.text_at("/key").replace(|c: char| c.is_ascii_digit(), "7");
        assert_eq!(code(&server.anonymous().with_header("x-api-key", &changed)).await, "key-invalid");
    }
}
