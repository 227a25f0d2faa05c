//! `DELETE /api/v1/realms/{realm}/users/{username}/factors`

use serde_json::json;
use testkit::{Backend, on_both};

use super::{App, challenge, events, reply, user_with_app};
use crate::{
    harness::{PASSWORD, ROOT, Server},
    realms::officer,
};

const JANE: &str = "/api/v1/realms/main/users/jane/factors";

on_both! {
    async fn an_administrator_takes_all_of_them_away(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, app) = user_with_app(&server, "jane").await;
        let waiting = challenge(&server, "jane").await;
        let mia = officer(&server, "mia").await;
        assert_eq!(mia.get(JANE).await.expect(200).body["items"][0]["type"], "totp");
        mia.delete(JANE).await.expect(204);
        jane.get("/auth/me").await.expect(401);
        reply(&server, &waiting, "totp", &app.code(&server)).await.expect(401);
        reply(&server, &waiting, "recovery", &app.codes[0]).await.expect(401);
        server.sign_in("main", "jane", PASSWORD).await;
        assert!(events(&server).await.contains("user.reset_factors"));
    }

    async fn nobody_takes_those_of_somebody_who_holds_more(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["admin"]).await;
        App::enrol(&server, &jane).await;
        let root = server.root().await;
        App::enrol(&server, &root).await;
        let mia = officer(&server, "mia").await;
        mia.delete(JANE).await.expect(403);
        mia.delete(&format!("/api/v1/realms/main/users/{ROOT}/factors")).await.expect(403);
        jane.delete(&format!("/api/v1/realms/main/users/{ROOT}/factors")).await.expect(403);
        server.anonymous().delete(JANE).await.expect(401);
        server.user("vera", &["viewer"]).await.delete(JANE).await.expect(403);
        challenge(&server, "jane").await;
        challenge(&server, ROOT).await;
    }

    async fn ones_own_are_not_taken_in_this_way(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let key = root.post("/api/v1/api-keys", json!({"name": "k", "role": "admin"})).await.expect(201);
        let app = App::enrol(&server, &root).await;
        let path = format!("/api/v1/realms/main/users/{ROOT}/factors");
        root.delete(&path).await.expect(403);
        app.sign_in(&server, ROOT).await.delete(&path).await.expect(403);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        key.delete(&path).await.expect(403);
        server.operator().delete(&path).await.expect(204);
        server.root().await;
    }
}
