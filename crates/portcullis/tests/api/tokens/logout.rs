//! `POST /auth/logout`

use serde_json::json;
use testkit::{Backend, on_both};

use super::{bearer, login};
use crate::harness::Server;

on_both! {
    async fn the_token_is_dead_afterwards(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let root = bearer(&server, session.text_at("/access_token"));
        root.get("/auth/me").await.expect(200);
        root.post("/auth/logout", json!({})).await.expect(200);
        root.get("/auth/me").await.expect(401);
        let json = json!({"grant_type": "refresh_token",
            "refresh_token": session.text_at("/refresh_token")});
        server.anonymous().post("/auth/token", json).await.expect(401);
    }

    async fn another_session_lives_on(backend: Backend) {
        let server = Server::start(backend).await;
        let (one, other) = (login(&server, "root").await, login(&server, "root").await);
        bearer(&server, one.text_at("/access_token")).post("/auth/logout", json!({})).await.expect(200);
        bearer(&server, other.text_at("/access_token")).get("/auth/me").await.expect(200);
    }

    async fn an_expired_token_still_ends_its_session(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let root = bearer(&server, session.text_at("/access_token"));
        server.advance(601);
        root.get("/auth/me").await.expect(401);
        root.post("/auth/logout", json!({})).await.expect(200);
        let json = json!({"grant_type": "refresh_token",
            "refresh_token": session.text_at("/refresh_token")});
        server.anonymous().post("/auth/token", json).await.expect(401);
    }

    async fn it_is_200_for_anybody_and_anything(backend: Backend) {
        let server = Server::start(backend).await;
        server.anonymous().post("/auth/logout", json!({})).await.expect(200);
        bearer(&server, "x.y.z").post("/auth/logout", json!({})).await.expect(200);
        let session = login(&server, "root").await;
        let root = bearer(&server, session.text_at("/access_token"));
        for _ in 0..2 {
            root.post("/auth/logout", json!({})).await.expect(200);
        }
        let events = server.operator().get("/api/v1/audit/events?event_type=LOGOUT").await.expect(200);
        assert_eq!(events.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(events.body["items"][0]["username"], "root");
    }

    async fn a_forged_token_ends_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let token = session.text_at("/access_token");
        let (signed, _) = token.rsplit_once('.').unwrap();
        bearer(&server, &format!("{signed}.AAAA")).post("/auth/logout", json!({})).await.expect(200);
        bearer(&server, token).get("/auth/me").await.expect(200);
    }
}
