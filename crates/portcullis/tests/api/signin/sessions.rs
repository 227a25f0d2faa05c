//! Where somebody is signed in, and for how long.

use serde_json::json;
use testkit::{Answer, Backend, Client, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

fn bearer(server: &Server, answer: &Answer) -> Client {
    server.anonymous().with_bearer(answer.text_at("/access_token"))
}

on_both! {
    async fn the_own_ones_are_listed_and_ended(backend: Backend) {
        let server = Server::start(backend).await;
        let here = server.user("jane", &[]).await;
        server.advance(1);
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
            "device_name": "phone"});
        let phone = server.anonymous().post("/auth/login", input).await.expect(200);
        let list = here.get("/auth/sessions").await.expect(200);
        let items = list.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[0]["current"], &items[1]["current"]), (&json!(true), &json!(false)));
        assert_eq!(items[1]["device_name"], "phone");
        assert_eq!(items[1]["id"], phone.body["session_id"]);
        assert_eq!(items[1]["ip"], "127.0.0.1");
        let path = format!("/auth/sessions/{}", phone.text_at("/session_id"));
        here.delete(&path).await.expect(204);
        bearer(&server, &phone).get("/auth/me").await.expect(401);
        server.refresh(phone.text_at("/refresh_token")).await.expect(401);
        here.delete(&path).await.expect(404);
        here.get("/auth/me").await.expect(200);
    }

    async fn those_of_others_are_not_there(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        server.user("bob", &[]).await;
        let bob = try_login(&server, "bob", PASSWORD).await.expect(200);
        let path = format!("/auth/sessions/{}", bob.text_at("/session_id"));
        jane.delete(&path).await.expect(404);
        bearer(&server, &bob).get("/auth/me").await.expect(200);
        jane.delete("/auth/sessions/x").await.expect(404);
    }

    async fn administrators_see_and_end_those_of_a_user(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let bob = server.user("bob", &["viewer"]).await;
        let path = "/api/v1/realms/main/users/jane/sessions";
        let refused = bob.get(path).await;
        assert!([403, 404].contains(&refused.status.as_u16()));
        let refused = bob.delete(path).await;
        assert!([403, 404].contains(&refused.status.as_u16()));
        let root = server.root().await;
        let list = root.get(path).await.expect(200);
        assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
        root.delete(path).await.expect(204);
        jane.get("/auth/me").await.expect(401);
        root.get("/api/v1/realms/main/users/nobody/sessions").await.expect(404);
    }

    async fn administrators_end_one_of_a_user(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let bob = server.user("bob", &["viewer"]).await;
        let phone = try_login(&server, "jane", PASSWORD).await.expect(200);
        let session = phone.text_at("/session_id");
        let path = format!("/api/v1/realms/main/users/jane/sessions/{session}");
        for somebody in [&bob, &jane, &server.anonymous()] {
            let refused = somebody.delete(&path).await;
            assert!([401, 403, 404].contains(&refused.status.as_u16()));
        }
        let root = server.root().await;
        // A session of somebody else is not there.
        root.delete(&path.replace("users/jane", "users/bob")).await.expect(404);
        bearer(&server, &phone).get("/auth/me").await.expect(200);
        root.delete(&path).await.expect(204);
        bearer(&server, &phone).get("/auth/me").await.expect(401);
        jane.get("/auth/me").await.expect(200);
        root.delete(&path).await.expect(404);
    }

    async fn a_session_that_is_not_used_ends(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let mut last = try_login(&server, "jane", PASSWORD).await.expect(200);
        for _ in 0..3 {
            server.advance(25 * 60);
            last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
        }
        server.advance(9 * 60);
        bearer(&server, &last).get("/auth/me").await.expect(200);
        server.advance(29 * 60);
        last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
        server.advance(30 * 60);
        server.refresh(last.text_at("/refresh_token")).await.expect(401);
    }

    async fn refreshing_never_extends_the_absolute_limit(backend: Backend) {
        let server = Server::with_settings(backend, &[("session.absolute_hours", "1")]).await;
        server.user("jane", &[]).await;
        let mut last = try_login(&server, "jane", PASSWORD).await.expect(200);
        for expires_in in [600, 600, 300] {
            let minutes = if expires_in == 300 { 15 } else { 20 };
            server.advance(minutes * 60);
            last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
            assert_eq!(last.body["expires_in"], expires_in);
        }
        server.advance(300);
        server.refresh(last.text_at("/refresh_token")).await.expect(401);
        bearer(&server, &last).get("/auth/me").await.expect(401);
    }

    async fn an_ended_session_stays_ended_after_a_restart(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = try_login(&server, "root", PASSWORD).await.expect(200);
        let token = jane.text_at("/access_token").to_owned();
        server.anonymous().with_bearer(&token).post("/auth/logout", json!({})).await.expect(200);
        let server = server.restart(&[]).await;
        server.anonymous().with_bearer(&token).get("/auth/me").await.expect(401);
    }
}
