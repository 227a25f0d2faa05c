use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn anybody_may_ask_whether_it_lives(backend: Backend) {
        let server = Server::start(backend).await;
        for path in ["/health", "/livez", "/readyz"] {
            let answer = server.anonymous().get(path).await.expect(200);
            assert_eq!(answer.text_at("/status"), "healthy", "{path}");
        }
    }

    async fn the_status_is_not_for_everybody(backend: Backend) {
        let server = Server::start(backend).await;
        server.anonymous().get("/status").await.expect(401);
        server.anonymous().get("/metrics").await.expect(401);
        let status = server.operator().get("/status").await.expect(200);
        assert_eq!(status.text_at("/status"), "running");
    }

    async fn what_is_not_there_is_a_problem(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = server.anonymous().with_header("X-Request-Id", "my-request").get("/nowhere").await.expect(404);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.header("x-request-id"), Some("my-request"));
        assert_eq!(answer.text_at("/request_id"), "my-request");
        assert_eq!(answer.text_at("/type"), "/problems/not-found");
        server.anonymous().delete("/health").await.expect(405);
    }

    async fn a_bad_request_id_is_replaced(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = server.anonymous().with_header("X-Request-Id", "a b<script>").get("/health").await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id.len(), 36, "{id}");
    }

    async fn answers_are_harmless_in_a_browser(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = server.anonymous().get("/health").await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
}
