use serde_json::json;
use testkit::{Backend, on_both};

use super::officer;
use crate::harness::{ROOT, Server};

const ROOT_PATH: &str = "/api/v1/realms/main/users/root";

on_both! {
    async fn the_last_one_stays(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        root.delete(ROOT_PATH).await.expect(409);
        root.patch(ROOT_PATH, json!({"superuser": false})).await.expect(409);
        root.patch(ROOT_PATH, json!({"expires_at": "2030-01-01T00:00:00Z"})).await.expect(409);
        root.put(&format!("/auth/users/{ROOT}"), json!({"disabled": true})).await.expect(409);
        root.delete(&format!("/auth/users/{ROOT}")).await.expect(409);
        let view = root.get(ROOT_PATH).await.expect(200);
        assert_eq!((view.text_at("/state"), &view.body["superuser"]), ("active", &json!(true)));
    }

    async fn another_one_can_take_the_place(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        root.post("/api/v1/realms/main/users", json!({"username": "second", "superuser": true})).await.expect(201);
        root.patch(ROOT_PATH, json!({"superuser": false})).await.expect(200);
        root.patch(ROOT_PATH, json!({"superuser": true})).await.expect(403);
        let second = "/api/v1/realms/main/users/second";
        server.operator().post(&format!("{second}/disable"), json!({})).await.expect(409);
        server.operator().delete(ROOT_PATH).await.expect(204);
    }

    async fn only_superusers_touch_superusers(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = officer(&server, "mia").await;
        let adam = server.user("adam", &["admin"]).await;
        server.operator().post("/api/v1/realms/main/users", json!({"username": "second", "superuser": true}))
            .await.expect(201);
        for client in [&mia, &adam] {
            for verb in ["lock", "unlock", "disable", "enable"] {
                client.post(&format!("{ROOT_PATH}/{verb}"), json!({})).await.expect(403);
            }
            client.patch(ROOT_PATH, json!({"full_name": "Somebody"})).await.expect(403);
            client.patch(ROOT_PATH, json!({"superuser": false})).await.expect(403);
            client.put(&format!("{ROOT_PATH}/password"), json!({"password": "another horse battery"}))
                .await.expect(403);
            client.post(&format!("{ROOT_PATH}/aliases"), json!({"value": "mia@example.com"})).await.expect(403);
            client.put("/auth/users/root", json!({"roles": []})).await.expect(403);
            client.delete(ROOT_PATH).await.expect(403);
            client.patch("/api/v1/realms/main/users/mia", json!({"superuser": true})).await.expect(403);
        }
        assert_eq!(server.operator().get(ROOT_PATH).await.expect(200).header("etag"), Some("\"1\""));
    }
}
