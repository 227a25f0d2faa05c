use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn everybody_learns_where_the_endpoints_are(backend: Backend) {
        let server = Server::with_settings(backend, &[("public_address", "https://id.example.com")]).await;
        let answer = server.anonymous().get("/.well-known/authzen-configuration").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("max-age=3600"));
        assert_eq!(answer.body, json!({
            "policy_decision_point": "https://id.example.com",
            "access_evaluation_endpoint": "https://id.example.com/access/v1/evaluation",
            "access_evaluations_endpoint": "https://id.example.com/access/v1/evaluations",
            "search_subject_endpoint": "https://id.example.com/access/v1/search/subject",
            "search_resource_endpoint": "https://id.example.com/access/v1/search/resource",
            "search_action_endpoint": "https://id.example.com/access/v1/search/action",
        }));
    }
}
