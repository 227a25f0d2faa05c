//! Five failures lock for fifteen minutes.

use futures::future::join_all;
use serde_json::json;
use testkit::{Backend, on_both};

use super::{fail, try_login};
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn the_fifth_failure_locks(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 5).await;
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
        server.advance(899);
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("1"));
        server.advance(1);
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn tries_while_locked_neither_count_nor_extend(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 5).await;
        for _ in 0..9 {
            server.advance(99);
            try_login(&server, "jane", "wrong").await.expect(429);
        }
        server.advance(9);
        fail(&server, "jane", 4).await;
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn one_miss_after_the_lock_does_not_lock_again(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 5).await;
        server.advance(900);
        fail(&server, "jane", 1).await;
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn a_success_forgets_the_failures(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        for _ in 0..2 {
            fail(&server, "jane", 4).await;
            try_login(&server, "jane", PASSWORD).await.expect(200);
        }
    }

    async fn an_unlock_forgets_the_failures(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 5).await;
        let root = server.root().await;
        root.post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        fail(&server, "jane", 4).await;
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn locks_and_counters_survive_a_restart(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("bob", &[]).await;
        fail(&server, "jane", 5).await;
        fail(&server, "bob", 3).await;
        let server = server.restart(&[]).await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
        fail(&server, "bob", 2).await;
        try_login(&server, "bob", PASSWORD).await.expect(429);
    }

    async fn every_way_with_a_password_shares_the_count(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        fail(&server, "jane", 1).await;
        let form = [("grant_type", "password"), ("username", "jane"), ("password", "wrong")];
        server.anonymous().post_form("/auth/token", &form).await.expect(401);
        // jane:wrong
        let basic = server.anonymous().with_header("authorization", "Basic amFuZTp3cm9uZw==");
        basic.get("/auth/me").await.expect(401);
        let change = json!({"old_password": "wrong", "new_password": "a new long one"});
        jane.post("/auth/password", change.clone()).await.expect(401);
        fail(&server, "jane", 1).await;
        server.anonymous().post_form("/auth/token", &form).await.expect(429);
        basic.get("/auth/me").await.expect(429);
        jane.post("/auth/password", change).await.expect(429);
        // Who is signed in stays so.
        jane.get("/auth/me").await.expect(200);
    }

    async fn of_parallel_tries_five_are_looked_at(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let tries = (0..10).map(|_| try_login(&server, "jane", "wrong"));
        let mut answers: Vec<u16> =
            join_all(tries).await.iter().map(|answer| answer.status.as_u16()).collect();
        answers.sort_unstable();
        assert_eq!(answers, [401, 401, 401, 401, 401, 429, 429, 429, 429, 429]);
    }

    async fn the_settings_count(backend: Backend) {
        let more = [("lockout.max_attempts", "2"), ("lockout.minutes", "1")];
        let server = Server::with_settings(backend, &more).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 2).await;
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("60"));
    }

    async fn failures_count_together_within_the_window_alone(backend: Backend) {
        let server = Server::with_settings(backend, &[("lockout.window_minutes", "10")]).await;
        server.user("jane", &[]).await;
        for _ in 0..3 {
            fail(&server, "jane", 4).await;
            server.advance(600);
        }
        fail(&server, "jane", 4).await;
        server.advance(599);
        fail(&server, "jane", 1).await;
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
    }

    async fn without_a_time_of_lock_tries_wait_for_the_end_of_the_window(backend: Backend) {
        let more = [("lockout.window_minutes", "10"), ("lockout.minutes", "0")];
        let server = Server::with_settings(backend, &more).await;
        server.user("jane", &[]).await;
        fail(&server, "jane", 1).await;
        server.advance(100);
        fail(&server, "jane", 4).await;
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("500"));
        server.advance(500);
        fail(&server, "jane", 4).await;
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn an_automatic_lock_is_in_the_list(backend: Backend) {
        let server = Server::start(backend).await;
        for name in ["jane", "bob", "kim"] {
            server.user(name, &[]).await;
            server.advance(20);
        }
        let vera = server.user("vera", &["viewer"]).await;
        fail(&server, "jane", 5).await;
        fail(&server, "bob", 4).await;
        let operator = server.operator();
        operator.post("/api/v1/realms/main/users/kim/lock", json!({"reason": "left"})).await.expect(200);
        let list = operator.get("/api/v1/locks").await.expect(200).body;
        assert_eq!(list["total"], 2);
        let jane = &list["items"][0];
        assert_eq!((&jane["username"], &jane["automatic"]), (&json!("jane"), &json!(true)));
        assert_eq!(jane["reason"], json!("too many failed sign-ins"));
        assert_eq!((&jane["since"], &jane["until"]), (&json!("2026-06-01T00:01:00Z"), &json!("2026-06-01T00:16:00Z")));
        let kim = &list["items"][1];
        assert_eq!((&kim["reason"], &kim["automatic"]), (&json!("left"), &json!(false)));
        vera.get("/api/v1/locks").await.expect(403);
        let first = operator.get("/api/v1/locks?limit=1").await.expect(200);
        let next = operator.get(&format!("/api/v1/locks?limit=1&cursor={}", first.text_at("/next_cursor"))).await;
        assert_eq!(next.expect(200).text_at("/items/0/username"), "kim");
        operator.post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        fail(&server, "bob", 1).await;
        let list = operator.get("/api/v1/locks").await.expect(200).body;
        assert_eq!((&list["total"], &list["items"][0]["username"]), (&json!(2), &json!("bob")));
        server.advance(900);
        assert_eq!(operator.get("/api/v1/locks").await.expect(200).body["total"], 1);
    }

    async fn a_lock_by_hand_blocks_every_way_in(backend: Backend) {
        // Tokens name it, and the port is another after the restart.
        let address = [("public_address", "http://portcullis.test")];
        let server = Server::with_settings(backend, &address).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = json!({"name": "k", "role": "viewer", "expires_in": "1d"});
        let key = jane.post("/api/v1/api-keys", key).await.expect(201).text_at("/key").to_owned();
        let login = try_login(&server, "jane", PASSWORD).await.expect(200);
        let refresh = login.text_at("/refresh_token").to_owned();
        let browser = server.anonymous().with_cookies();
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        let anonymous = server.anonymous();
        // jane:correct horse battery
        let basic = anonymous.with_header("authorization", "Basic amFuZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=");
        let by_key = anonymous.with_api_key(&key);
        let ways = [&jane, &browser, &basic, &by_key];
        for way in ways {
            way.get("/auth/me").await.expect(200);
        }
        server.operator().post("/api/v1/realms/main/users/jane/lock", json!({})).await.expect(200);
        let server = server.restart(&address).await;
        let moved = |client: &testkit::Client| client.at(&server.base);
        for (way, status) in ways.into_iter().zip([401, 401, 429, 401]) {
            moved(way).get("/auth/me").await.expect(status);
        }
        let form = [("grant_type", "password"), ("username", "jane"), ("password", PASSWORD)];
        server.anonymous().post_form("/auth/token", &form).await.expect(429);
        let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
        server.anonymous().post_form("/auth/token", &form).await.expect(401);
        server.operator().post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        for way in ways {
            moved(way).get("/auth/me").await.expect(200);
        }
    }

    async fn a_lock_by_failures_keeps_off_passwords_alone(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = json!({"name": "k", "role": "viewer", "expires_in": "1d"});
        let key = jane.post("/api/v1/api-keys", key).await.expect(201).text_at("/key").to_owned();
        fail(&server, "jane", 5).await;
        let anonymous = server.anonymous();
        let basic = anonymous.with_header("authorization", "Basic amFuZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=");
        basic.get("/auth/me").await.expect(429);
        // Else whoever knows a name could stop the programs that work under it.
        anonymous.with_api_key(&key).get("/auth/me").await.expect(200);
        jane.get("/auth/me").await.expect(200);
    }

    async fn a_lock_by_hand_refuses_too(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let root = server.root().await;
        let path = "/api/v1/realms/main/users/jane/lock";
        root.post(path, json!({"until": "2026-06-01T00:10:00Z"})).await.expect(200);
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("600"));
        jane.get("/auth/me").await.expect(401);
        server.advance(600);
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn failures_are_audited_once_a_minute_and_locks_always(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let root = server.root().await;
        fail(&server, "jane", 4).await;
        server.advance(60);
        fail(&server, "jane", 1).await;
        let events = root.get("/api/v1/audit/events?event_type=LOGIN_FAILED").await.expect(200);
        let failed = events.body["items"].as_array().unwrap();
        assert_eq!(failed.len(), 2, "{}", events.body_text());
        assert!(failed.iter().all(|event| event["username"] == "jane" && event["success"] == false));
        let alerts = root.get("/api/v1/audit/events?event_type=SECURITY_ALERT").await.expect(200);
        assert_eq!(alerts.body["items"].as_array().unwrap().len(), 1);
        assert!(!events.body_text().contains("wrong\""), "no password is written");
    }
}
