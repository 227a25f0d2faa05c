//! Passwords that expire, and those that an administrator wants changed.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use testkit::{Answer, Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

const NEW: &str = "another long sentence";
const DAY: i64 = 86_400;

async fn valid_for(server: &Server, days: i64) {
    let setting = json!({"valid_days": days});
    server.operator().put("/api/v1/settings/password", setting).await.expect(200);
}

fn change() -> Value {
    json!({"old_password": PASSWORD, "new_password": NEW})
}

/// Jane, whom an administrator gave a password to change.
async fn given_a_password(server: &Server) -> Answer {
    let user = json!({"username": "jane", "password": PASSWORD, "roles": ["viewer"],
        "must_change_password": true});
    server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
    try_login(server, "jane", PASSWORD).await.expect(200)
}

on_both! {
    async fn who_must_change_it_can_do_nothing_else(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = given_a_password(&server).await;
        assert_eq!(answer.body["password_change_required"], true);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        jane.get("/auth/me").await.expect(403);
        jane.get("/status").await.expect(403);
        jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(403);
        // Nor by a password with each request, nor with a token that is renewed.
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("jane:{PASSWORD}")));
        let basic = server.anonymous().with_header("authorization", &basic);
        basic.get("/auth/me").await.expect(403);
        let refresh = json!({"grant_type": "refresh_token",
            "refresh_token": answer.text_at("/refresh_token")});
        let renewed = server.anonymous().post("/auth/token", refresh).await.expect(200);
        assert_eq!(renewed.body["password_change_required"], true);
        let renewed = server.anonymous().with_bearer(renewed.text_at("/access_token"));
        renewed.get("/auth/me").await.expect(403);
    }

    async fn changed_the_session_is_whole_under_another_id(backend: Backend) {
        let server = Server::start(backend).await;
        let first = given_a_password(&server).await;
        let jane = server.anonymous().with_bearer(first.text_at("/access_token"));
        let weak = json!({"old_password": PASSWORD, "new_password": "password1"});
        jane.post("/auth/password", weak).await.expect(400);
        let same = json!({"old_password": PASSWORD, "new_password": PASSWORD});
        jane.post("/auth/password", same).await.expect(400);
        let second = jane.post("/auth/password", change()).await.expect(200);
        assert_ne!(first.body["session_id"], second.body["session_id"]);
        assert!(second.body.get("password_change_required").is_none());
        let whole = server.anonymous().with_bearer(second.text_at("/access_token"));
        whole.get("/status").await.expect(200);
        jane.get("/auth/me").await.expect(401);
        for old in [&first] {
            let refresh = json!({"grant_type": "refresh_token", "refresh_token": old.text_at("/refresh_token")});
            server.anonymous().post("/auth/token", refresh).await.expect(401);
        }
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": second.text_at("/refresh_token")});
        server.anonymous().post("/auth/token", refresh).await.expect(200);
        let again = try_login(&server, "jane", NEW).await.expect(200);
        assert!(again.body.get("password_change_required").is_none());
    }

    async fn a_browser_gets_another_cookie(backend: Backend) {
        let server = Server::start(backend).await;
        given_a_password(&server).await;
        let browser = server.anonymous().with_cookies();
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
            "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        let (before, device) = (browser.cookie("session").unwrap(), browser.cookie("device").unwrap());
        browser.get("/auth/me").await.expect(403);
        let here = browser.with_header("origin", &server.base);
        let answer = here.post("/auth/password", change()).await.expect(200);
        assert!(answer.body.get("access_token").is_none());
        assert_ne!(browser.cookie("session").unwrap(), before);
        browser.get("/auth/me").await.expect(200);
        let old = server.anonymous().with_header("cookie", &format!("session={before}; device={device}"));
        old.get("/auth/me").await.expect(401);
    }

    async fn it_expires_to_the_second_in_open_sessions_too(backend: Backend) {
        let server = Server::start(backend).await;
        valid_for(&server, 30).await;
        server.user("jane", &["viewer"]).await;
        server.advance(30 * DAY - 60);
        let answer = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(answer.body["password_expires_at"], "2026-07-01T00:00:00Z");
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        jane.get("/auth/me").await.expect(200);
        server.advance(60);
        jane.get("/auth/me").await.expect(403);
        let answer = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(answer.body["password_change_required"], true);
        jane.post("/auth/password", change()).await.expect(200);
    }

    async fn the_user_is_warned_ten_days_before(backend: Backend) {
        let server = Server::start(backend).await;
        valid_for(&server, 30).await;
        server.user("jane", &[]).await;
        server.advance(20 * DAY - 1);
        let early = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert!(early.body.get("password_expires_at").is_none());
        let jane = server.anonymous().with_bearer(early.text_at("/access_token"));
        assert_eq!(jane.get("/auth/me").await.expect(200).body["password_expires_at"], Value::Null);
        server.advance(1);
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!(me["password_expires_at"], "2026-07-01T00:00:00Z");
        let form = json!({"grant_type": "password", "username": "jane", "password": PASSWORD});
        let token = server.anonymous().post("/auth/token", form).await.expect(200).body;
        assert_eq!(token["password_expires_at"], "2026-07-01T00:00:00Z");
    }

    async fn the_setting_counts_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.advance(3 * DAY);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        jane.get("/auth/me").await.expect(200);
        valid_for(&server, 2).await;
        jane.get("/auth/me").await.expect(403);
        valid_for(&server, 0).await;
        jane.get("/auth/me").await.expect(200);
    }

    async fn a_session_goes_on_with_the_new_password(backend: Backend) {
        let server = Server::start(backend).await;
        valid_for(&server, 30).await;
        server.user("jane", &[]).await;
        server.advance(30 * DAY - 60);
        let answer = try_login(&server, "jane", PASSWORD).await.expect(200);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        jane.post("/auth/password", change()).await.expect(204);
        server.advance(120);
        let refresh = json!({"grant_type": "refresh_token",
            "refresh_token": answer.text_at("/refresh_token")});
        let renewed = server.anonymous().post("/auth/token", refresh).await.expect(200);
        let jane = server.anonymous().with_bearer(renewed.text_at("/access_token"));
        jane.get("/auth/me").await.expect(200);
    }

    async fn a_reset_can_ask_for_another_one(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let path = "/api/v1/realms/main/users/jane/password";
        let input = json!({"password": NEW, "must_change": true});
        server.operator().put(path, input).await.expect(204);
        jane.get("/auth/me").await.expect(401);
        let answer = try_login(&server, "jane", NEW).await.expect(200);
        assert_eq!(answer.body["password_change_required"], true);
        server.operator().put(path, json!({"password": "third grey stone"})).await.expect(204);
        let answer = try_login(&server, "jane", "third grey stone").await.expect(200);
        assert!(answer.body.get("password_change_required").is_none());
    }

    async fn a_user_without_a_password_has_none_to_change(backend: Backend) {
        let server = Server::start(backend).await;
        let user = json!({"username": "jane", "must_change_password": true});
        let refused = server.operator().post("/api/v1/realms/main/users", user).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/must_change_password"));
    }
}
