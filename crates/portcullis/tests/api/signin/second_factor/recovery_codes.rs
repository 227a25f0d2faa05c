//! Recovery codes.

use futures::future::join_all;
use serde_json::json;
use testkit::{Backend, on_both};

use super::{PATIENT, challenge, reply, texts, too_old, try_login, user_with_app};
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn each_is_good_once_and_few_are_told(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        for (used, code) in app.codes.iter().enumerate() {
            let token = challenge(&server, "jane").await;
            let answer = reply(&server, &token, "recovery", &code.to_uppercase()).await.expect(200).body;
            let left = 9 - used;
            let told = answer["recovery_codes_left"].as_u64();
            assert_eq!(told, (left <= 3).then_some(left as u64));
            if used == 0 || left == 3 {
                let again = challenge(&server, "jane").await;
                reply(&server, &again, "recovery", code).await.expect(401);
            }
        }
        let answer = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(answer.body["challenge"]["options"]["methods"], json!(["totp"]));
        let jane = app.sign_in(&server, "jane").await;
        let list = jane.get("/auth/factors").await.expect(200);
        assert!(list.text_at("/warning").contains("Few recovery codes"));
    }

    async fn new_ones_end_those_before(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let jane = app.sign_in(&server, "jane").await;
        let made = jane.post("/auth/recovery-codes", json!({})).await.expect(200);
        let new = texts(&made.body["recovery_codes"]);
        assert_eq!(new.len(), 10);
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "recovery", &app.codes[0]).await.expect(401);
        reply(&server, &token, "recovery", &new[0]).await.expect(200);
    }

    async fn of_parallel_uses_one_wins(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(challenge(&server, "jane").await);
        }
        let answers = tokens.iter().map(|token| reply(&server, token, "recovery", &app.codes[0]));
        let answers = join_all(answers).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    }

    async fn whoever_comes_in_by_one_changes_no_factor(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let answer = reply(&server, &token, "recovery", &app.codes[0]).await.expect(200);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        let list = jane.get("/auth/factors").await.expect(200);
        let id = list.text_at("/items/0/id");
        too_old(jane.delete(&format!("/auth/factors/{id}")).await);
        for weaker in [json!({"type": "totp"}), json!({"type": "email"}), json!({"type": "sms", "phone": "+32470123456"})] {
            too_old(jane.post("/auth/factors", weaker).await);
        }
        too_old(jane.post("/auth/recovery-codes", json!({})).await);
        assert_eq!(jane.get("/auth/me").await.expect(200).body["session"]["method"], "password+recovery");
    }
}
