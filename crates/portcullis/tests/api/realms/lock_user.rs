use serde_json::json;
use testkit::{Backend, on_both};

use super::{assign, may, officer};
use crate::harness::{PASSWORD, ROOT, Server};

const JANE: &str = "/api/v1/realms/main/users/jane";

on_both! {
    async fn a_lock_shows_at_once_and_ends_by_itself(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        assert!(may(&server, "jane", "read").await);
        let operator = server.operator();
        let input = json!({"until": "2026-06-01T01:00:00Z", "reason": "left the door open"});
        let locked = operator.post(&format!("{JANE}/lock"), input).await.expect(200);
        assert_eq!(locked.text_at("/state"), "locked");
        assert_eq!(locked.text_at("/lock/reason"), "left the door open");
        assert!(!may(&server, "jane", "read").await);
        assert!(!jane.get("/auth/me").await.status.is_success());
        let list = operator.get("/api/v1/locks").await.expect(200);
        assert_eq!((list.text_at("/items/0/username"), list.text_at("/items/0/realm")), ("jane", "main"));
        server.advance(3600);
        assert!(may(&server, "jane", "read").await);
        assert_eq!(operator.get(JANE).await.expect(200).text_at("/state"), "active");
        assert_eq!(operator.get("/api/v1/locks").await.expect(200).body["items"], json!([]));
    }

    async fn unlocking_does_not_enable(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["viewer"]).await;
        let operator = server.operator();
        operator.post(&format!("{JANE}/lock"), json!({})).await.expect(200);
        let both = operator.post(&format!("{JANE}/disable"), json!({})).await.expect(200);
        assert_eq!(both.text_at("/state"), "disabled");
        let disabled = operator.post(&format!("{JANE}/unlock"), json!({})).await.expect(200);
        assert_eq!((disabled.text_at("/state"), &disabled.body["lock"]), ("disabled", &json!(null)));
        assert!(!may(&server, "jane", "read").await);
        let active = operator.post(&format!("{JANE}/enable"), json!({})).await.expect(200);
        assert_eq!(active.text_at("/state"), "active");
        assert!(may(&server, "jane", "read").await);
    }

    async fn disabling_survives_a_restart(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["viewer"]).await;
        server.operator().post(&format!("{JANE}/disable"), json!({})).await.expect(200);
        let server = server.restart(&[]).await;
        assert!(!may(&server, "jane", "read").await);
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "realm": "main"});
        assert!(!server.anonymous().post("/auth/login", input).await.status.is_success());
    }

    async fn it_asks_user_manage_at_the_user(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let vera = server.user("vera", &["viewer"]).await;
        let nina = server.user("nina", &[]).await;
        for verb in ["lock", "unlock", "disable", "enable"] {
            let path = format!("{JANE}/{verb}");
            server.anonymous().post(&path, json!({})).await.expect(401);
            vera.post(&path, json!({})).await.expect(403);
            nina.post(&path, json!({})).await.expect(404);
        }
        assert_eq!(server.operator().get(JANE).await.expect(200).text_at("/state"), "active");
        officer(&server, "mia").await.post(&format!("{JANE}/disable"), json!({})).await.expect(200);
    }

    async fn whoever_manages_one_user_manages_that_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("joe", &[]).await;
        let nina = server.user("nina", &[]).await;
        let role = json!({"name": "keeper", "rules": ["user_manage"]});
        server.operator().post("/api/v1/roles", role).await.expect(201);
        assign(&server, "/main/nina", "keeper", "/main/jane").await;
        nina.post(&format!("{JANE}/disable"), json!({})).await.expect(200);
        nina.post("/api/v1/realms/main/users/joe/disable", json!({})).await.expect(404);
        let list = nina.get("/api/v1/realms/main/users").await.expect(200);
        assert_eq!((list.body["total"].as_u64(), list.text_at("/items/0/username")), (Some(1), "jane"));
    }

    async fn a_lock_into_the_past_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let path = format!("{JANE}/lock");
        let past = json!({"until": "2026-06-01T00:00:00Z"});
        let answer = server.operator().post(&path, past).await.expect(422);
        assert_eq!(answer.problem_pointer(), Some("/until"));
        let long = json!({"reason": "x".repeat(501)});
        assert_eq!(server.operator().post(&path, long).await.expect(422).problem_pointer(), Some("/reason"));
        assert_eq!(server.operator().get(JANE).await.expect(200).text_at("/state"), "active");
    }

    async fn what_was_changed_in_between_is_not_changed_again(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let operator = server.operator();
        let tag = operator.get(JANE).await.expect(200).header("etag").unwrap().to_owned();
        operator.post(&format!("{JANE}/disable"), json!({})).await.expect(200);
        let stale = operator.with_header("If-Match", &tag);
        stale.post(&format!("{JANE}/enable"), json!({})).await.expect(412);
        stale.delete(JANE).await.expect(412);
        assert_eq!(operator.get(JANE).await.expect(200).text_at("/state"), "disabled");
    }

    async fn the_last_superuser_is_not_locked(backend: Backend) {
        let server = Server::start(backend).await;
        let path = format!("/api/v1/realms/main/users/{ROOT}");
        server.operator().post(&format!("{path}/lock"), json!({})).await.expect(409);
        server.operator().post(&format!("{path}/disable"), json!({})).await.expect(409);
        assert_eq!(server.operator().get(&path).await.expect(200).text_at("/state"), "active");
    }
}
