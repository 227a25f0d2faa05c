//! Challenges: what their tokens are good for, how often, how long.

use futures::future::join_all;
use serde_json::json;
use testkit::{Backend, on_both};

use super::{App, PATIENT, challenge, reply, user_with_app, wrong_code};
use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
};

on_both! {
    async fn a_code_is_good_once(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let code = app.code(&server);
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &code).await.expect(200);
        for _ in 0..2 {
            let token = challenge(&server, "jane").await;
            reply(&server, &token, "totp", &code).await.expect(401);
        }
        // And no earlier one is good after it.
        let (earlier, later) = (app.code(&server), { server.advance(30); app.code(&server) });
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &later).await.expect(200);
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &earlier).await.expect(401);
    }

    async fn clocks_may_differ_by_a_step(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let code = app.code(&server);
        server.advance(60);
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &code).await.expect(401);
        let code = app.code(&server);
        server.advance(30);
        reply(&server, &token, "totp", &code).await.expect(200);
        server.advance(30);
        let token = challenge(&server, "jane").await;
        let ahead = testkit::totp(&app.key, kernel::Clock::now(&server.clock) + jiff::SignedDuration::from_secs(30));
        reply(&server, &token, "totp", &ahead).await.expect(200);
    }

    async fn of_parallel_answers_one_wins(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let code = app.code(&server);
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(challenge(&server, "jane").await);
        }
        let answers = tokens.iter().chain(&tokens).map(|token| reply(&server, token, "totp", &code));
        let answers = join_all(answers).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1);
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 401)));
    }

    async fn a_token_is_good_for_one_right_answer(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        server.advance(30);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
        reply(&server, &token, "recovery", &app.codes[0]).await.expect(401);
    }

    async fn a_token_takes_five_answers(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        for _ in 0..5 {
            reply(&server, &token, "totp", &wrong_code(&server, &app)).await.expect(401);
        }
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
        // It was not looked at, so it is good still.
        let token = challenge(&server, "jane").await;
        for _ in 0..4 {
            reply(&server, &token, "recovery", "aaaa-aaaa-aaaa-aaaa").await.expect(401);
        }
        reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
    }

    async fn a_token_is_good_for_five_minutes(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let other = challenge(&server, "jane").await;
        server.advance(299);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        server.advance(1);
        reply(&server, &other, "totp", &app.code(&server)).await.expect(401);
    }

    async fn a_token_ends_with_what_it_came_from(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let jane = "/api/v1/realms/main/users/jane";
        let operator = server.operator();
        let token = challenge(&server, "jane").await;
        operator.post(&format!("{jane}/disable"), json!({})).await.expect(200);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
        operator.post(&format!("{jane}/enable"), json!({})).await.expect(200);
        operator.post(&format!("{jane}/lock"), json!({})).await.expect(200);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(429);
        operator.post(&format!("{jane}/unlock"), json!({})).await.expect(200);
        let new = json!({"password": "another horse battery"});
        operator.put(&format!("{jane}/password"), new).await.expect(204);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
    }

    async fn no_other_credential_is_a_token(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let login = reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        let jane = server.anonymous().with_bearer(login.text_at("/access_token"));
        let vera = server.user("vera", &["viewer"]).await;
        let key = vera.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        let factors = jane.get("/auth/factors").await.expect(200);
        server.advance(30);
        let code = app.code(&server);
        let others = [
            login.text_at("/access_token"),
            login.text_at("/refresh_token"),
            login.text_at("/session_id"),
            key.text_at("/key"),
            factors.text_at("/items/0/id"),
            "jane",
            "pch_",
            "",
        ];
        for other in others {
            reply(&server, other, "totp", &code).await.expect(401);
            let begin = json!({"token": other, "type": "totp"});
            server.anonymous().post("/auth/challenge", begin.clone()).await.expect(401);
            server.anonymous().post("/auth/enrol", begin).await.expect(401);
        }
        // Of another challenge the secret, of this one the id.
        let (one, other) = (challenge(&server, "jane").await, challenge(&server, "jane").await);
        let mixed = format!("{}{}", &one[..27], &other[27..]);
        reply(&server, &mixed, "totp", &code).await.expect(401);
        reply(&server, &one, "totp", &code).await.expect(200);
    }

    async fn one_users_challenge_takes_no_code_of_another(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, janes) = user_with_app(&server, "jane").await;
        let (_, mallorys) = user_with_app(&server, "mallory").await;
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &mallorys.code(&server)).await.expect(401);
        reply(&server, &token, "recovery", &mallorys.codes[0]).await.expect(401);
        reply(&server, &token, "totp", &janes.code(&server)).await.expect(200);
    }

    async fn what_was_said_at_the_first_step_counts(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let browser = server.anonymous().with_cookies();
        let first = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
            "device_name": "laptop", "session": "cookie"});
        let first = browser.post("/auth/login", first).await.expect(200);
        assert!(browser.cookie("session").is_none() && browser.cookie("device").is_none());
        let answer = json!({"type": "totp", "authentication_id": first.text_at("/challenge/token"),
            "secret": app.code(&server)});
        for (field, value) in [("session", "cookie"), ("device_name", "x"), ("realm", "main")] {
            let mut again = answer.clone();
            again[field] = value.into();
            let refused = browser.post("/auth/login", again).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(format!("/{field}").as_str()));
        }
        let begun = browser.post("/auth/login", answer).await.expect(200);
        assert!(begun.body["access_token"].is_null());
        assert!(browser.cookie("session").is_some() && browser.cookie("device").is_some());
        let sessions = browser.get("/auth/sessions").await.expect(200).body;
        let here = sessions["items"].as_array().unwrap().iter().find(|s| s["current"] == true).unwrap();
        assert_eq!((&here["device_name"], &here["method"]), (&json!("laptop"), &json!("password+totp")));
    }

    async fn a_type_that_is_not_asked_for_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let refused = reply(&server, &token, "email", &app.code(&server)).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/type"));
        for kind in ["sms", "webauthn", "enrol", "pwd"] {
            reply(&server, &token, kind, &app.code(&server)).await.expect(422);
        }
        let begin = json!({"token": token, "type": "email"});
        server.anonymous().post("/auth/challenge", begin).await.expect(422);
        let enrol = json!({"token": token, "type": "totp"});
        server.anonymous().post("/auth/enrol", enrol).await.expect(422);
        let chosen = json!({"token": token, "type": "recovery"});
        let chosen = server.anonymous().post("/auth/challenge", chosen).await.expect(200);
        assert_eq!(chosen.text_at("/type"), "recovery");
        assert_eq!(chosen.text_at("/token"), token);
        reply(&server, &token, "recovery", &app.codes[0]).await.expect(200);
    }

    async fn another_app_key_reads_no_secret(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let other = [("app_key", "Zm91cnRlZW4gcHVycGxlIGNvd3MgYXJlIG92ZXIgdGhlcmU="), PATIENT[0]];
        let server = server.restart(&other).await;
        let token = challenge(&server, "jane").await;
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
        reply(&server, &token, "recovery", &app.codes[0]).await.expect(200);
    }

    async fn challenges_survive_a_restart(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let used = app.code(&server);
        App { key: app.key.clone(), codes: Vec::new() }.sign_in(&server, "jane").await;
        let server = server.restart(&[]).await;
        reply(&server, &token, "totp", &used).await.expect(401);
        server.advance(30);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
    }

    async fn only_so_many_are_open(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let first = challenge(&server, "jane").await;
        for _ in 0..9 {
            server.advance(1);
            challenge(&server, "jane").await;
        }
        server.advance(1);
        let last = try_login(&server, "jane", PASSWORD).await.expect(200);
        reply(&server, &first, "totp", &app.code(&server)).await.expect(401);
        let last = last.text_at("/challenge/token");
        reply(&server, last, "totp", &app.code(&server)).await.expect(200);
    }
}
