//! Refresh tokens: rotated at each use, and dead when one is used twice.

use futures::future::join_all;
use serde_json::json;
use testkit::{Backend, on_both};

use super::{bearer, login};
use crate::harness::Server;

on_both! {
    async fn each_use_answers_another(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        let second = server.refresh(first.text_at("/refresh_token")).await.expect(200);
        assert_ne!(first.body["refresh_token"], second.body["refresh_token"]);
        assert_ne!(first.body["access_token"], second.body["access_token"]);
        assert_eq!(first.body["session_id"], second.body["session_id"]);
        bearer(&server, second.text_at("/access_token")).get("/auth/me").await.expect(200);
        server.refresh(second.text_at("/refresh_token")).await.expect(200);
    }

    async fn a_used_one_ends_the_session(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let first = login(&server, "jane").await;
        let second = server.refresh(first.text_at("/refresh_token")).await.expect(200);
        server.advance(11);
        let reused = server.refresh(first.text_at("/refresh_token")).await.expect(401);
        assert_eq!(reused.body["error"], "invalid_grant");
        server.refresh(second.text_at("/refresh_token")).await.expect(401);
        bearer(&server, second.text_at("/access_token")).get("/auth/me").await.expect(401);
        let path = "/api/v1/audit/events?event_type=SECURITY_ALERT";
        let alerts = server.operator().get(path).await.expect(200);
        assert_eq!(alerts.body["items"].as_array().unwrap().len(), 1);
    }

    async fn one_from_long_before_ends_the_session_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        let mut last = first.clone();
        for _ in 0..3 {
            last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
        }
        server.refresh(first.text_at("/refresh_token")).await.expect(401);
        server.refresh(last.text_at("/refresh_token")).await.expect(401);
    }

    async fn a_used_one_is_known_again_after_a_restart(backend: Backend) {
        let address = [("public_address", "http://portcullis.test")];
        let server = Server::with_settings(backend, &address).await;
        let first = login(&server, "root").await;
        let second = server.refresh(first.text_at("/refresh_token")).await.expect(200);
        let third = server.refresh(second.text_at("/refresh_token")).await.expect(200);
        let server = server.restart(&address).await;
        server.advance(11);
        bearer(&server, third.text_at("/access_token")).get("/auth/me").await.expect(200);
        server.refresh(first.text_at("/refresh_token")).await.expect(401);
        // The session is over, and stays so.
        bearer(&server, third.text_at("/access_token")).get("/auth/me").await.expect(401);
        let server = server.restart(&address).await;
        server.refresh(third.text_at("/refresh_token")).await.expect(401);
        bearer(&server, third.text_at("/access_token")).get("/auth/me").await.expect(401);
    }

    async fn within_the_grace_it_answers_the_same_successor(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        let second = server.refresh(first.text_at("/refresh_token")).await.expect(200);
        server.advance(10);
        let again = server.refresh(first.text_at("/refresh_token")).await.expect(200);
        assert_eq!(second.body["refresh_token"], again.body["refresh_token"]);
        server.refresh(again.text_at("/refresh_token")).await.expect(200);
    }

    async fn parallel_uses_get_one_successor(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        let uses = (0..8).map(|_| server.refresh(first.text_at("/refresh_token")));
        let answers = join_all(uses).await;
        let successor = answers[0].clone().expect(200).body["refresh_token"].clone();
        for answer in answers {
            assert_eq!(answer.expect(200).body["refresh_token"], successor);
        }
        server.refresh(successor.as_str().unwrap()).await.expect(200);
    }

    async fn what_is_no_refresh_token_ends_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let mine = login(&server, "root").await;
        let token = mine.text_at("/refresh_token");
        let changed = format!("{}{}", &token[..70], if &token[70..] == "aaaaa" { "bbbbb" } else { "aaaaa" });
        for text in ["x", "", mine.text_at("/access_token"), &changed] {
            let refused = server.refresh(text).await;
            assert!([400, 401].contains(&refused.status.as_u16()), "{text}");
        }
        server.refresh(token).await.expect(200);
    }

    async fn a_user_who_is_switched_off_or_gone_cannot(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        for (name, act) in [("a1", "disable"), ("a2", "lock"), ("a3", "delete")] {
            server.user(name, &[]).await;
            let first = login(&server, name).await;
            let path = format!("/api/v1/realms/main/users/{name}");
            let done = match act {
                "delete" => root.delete(&path).await,
                act => root.post(&format!("{path}/{act}"), json!({})).await,
            };
            assert!(done.status.is_success(), "{}", done.body_text());
            server.refresh(first.text_at("/refresh_token")).await.expect(401);
        }
    }

    async fn another_app_key_ends_all_tokens(backend: Backend) {
        let server = Server::start(backend).await;
        let first = login(&server, "root").await;
        let server = server.restart(&[("app_key", "Zm91cnRlZW4gcHVycGxlIGNvd3MgYXJlIG92ZXIgdGhlcmU=")]).await;
        bearer(&server, first.text_at("/access_token")).get("/auth/me").await.expect(401);
        server.refresh(first.text_at("/refresh_token")).await.expect(401);
        login(&server, "root").await;
    }
}
