use serde_json::json;
use testkit::{Backend, on_both};

use super::{assign, officer};
use crate::harness::{PASSWORD, Server};

const JANE: &str = "/api/v1/realms/main/users/jane";

on_both! {
    async fn what_is_given_changes_and_the_rest_stays(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let input = json!({"username": "jane", "email": "jane@example.com", "full_name": "Jane", "metadata": {"a": 1}});
        operator.post("/api/v1/realms/main/users", input).await.expect(201);
        let input = json!({"email": null, "attributes": {"grade": 2}});
        let view = operator.patch(JANE, input).await.expect(200);
        assert_eq!(view.header("etag"), Some("\"2\""));
        assert_eq!(view.body["email"], json!(null));
        assert_eq!(view.text_at("/full_name"), "Jane");
        assert_eq!(view.body["attributes"], json!({"grade": 2}));
        assert_eq!(view.body["metadata"], json!({"a": 1}));
        assert_eq!(operator.get(JANE).await.expect(200).body, view.body);
    }

    async fn a_renamed_user_is_the_same_user(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["viewer"]).await;
        let operator = server.operator();
        let id = operator.get(JANE).await.expect(200).text_at("/id").to_owned();
        let view = operator.patch(JANE, json!({"username": "Janet"})).await.expect(200);
        assert_eq!((view.text_at("/id"), view.text_at("/username")), (id.as_str(), "Janet"));
        operator.get(JANE).await.expect(404);
        server.sign_in("main", "janet", PASSWORD).await;
        operator.post("/api/v1/realms/main/users", json!({"username": "jane"})).await.expect(201);
        operator.patch(JANE, json!({"username": "JANET"})).await.expect(409);
        operator.patch(JANE, json!({"username": "JANE"})).await.expect(200);
    }

    async fn another_address_of_someone_who_holds_more_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["admin"]).await;
        server.user("joe", &[]).await;
        let mia = officer(&server, "mia").await;
        mia.patch(JANE, json!({"email": "mia@example.com"})).await.expect(403);
        mia.patch(JANE, json!({"username": "mallory"})).await.expect(403);
        mia.patch(JANE, json!({"full_name": "Jane"})).await.expect(200);
        mia.patch("/api/v1/realms/main/users/joe", json!({"email": "joe@example.com"})).await.expect(200);
    }

    async fn what_a_condition_reads_asks_to_assign(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        server.user("jane", &[]).await;
        let nina = server.user("nina", &[]).await;
        operator.post("/api/v1/roles", json!({"name": "keeper", "rules": ["user_manage", "read"]})).await.expect(201);
        assign(&server, "/main/nina", "keeper", "/main").await;
        nina.patch(JANE, json!({"attributes": {"grade": 1}})).await.expect(200);
        let rules = json!([{"allow": "write", "when": "subject.grade > 2"}]);
        operator.post("/api/v1/roles", json!({"name": "graded", "rules": rules})).await.expect(201);
        nina.patch(JANE, json!({"attributes": {"grade": 3}})).await.expect(403);
        nina.patch(JANE, json!({"attributes": {}})).await.expect(403);
        nina.patch(JANE, json!({"attributes": {"grade": 1, "floor": 2}})).await.expect(200);
        operator.patch(JANE, json!({"attributes": {"grade": 3}})).await.expect(200);
    }

    async fn what_is_wrong_is_named_and_changes_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let before = server.operator().get(JANE).await.expect(200);
        for (input, pointer) in [
            (json!({"id": "x"}), "/id"),
            (json!({"full_name": ""}), "/full_name"),
            (json!({"attributes": {"groups": []}}), "/attributes"),
            (json!({"metadata": {"a": "x".repeat(17_000)}}), "/metadata"),
            (json!({"expires_at": "tomorrow"}), "/expires_at"),
        ] {
            let answer = server.operator().patch(JANE, input.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{input}");
        }
        server.user("vera", &["viewer"]).await.patch(JANE, json!({"full_name": "V"})).await.expect(403);
        assert_eq!(server.operator().get(JANE).await.expect(200).body, before.body);
    }
}
