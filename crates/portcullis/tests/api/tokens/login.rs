//! `POST /auth/login`

use serde_json::json;
use testkit::{Backend, on_both};

use super::{bearer, login};
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn answers_tokens_and_a_session(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["viewer"]).await;
        let answer = login(&server, "jane").await;
        assert_eq!(answer.body["token_type"], "Bearer");
        assert_eq!(answer.body["expires_in"], 600);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let jane = bearer(&server, answer.text_at("/access_token"));
        let session = jane.get("/auth/me").await.expect(200).body["session"]["id"].clone();
        assert_eq!(session, answer.body["session_id"]);
    }

    async fn any_alias_signs_in(backend: Backend) {
        let server = Server::start(backend).await;
        let user = json!({"username": "jane", "password": PASSWORD,
            "aliases": [{"kind": "email", "value": "jane@example.com"}]});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        for name in ["jane", "JANE", "jane@example.com"] {
            login(&server, name).await;
        }
    }

    async fn realms_share_sign_in_along_connections_alone(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for realm in ["staff", "shop"] {
            operator.post("/api/v1/realms", json!({"name": realm})).await.expect(201);
        }
        let jane = json!({"username": "jane", "password": PASSWORD});
        operator.post("/api/v1/realms/staff/users", jane).await.expect(201);
        let at = async |realm: &str| {
            let input = json!({"type": "password", "authentication_id": "jane",
                "secret": PASSWORD, "realm": realm});
            server.anonymous().post("/auth/login", input).await
        };
        at("staff").await.expect(200);
        at("shop").await.expect(401);
        at("main").await.expect(401);
    }

    async fn what_is_no_input_is_told_with_its_field(backend: Backend) {
        let server = Server::start(backend).await;
        let good = json!({"type": "password", "authentication_id": "root", "secret": PASSWORD});
        for (field, value) in [
            ("type", json!("telepathy")),
            ("authentication_id", json!("x".repeat(2000))),
            ("session", json!("forever")),
            ("remembre", json!(true)),
        ] {
            let mut input = good.clone();
            input[field] = value;
            let refused = server.anonymous().post("/auth/login", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(format!("/{field}").as_str()));
        }
    }

    async fn it_is_audited_with_name_and_address(backend: Backend) {
        let server = Server::start(backend).await;
        login(&server, "root").await;
        let events = server.operator().get("/api/v1/audit/events?event_type=LOGIN").await.expect(200);
        let event = &events.body["items"][0];
        assert_eq!((&event["username"], &event["success"]), (&json!("root"), &json!(true)));
        assert_eq!(event["ip_address"], "127.0.0.1");
        assert!(!events.body_text().contains(PASSWORD));
    }
}
