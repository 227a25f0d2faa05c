//! `POST /auth/setup`: the link that the first start prints when nobody was named.

use secrecy::ExposeSecret;
use serde_json::json;
use signin::FirstStart;
use testkit::{Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

/// A server without a first user, and its link.
async fn start(backend: Backend) -> (Server, String) {
    let nobody = [("init_root_username", ""), ("init_root_password", "")];
    let server = Server::with_settings(backend, &nobody).await;
    let FirstStart::SetUp { token } = &server.first_start else {
        unreachable!("nobody was named, so there is a link")
    };
    let token = token.expose_secret().to_owned();
    (server, token)
}

on_both! {
    async fn the_link_makes_the_first_superuser_once(backend: Backend) {
        let (server, token) = start(backend).await;
        let input = json!({"token": token, "username": "anna", "password": PASSWORD});
        server.anonymous().post("/auth/setup", input.clone()).await.expect(204);
        let anna = server.sign_in("main", "anna", PASSWORD).await;
        assert_eq!(anna.get("/auth/me").await.expect(200).body["superuser"], true);
        let again = json!({"token": token, "username": "mallory", "password": PASSWORD});
        server.anonymous().post("/auth/setup", again).await.expect(403);
        try_login(&server, "mallory", PASSWORD).await.expect(401);
    }

    async fn a_weak_password_does_not_use_it_up(backend: Backend) {
        let (server, token) = start(backend).await;
        let weak = json!({"token": token, "username": "anna", "password": "short"});
        let refused = server.anonymous().post("/auth/setup", weak).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/password"));
        let good = json!({"token": token, "username": "anna", "password": PASSWORD});
        server.anonymous().post("/auth/setup", good).await.expect(204);
    }

    async fn after_an_hour_it_is_no_good(backend: Backend) {
        let (server, token) = start(backend).await;
        server.advance(3600);
        let input = json!({"token": token, "username": "anna", "password": PASSWORD});
        server.anonymous().post("/auth/setup", input).await.expect(403);
    }

    async fn a_made_up_link_makes_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        assert!(matches!(&server.first_start, FirstStart::Made { username } if username == "root"));
        for token in ["", "pol_x", &format!("pol_{}_{}", "0".repeat(22), "0".repeat(49))] {
            let input = json!({"token": token, "username": "mallory", "password": PASSWORD});
            server.anonymous().post("/auth/setup", input).await.expect(403);
        }
    }
}
