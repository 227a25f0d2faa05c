use serde_json::json;
use testkit::{Backend, on_both};

use crate::harness::Server;

const REALMS: &str = "/api/v1/realms";

on_both! {
    async fn a_realm_is_made_and_deleted_while_it_is_empty(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let made = operator.post(REALMS, json!({"name": "staff"})).await.expect(201);
        assert_eq!(operator.get(&format!("{REALMS}/staff")).await.expect(200).body, made.body);
        operator.post(REALMS, json!({"name": "staff"})).await.expect(409);
        operator.post(REALMS, json!({"name": "$global"})).await.expect(409);
        let names = operator.get(REALMS).await.expect(200);
        assert_eq!((names.text_at("/items/0/name"), names.text_at("/items/1/name")), ("main", "staff"));
        operator.post(&format!("{REALMS}/staff/users"), json!({"username": "jane"})).await.expect(201);
        operator.delete(&format!("{REALMS}/staff")).await.expect(409);
        operator.delete(&format!("{REALMS}/staff/users/jane")).await.expect(204);
        operator.delete(&format!("{REALMS}/staff")).await.expect(204);
        operator.get(&format!("{REALMS}/staff")).await.expect(404);
        operator.post(REALMS, json!({"name": "staff"})).await.expect(201);
    }

    async fn realms_are_for_administrators(backend: Backend) {
        let server = Server::start(backend).await;
        let input = json!({"name": "staff"});
        server.anonymous().post(REALMS, input.clone()).await.expect(401);
        let vera = server.user("vera", &["viewer"]).await;
        vera.post(REALMS, input).await.expect(403);
        vera.delete(&format!("{REALMS}/main")).await.expect(403);
        let nina = server.user("nina", &[]).await;
        nina.get(&format!("{REALMS}/main")).await.expect(404);
        assert_eq!(nina.get(REALMS).await.expect(200).body["items"], json!([]));
        let wrong = server.operator().post(REALMS, json!({"name": "a/b"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/name"));
    }
}
