use serde_json::json;
use testkit::{Backend, on_both};

use super::officer;
use crate::harness::{PASSWORD, Server};

const JANE: &str = "/api/v1/realms/main/users/jane/aliases";

on_both! {
    async fn one_signs_in_with_an_alias_while_it_is_there(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let operator = server.operator();
        operator.post(JANE, json!({"value": "jane@example.com"})).await.expect(200);
        server.sign_in("main", "Jane@Example.com", PASSWORD).await;
        let view = operator.delete(&format!("{JANE}/JANE@example.com")).await.expect(200);
        assert_eq!(view.body["aliases"], json!([]));
        let input = json!({"type": "password", "authentication_id": "jane@example.com", "secret": PASSWORD, "realm": "main"});
        server.anonymous().post("/auth/login", input).await.expect(401);
        operator.delete(&format!("{JANE}/jane@example.com")).await.expect(404);
        operator.delete(&format!("{JANE}/jane")).await.expect(404);
    }

    async fn an_alias_is_unique_in_the_realm(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("joe", &[]).await;
        let operator = server.operator();
        operator.post(JANE, json!({"value": "x@example.com"})).await.expect(200);
        let joe = "/api/v1/realms/main/users/joe/aliases";
        operator.post(joe, json!({"value": "X@EXAMPLE.COM"})).await.expect(409);
        operator.post(joe, json!({"kind": "nick", "value": "Jane"})).await.expect(409);
        let wrong = operator.post(joe, json!({"value": "no address"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/value"));
    }

    async fn an_alias_of_someone_who_holds_more_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["admin"]).await;
        let mia = officer(&server, "mia").await;
        mia.post(JANE, json!({"value": "mia@example.com"})).await.expect(403);
        server.user("vera", &["viewer"]).await.post(JANE, json!({"value": "v@example.com"})).await.expect(403);
        server.operator().post(JANE, json!({"value": "jane@example.com"})).await.expect(200);
        mia.delete(&format!("{JANE}/jane@example.com")).await.expect(403);
        server.user("joe", &[]).await;
        mia.post("/api/v1/realms/main/users/joe/aliases", json!({"value": "j@example.com"})).await.expect(200);
    }
}
