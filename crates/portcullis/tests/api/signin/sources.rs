//! Many failures from one source lock the source, at whatever names.

use serde_json::json;
use testkit::{Answer, Backend, on_both};

use super::{enumeration::shape, fail, try_login};
use crate::{
    harness::{PASSWORD, Server},
    network::from,
};

async fn limited(backend: Backend, attempts: &str) -> Server {
    let more = [("trusted_proxies", "127.0.0.1"), ("lockout.source_attempts", attempts)];
    let server = Server::with_settings(backend, &more).await;
    server.user("jane", &[]).await;
    server
}

async fn try_from(server: &Server, source: &str, name: &str, password: &str) -> Answer {
    let input = json!({"type": "password", "authentication_id": name, "secret": password});
    from(&server.anonymous(), source).post("/auth/login", input).await
}

const A: &str = "203.0.113.9";
const B: &str = "203.0.113.10";

on_both! {
    async fn one_password_at_many_names_locks_the_source(backend: Backend) {
        let server = limited(backend, "6").await;
        server.user("bob", &[]).await;
        for name in ["jane", "bob", "nobody", "no one", "jane", "root"] {
            try_from(&server, A, name, "wrong").await.expect(401);
        }
        let locked = try_from(&server, A, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
        let unknown = try_from(&server, A, "never tried", PASSWORD).await.expect(429);
        assert_eq!(shape(&locked), shape(&unknown));
        let basic = from(&server.anonymous(), A).with_header("authorization", "Basic amFuZTp3cm9uZw==");
        basic.get("/auth/me").await.expect(429);
        let form = [("grant_type", "password"), ("username", "bob"), ("password", PASSWORD)];
        from(&server.anonymous(), A).post_form("/auth/token", &form).await.expect(429);
        // Nobody else is kept off, and no user is locked.
        try_from(&server, B, "jane", PASSWORD).await.expect(200);
        assert_eq!(server.operator().get("/api/v1/locks").await.expect(200).body["total"], 0);
        let alerts = server.operator().get("/api/v1/audit/events?action=lockout.source").await.expect(200);
        assert_eq!(alerts.body["items"].as_array().unwrap().len(), 1);
        assert_eq!((alerts.text_at("/items/0/ip_address"), alerts.text_at("/items/0/event_type")), (A, "SECURITY_ALERT"));
        server.advance(899);
        try_from(&server, A, "jane", PASSWORD).await.expect(429);
        server.advance(1);
        try_from(&server, A, "jane", PASSWORD).await.expect(200);
    }

    async fn a_locked_source_is_listed_and_may_be_let_in_again(backend: Backend) {
        let server = limited(backend, "2").await;
        let vera = server.user("vera", &["viewer"]).await;
        let locks = "/api/v1/source-locks";
        for source in [A, "2001:db8:1:2::3"] {
            for _ in 0..2 {
                try_from(&server, source, "jane", "wrong").await.expect(401);
            }
            server.operator().post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        }
        try_from(&server, B, "jane", "wrong").await.expect(401);
        let operator = server.operator();
        let list = operator.get(locks).await.expect(200);
        let sources: Vec<&str> = (0..2).map(|n| list.text_at(["/items/0/source", "/items/1/source"][n])).collect();
        assert_eq!(sources, ["2001:db8:1:2::/64", A]);
        assert_eq!((list.text_at("/items/0/since"), list.text_at("/items/0/until")), ("2026-06-01T00:00:00Z", "2026-06-01T00:15:00Z"));
        assert_eq!(operator.get(&format!("{locks}?q=203")).await.expect(200).body["items"].as_array().unwrap().len(), 1);
        let first = operator.get(&format!("{locks}?limit=1")).await.expect(200);
        let next = operator.get(&format!("{locks}?limit=1&cursor={}", first.text_at("/next_cursor"))).await;
        assert_eq!(next.expect(200).text_at("/items/0/source"), A);
        vera.get(locks).await.expect(403);
        vera.delete(&format!("{locks}/{A}")).await.expect(403);
        operator.delete(&format!("{locks}/{A}")).await.expect(204);
        operator.delete(&format!("{locks}/{A}")).await.expect(404);
        operator.delete(&format!("{locks}/nowhere")).await.expect(404);
        operator.delete(&format!("{locks}/2001:db8:1:2::%2F64")).await.expect(204);
        for source in [A, "2001:db8:1:2::3"] {
            try_from(&server, source, "jane", PASSWORD).await.expect(200);
        }
        assert_eq!(operator.get(locks).await.expect(200).body["items"], json!([]));
    }

    async fn a_success_forgets_no_failure_of_its_source(backend: Backend) {
        let server = limited(backend, "4").await;
        for _ in 0..2 {
            try_from(&server, A, "jane", "wrong").await.expect(401);
            try_from(&server, A, "jane", PASSWORD).await.expect(200);
        }
        for _ in 0..2 {
            try_from(&server, A, "root", "wrong").await.expect(401);
        }
        try_from(&server, A, "jane", PASSWORD).await.expect(429);
    }

    async fn tries_while_locked_neither_count_nor_extend(backend: Backend) {
        let server = limited(backend, "2").await;
        for _ in 0..2 {
            try_from(&server, A, "jane", "wrong").await.expect(401);
        }
        for _ in 0..9 {
            server.advance(99);
            try_from(&server, A, "root", "wrong").await.expect(429);
        }
        server.advance(9);
        try_from(&server, A, "root", "wrong").await.expect(401);
        try_from(&server, A, "jane", PASSWORD).await.expect(200);
    }

    async fn failures_count_together_within_the_window_alone(backend: Backend) {
        let server = limited(backend, "3").await;
        for _ in 0..4 {
            for _ in 0..2 {
                try_from(&server, A, "jane", "wrong").await.expect(401);
            }
            try_from(&server, A, "jane", PASSWORD).await.expect(200);
            server.advance(900);
        }
    }

    async fn a_network_of_ipv6_is_one_source(backend: Backend) {
        let server = limited(backend, "3").await;
        for number in 1..4 {
            try_from(&server, &format!("2001:db8:1:2::{number}"), "jane", "wrong").await.expect(401);
        }
        try_from(&server, "2001:db8:1:2:ffff::1", "jane", PASSWORD).await.expect(429);
        try_from(&server, "2001:db8:1:3::1", "jane", PASSWORD).await.expect(200);
    }

    async fn a_source_stays_locked_over_a_restart(backend: Backend) {
        let more = [("trusted_proxies", "127.0.0.1"), ("lockout.source_attempts", "2")];
        let server = limited(backend, "2").await;
        for _ in 0..2 {
            try_from(&server, A, "jane", "wrong").await.expect(401);
        }
        let server = server.restart(&more).await;
        try_from(&server, A, "jane", PASSWORD).await.expect(429);
        try_from(&server, B, "jane", PASSWORD).await.expect(200);
    }

    async fn without_a_limit_no_source_is_locked(backend: Backend) {
        let server = limited(backend, "0").await;
        for number in 0..12 {
            try_from(&server, A, &format!("nobody{number}"), "wrong").await.expect(401);
        }
        try_from(&server, A, "jane", PASSWORD).await.expect(200);
    }

    async fn the_limit_is_changed_while_it_runs(backend: Backend) {
        let server = limited(backend, "100").await;
        // A setting that is pinned cannot be changed, the others can.
        server.operator().put("/api/v1/settings/lockout", json!({"source_attempts": 2})).await.expect(409);
        server.operator().put("/api/v1/settings/lockout", json!({"source_minutes": 1})).await.expect(200);
        server.operator().put("/api/v1/settings/lockout", json!({"max_attempts": 2})).await.expect(200);
        fail(&server, "jane", 2).await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
    }

    async fn a_name_that_is_nobodys_stays_locked_over_a_restart_like_any_other(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        for name in ["jane", "nobody"] {
            fail(&server, name, 5).await;
        }
        let server = server.restart(&[]).await;
        let known = try_login(&server, "jane", "wrong").await.expect(429);
        let unknown = try_login(&server, "nobody", "wrong").await.expect(429);
        assert_eq!(shape(&known), shape(&unknown));
    }
}
