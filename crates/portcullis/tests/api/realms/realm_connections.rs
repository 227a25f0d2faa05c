use serde_json::json;
use testkit::{Backend, on_both};

use super::{assign, may};
use crate::harness::{PASSWORD, Server};

const CONNECTIONS: &str = "/api/v1/realm-connections";

async fn realms(server: &Server, names: &[&str]) {
    for name in names {
        server.operator().post("/api/v1/realms", json!({"name": name})).await.expect(201);
    }
}

on_both! {
    async fn sign_in_is_shared_transitively_and_nothing_else(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        realms(&server, &["shop", "client"]).await;
        server.user("jane", &[]).await;
        let login = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "realm": "shop"});
        server.anonymous().post("/auth/login", login.clone()).await.expect(401);
        operator.post(CONNECTIONS, json!({"from": "main", "to": "client"})).await.expect(204);
        operator.post(CONNECTIONS, json!({"from": "client", "to": "shop"})).await.expect(204);
        server.sign_in("shop", "jane", PASSWORD).await;
        assign(&server, "/main/jane", "viewer", "/main").await;
        assert!(!may(&server, "jane", "read").await);
        let list = operator.get(CONNECTIONS).await.expect(200);
        assert_eq!((list.text_at("/items/0/from"), list.text_at("/items/0/to")), ("client", "shop"));
        let server = server.restart(&[]).await;
        server.sign_in("shop", "jane", PASSWORD).await;
        server.operator().delete(&format!("{CONNECTIONS}/main/client")).await.expect(204);
        server.anonymous().post("/auth/login", login).await.expect(401);
        server.operator().delete(&format!("{CONNECTIONS}/main/client")).await.expect(404);
    }

    async fn cycles_and_repeats_are_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        realms(&server, &["a", "b"]).await;
        operator.post(CONNECTIONS, json!({"from": "main", "to": "a"})).await.expect(204);
        operator.post(CONNECTIONS, json!({"from": "a", "to": "b"})).await.expect(204);
        for (from, to) in [("a", "a"), ("a", "main"), ("b", "main"), ("main", "a")] {
            operator.post(CONNECTIONS, json!({"from": from, "to": to})).await.expect(409);
        }
        let wrong = operator.post(CONNECTIONS, json!({"from": "main", "to": "nowhere"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/to"));
        operator.delete("/api/v1/realms/a").await.expect(204);
        assert_eq!(operator.get(CONNECTIONS).await.expect(200).body["items"], json!([]));
    }

    async fn it_is_asked_at_both_ends(backend: Backend) {
        let server = Server::start(backend).await;
        realms(&server, &["a"]).await;
        let input = json!({"from": "main", "to": "a"});
        server.anonymous().post(CONNECTIONS, input.clone()).await.expect(401);
        let vera = server.user("vera", &["viewer"]).await;
        vera.post(CONNECTIONS, input.clone()).await.expect(403);
        let role = json!({"name": "sharer", "rules": ["realm:share"]});
        server.operator().post("/api/v1/roles", role).await.expect(201);
        assign(&server, "/main/vera", "sharer", "/main").await;
        vera.post(CONNECTIONS, input.clone()).await.expect(403);
        assign(&server, "/main/vera", "sharer", "/a").await;
        vera.post(CONNECTIONS, input).await.expect(204);
    }
}
