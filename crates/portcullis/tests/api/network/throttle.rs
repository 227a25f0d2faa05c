//! How many requests a source may make.

use serde_json::json;
use testkit::{Answer, Backend, on_both};

use super::from;
use crate::harness::{PASSWORD, Server};

const A: &str = "203.0.113.9";
const B: &str = "203.0.113.10";

async fn limited(backend: Backend, limit: (&str, &str)) -> Server {
    Server::with_settings(backend, &[("trusted_proxies", "127.0.0.1"), limit]).await
}

async fn login(server: &Server, source: &str, name: &str, password: &str) -> Answer {
    let input = json!({"type": "password", "authentication_id": name, "secret": password});
    from(&server.anonymous(), source).post("/auth/login", input).await
}

on_both! {
    async fn a_source_tries_so_many_passwords_a_minute(backend: Backend) {
        let server = limited(backend, ("throttle.sign_ins_per_minute", "3")).await;
        for _ in 0..3 {
            login(&server, A, "root", PASSWORD).await.expect(200);
        }
        for name in ["root", "nobody"] {
            let refused = login(&server, A, name, PASSWORD).await.expect(429);
            assert_eq!(refused.header("retry-after"), Some("20"));
        }
        // cm9vdDp4: root:x
        let basic = from(&server.anonymous(), A).with_header("authorization", "Basic cm9vdDp4");
        basic.get("/auth/me").await.expect(429);
        let form = [("grant_type", "password"), ("username", "root"), ("password", PASSWORD)];
        let token = from(&server.anonymous(), A).post_form("/auth/token", &form).await.expect(429);
        assert_eq!((token.header("retry-after"), token.text_at("/error")), (Some("20"), "temporarily_unavailable"));
        login(&server, B, "root", PASSWORD).await.expect(200);
        server.advance(20);
        login(&server, A, "root", PASSWORD).await.expect(200);
        login(&server, A, "root", PASSWORD).await.expect(429);
        server.advance(3600);
        for _ in 0..3 {
            login(&server, A, "root", PASSWORD).await.expect(200);
        }
        login(&server, A, "root", PASSWORD).await.expect(429);
    }

    async fn what_was_throttled_is_no_failure(backend: Backend) {
        let server = limited(backend, ("throttle.sign_ins_per_minute", "2")).await;
        server.user("jane", &[]).await;
        for _ in 0..9 {
            login(&server, A, "jane", "wrong").await;
        }
        login(&server, B, "jane", PASSWORD).await.expect(200);
    }

    async fn a_source_makes_so_many_requests_a_minute(backend: Backend) {
        let server = limited(backend, ("throttle.requests_per_minute", "4")).await;
        let client = from(&server.anonymous(), "2001:db8:1:2::1");
        for path in ["/openapi.json", "/auth/me", "/nowhere", "/.well-known/jwks.json"] {
            assert_ne!(client.get(path).await.status.as_u16(), 429, "{path}");
        }
        let refused = client.get("/auth/me").await.expect(429);
        assert_eq!(refused.header("retry-after"), Some("15"));
        assert_eq!(refused.text_at("/type"), "/problems/too-many");
        from(&server.anonymous(), "2001:db8:1:2::2").get("/auth/me").await.expect(429);
        from(&server.anonymous(), "2001:db8:1:3::1").get("/auth/me").await.expect(401);
        // The machine's operator has no limit, and neither has what supervises the server.
        for _ in 0..6 {
            server.operator().get("/status").await.expect(200);
            server.anonymous().get("/health").await.expect(200);
        }
        server.advance(15);
        client.get("/auth/me").await.expect(401);
        client.get("/auth/me").await.expect(429);
    }

    async fn a_limit_is_changed_while_it_runs(backend: Backend) {
        let server = Server::with_settings(backend, &[("trusted_proxies", "127.0.0.1")]).await;
        for _ in 0..20 {
            from(&server.anonymous(), A).get("/auth/me").await.expect(401);
        }
        let operator = server.operator();
        operator.put("/api/v1/settings/throttle", json!({"requests_per_minute": 1})).await.expect(200);
        from(&server.anonymous(), A).get("/auth/me").await.expect(401);
        from(&server.anonymous(), A).get("/auth/me").await.expect(429);
        operator.put("/api/v1/settings/throttle", json!({"requests_per_minute": 0})).await.expect(200);
        from(&server.anonymous(), A).get("/auth/me").await.expect(401);
        operator.put("/api/v1/settings/throttle", json!({"requests_per_minute": -1})).await.expect(422);
    }
}
