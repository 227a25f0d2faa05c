use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::{guard::shop::ROUTES, harness::Server};

fn world() -> Value {
    json!({
        "nodes": [{"path": "/shop", "kind": "application"}, {"path": "/shop/a", "kind": "company"}],
        "routes": [{"application": "/shop", "hosts": ["shop.example.com"], "routes": [
            {"path": "/**", "access": "signed_in"},
            {"path": "/a", "methods": ["GET"], "permission": "a.read", "node": {"fixed": "/shop/a"}},
        ]}],
    })
}

on_both! {
    async fn routes_are_applied_once(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let plan = operator.post("/api/v1/world?plan=true", world()).await.expect(200);
        assert!(plan.body_text().contains("routes"), "{}", plan.body_text());
        operator.get(ROUTES).await.expect(404);
        operator.post("/api/v1/world", world()).await.expect(200);
        let read = operator.get(ROUTES).await.expect(200);
        assert_eq!(read.body["hosts"], json!(["shop.example.com"]));
        let again = operator.post("/api/v1/world", world()).await.expect(200);
        assert_eq!((&again.body["counts"]["created"], &again.body["counts"]["changed"]), (&json!(0), &json!(0)), "{}", again.body_text());
        let fewer = json!({"routes": [{"application": "/shop", "routes": []}]});
        let changed = operator.post("/api/v1/world", fewer).await.expect(200);
        assert_eq!(changed.body["counts"]["changed"], 1, "{}", changed.body_text());
        assert_eq!(operator.get(ROUTES).await.expect(200).body, json!({"hosts": ["shop.example.com"], "routes": []}));
    }

    async fn an_export_applies_to_the_same(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/world", world()).await.expect(200);
        let exported = operator.get("/api/v1/world").await.expect(200).body_text();
        assert!(exported.contains("application: /shop") && exported.contains("fixed: /shop/a"), "{exported}");
        let elsewhere = Server::start(backend).await;
        let sent = reqwest::Client::new().post(format!("{}/api/v1/world", elsewhere.operator_base));
        let sent = sent.header("content-type", "application/yaml").body(exported.clone()).send().await.unwrap();
        assert_eq!(sent.status(), 200, "{exported}");
        assert_eq!(elsewhere.operator().get(ROUTES).await.expect(200).body, operator.get(ROUTES).await.expect(200).body);
    }

    async fn pruning_empties_what_the_file_lacks(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/world", world()).await.expect(200);
        let without = json!({"nodes": [{"path": "/shop", "kind": "application"}]});
        operator.post("/api/v1/world?prune=true", without).await.expect(200);
        assert_eq!(operator.get(ROUTES).await.expect(200).body["hosts"], json!(["shop.example.com"]));
        let empty = json!({"nodes": [{"path": "/shop", "kind": "application"}], "routes": []});
        let pruned = operator.post("/api/v1/world?prune=true", empty.clone()).await.expect(200);
        assert!(pruned.body["counts"]["deleted"].as_u64() >= Some(1), "{}", pruned.body_text());
        assert_eq!(operator.get(ROUTES).await.expect(200).body, json!({"hosts": [], "routes": []}));
        let again = operator.post("/api/v1/world?prune=true", empty).await.expect(200);
        assert_eq!(again.body["counts"]["deleted"], 0, "{}", again.body_text());
    }

    async fn what_is_wrong_is_pointed_at(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/world", world()).await.expect(200);
        let route = |route: Value| json!({"routes": [{"application": "/shop", "routes": [route]}]});
        for (input, pointer) in [
            (json!({"routes": [{"application": "/nobody"}]}), "/routes/0/application"),
            (json!({"routes": [{"application": "/shop/a"}]}), "/routes/0/application"),
            (json!({"routes": [{"application": "/shop"}, {"application": "/shop"}]}), "/routes/1/application"),
            (route(json!({"path": "/a", "permission": "x", "node": {"below": "{b}"}})), "/routes/0/routes/0/node/below"),
            (route(json!({"path": "a", "access": "public"})), "/routes/0/routes/0/path"),
        ] {
            let answer = operator.post("/api/v1/world", input.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{input}");
        }
    }
}
