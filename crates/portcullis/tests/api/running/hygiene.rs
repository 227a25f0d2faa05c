//! Requests that no honest client sends, before anybody asks who sends them.

use testkit::{Backend, Client, on_both};

use crate::{guard::raw::send, harness::Server};

/// The limit of an `Authorization` header, in bytes.
const LONGEST: usize = 8 * 1024;

fn port(server: &Server) -> u16 {
    server.base.rsplit(':').next().unwrap().parse().unwrap()
}

fn authorized(server: &Server, value: &str) -> Client {
    server.anonymous().with_header("authorization", value)
}

on_both! {
    async fn an_authorization_that_is_too_long_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let too_long = format!("Bearer {}", "a".repeat(LONGEST - 6));
        for path in ["/auth/me", "/health", "/api/v1/nodes", "/nowhere"] {
            authorized(&server, &too_long).get(path).await.expect(401);
        }
    }

    async fn so_are_one_outside_the_grammar_and_two(backend: Backend) {
        let server = Server::start(backend).await;
        let root = ("Authorization", "Basic cm9vdDpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=");
        let host = ("Host", "localhost");
        let status = async |headers: &[(&str, &str)]| send(port(&server), "GET /auth/me", headers).await.status;
        assert_eq!(status(&[host, root]).await, 200);
        assert_eq!(status(&[host, root, root]).await, 401);
        for odd in ["Bearer \u{e9}", "Bearer a\tb", "Bearer a\u{7f}"] {
            let answer = status(&[host, ("Authorization", odd)]).await;
            assert!(matches!(answer, 400 | 401), "{odd:?}: {answer}");
        }
    }

    async fn a_header_with_a_break_or_a_nul_is_no_request(backend: Backend) {
        let server = Server::start(backend).await;
        for odd in ["a\0b", "a\rb", "a\nb"] {
            let headers = [("Host", "localhost"), ("X-Odd", odd)];
            assert_eq!(send(port(&server), "GET /health", &headers).await.status, 400, "{odd:?}");
        }
    }

    async fn no_other_origin_is_let_in(backend: Backend) {
        let server = Server::start(backend).await;
        for origin in ["https://evil.example", "null", &server.base] {
            let answer = server.root().await.with_header("origin", origin).get("/auth/me").await.expect(200);
            let headers = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(headers.count(), 0, "{origin}");
        }
        let asked = server.anonymous().with_header("origin", "https://evil.example")
            .with_header("access-control-request-method", "POST");
        let answer = asked.send(reqwest::Method::OPTIONS, "/auth/login", None).await;
        assert!(!answer.status.is_success(), "{}", answer.status);
    }
}
