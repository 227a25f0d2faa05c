use serde_json::json;
use testkit::{Backend, on_both};

use super::officer;
use crate::harness::{PASSWORD, Server};

const JANE: &str = "/api/v1/realms/main/users/jane/password";
const NEW: &str = "another horse battery";

on_both! {
    async fn the_new_password_counts_and_old_sessions_end(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        officer(&server, "mia").await.put(JANE, json!({"password": NEW})).await.expect(403);
        server.root().await.put(JANE, json!({"password": NEW})).await.expect(204);
        jane.get("/auth/me").await.expect(401);
        server.sign_in("main", "jane", NEW).await;
        let old = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "realm": "main"});
        server.anonymous().post("/auth/login", old).await.expect(401);
    }

    async fn an_officer_resets_those_who_hold_no_more(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        officer(&server, "mia").await.put(JANE, json!({"password": NEW})).await.expect(204);
        server.sign_in("main", "jane", NEW).await;
    }

    async fn a_weak_one_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let answer = server.root().await.put(JANE, json!({"password": "jane"})).await.expect(422);
        assert_eq!(answer.problem_pointer(), Some("/password"));
        assert!(!answer.body_text().contains("\"jane\""));
        server.user("vera", &["viewer"]).await.put(JANE, json!({"password": NEW})).await.expect(403);
        server.sign_in("main", "jane", PASSWORD).await;
    }
}
