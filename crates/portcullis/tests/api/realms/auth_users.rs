use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::may;
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn a_new_user_is_a_viewer_with_a_local_address(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let input = json!({"username": "alice", "password": "SecurePass123!"});
        let made = root.post("/auth/users", input).await.expect(201);
        assert_eq!(made.text_at("/email"), "alice@localhost");
        assert_eq!(made.body["roles"], json!(["viewer"]));
        assert_eq!(made.body["disabled"], json!(false));
        let mut fields: Vec<&String> = made.body.as_object().unwrap().keys().collect();
        fields.sort_unstable();
        assert_eq!(fields, ["created_at", "disabled", "email", "roles", "username"]);
        server.sign_in("main", "alice", "SecurePass123!").await;
        assert_eq!(root.get("/auth/users/alice").await.expect(200).body, made.body);
        let list = root.get("/auth/users").await.expect(200);
        let names: Vec<&Value> = list.body.as_array().unwrap().iter().map(|user| &user["username"]).collect();
        assert_eq!(names, ["alice", "root"]);
    }

    async fn bad_input_is_400(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        for input in [
            json!({"username": "root", "password": PASSWORD}),
            json!({"username": "ROOT", "password": PASSWORD}),
            json!({"username": "alice", "password": "short"}),
            json!({"username": "alice", "password": PASSWORD, "roles": ["nonsense"]}),
        ] {
            root.post("/auth/users", input).await.expect(400);
        }
        root.get("/auth/users/alice").await.expect(404);
        server.user("bob", &["viewer"]).await;
        root.put("/auth/users/bob", json!({"roles": ["nonsense"]})).await.expect(400);
        assert_eq!(root.get("/auth/users/bob").await.expect(200).body["roles"], json!(["viewer"]));
    }

    async fn roles_and_disabled_change_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        server.user("bob", &["viewer"]).await;
        assert!(!may(&server, "bob", "write").await);
        let view = root.put("/auth/users/bob", json!({"roles": ["editor", "none"]})).await.expect(200);
        assert_eq!(view.body["roles"], json!(["editor", "none"]));
        assert!(may(&server, "bob", "write").await);
        root.put("/auth/users/bob", json!({"disabled": true})).await.expect(200);
        assert!(!may(&server, "bob", "write").await);
        root.put("/auth/users/bob", json!({"disabled": false, "roles": []})).await.expect(200);
        assert!(!may(&server, "bob", "read").await);
        root.delete("/auth/users/bob").await.expect(204);
        root.get("/auth/users/bob").await.expect(404);
    }

    async fn an_unknown_user_is_404_on_every_verb(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        root.get("/auth/users/nobody").await.expect(404);
        root.put("/auth/users/nobody", json!({"disabled": true})).await.expect(404);
        root.delete("/auth/users/nobody").await.expect(404);
    }

    async fn others_are_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("bob", &[]).await;
        let vera = server.user("vera", &["viewer"]).await;
        for (client, status) in [(server.anonymous(), 401), (vera, 403)] {
            client.get("/auth/users").await.expect(status);
            client.get("/auth/users/bob").await.expect(status);
            client.post("/auth/users", json!({"username": "x", "password": PASSWORD})).await.expect(status);
            client.put("/auth/users/bob", json!({"disabled": true})).await.expect(status);
            client.delete("/auth/users/bob").await.expect(status);
        }
    }

    async fn they_are_the_users_of_the_own_realm(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        let adam = server.user_of("other", "adam", &["admin"]).await;
        server.user("bob", &[]).await;
        adam.get("/auth/users/bob").await.expect(404);
        adam.post("/auth/users", json!({"username": "bob", "password": PASSWORD})).await.expect(201);
        server.operator().get("/api/v1/realms/other/users/bob").await.expect(200);
        assert_eq!(adam.get("/auth/users").await.expect(200).body.as_array().unwrap().len(), 2);
    }
}
