use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::Server;

const APPLICATIONS: &str = "/api/v1/applications";

on_both! {
    async fn an_application_has_a_primary_realm(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let made = operator.post(APPLICATIONS, json!({"name": "acme", "realm": "main"})).await.expect(201);
        assert_eq!(made.text_at("/realm"), "main");
        assert_eq!(operator.get(&format!("{APPLICATIONS}/acme")).await.expect(200).body, made.body);
        assert_eq!(operator.get(APPLICATIONS).await.expect(200).text_at("/items/0/name"), "acme");
        operator.post(APPLICATIONS, json!({"name": "acme", "realm": "main"})).await.expect(409);
        operator.post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        let changed = operator.patch(&format!("{APPLICATIONS}/acme"), json!({"realm": "staff"})).await.expect(200);
        assert_eq!((changed.text_at("/realm"), changed.header("etag")), ("staff", Some("\"2\"")));
        operator.delete("/api/v1/realms/staff").await.expect(409);
        operator.post("/api/v1/nodes", json!({"kind": "company", "name": "a", "parent": "/acme"})).await.expect(201);
        operator.delete(&format!("{APPLICATIONS}/acme")).await.expect(409);
    }

    async fn an_empty_one_is_deleted(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post(APPLICATIONS, json!({"name": "acme", "realm": "main"})).await.expect(201);
        operator.delete(&format!("{APPLICATIONS}/acme")).await.expect(204);
        operator.get(&format!("{APPLICATIONS}/acme")).await.expect(404);
    }

    async fn applications_are_for_administrators(backend: Backend) {
        let server = Server::start(backend).await;
        let input = json!({"name": "acme", "realm": "main"});
        server.anonymous().post(APPLICATIONS, input.clone()).await.expect(401);
        let vera = server.user("vera", &["viewer"]).await;
        vera.post(APPLICATIONS, input.clone()).await.expect(403);
        let operator = server.operator();
        let wrong = operator.post(APPLICATIONS, json!({"name": "acme", "realm": "nowhere"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/realm"));
        operator.get(&format!("{APPLICATIONS}/acme")).await.expect(404);
        operator.post(APPLICATIONS, input).await.expect(201);
        vera.patch(&format!("{APPLICATIONS}/acme"), json!({"realm": "main"})).await.expect(403);
        vera.delete(&format!("{APPLICATIONS}/acme")).await.expect(403);
        server.user("nina", &[]).await.delete(&format!("{APPLICATIONS}/acme")).await.expect(404);
    }
}
