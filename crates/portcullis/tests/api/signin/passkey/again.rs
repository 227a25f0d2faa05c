//! A passkey shown again by who is signed in, and what a device remembers of one.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{Machine, sign_in, start, without_name};
use crate::harness::Server;

async fn again(client: &Client, server: &Server, machine: &mut Machine) -> Answer {
    let (token, options) = without_name(server).await;
    let assertion = machine.get(&options).await.unwrap();
    let input = json!({"type": "passkey", "authentication_id": token, "secret": assertion});
    client.post("/auth/reauthenticate", input).await
}

fn bearer(server: &Server, begun: &Answer) -> Client {
    server.anonymous().with_bearer(begun.text_at("/access_token"))
}

/// Signs in by passkey in a browser that remembers it.
async fn remembering(server: &Server, machine: &mut Machine) -> Client {
    let browser = server.anonymous().with_cookies().with_header("sec-fetch-site", "same-origin");
    let (token, options) = without_name(server).await;
    let assertion = machine.get(&options).await.unwrap();
    let input = json!({"type": "passkey", "authentication_id": token, "secret": assertion,
        "session": "cookie", "remember": true});
    browser.post("/auth/login", input).await.expect(200);
    browser
}

on_both! {
    async fn it_steps_the_session_up(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = bearer(&server, &begun);
        server.advance(590);
        let refreshed = [("grant_type", "refresh_token"), ("refresh_token", begun.text_at("/refresh_token"))];
        let refreshed = server.anonymous().post_form("/auth/token", &refreshed).await.expect(200);
        let jane_later = bearer(&server, &refreshed);
        server.advance(60);
        jane_later.post("/auth/factors", json!({"type": "totp"})).await.expect(403);
        let stepped = again(&jane_later, &server, &mut machine).await.expect(200);
        assert_ne!(stepped.body["session_id"], begun.body["session_id"]);
        bearer(&server, &stepped).post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        for old in [jane, jane_later] {
            old.get("/auth/me").await.expect(401);
        }
    }

    async fn that_of_another_user_steps_nothing_up(backend: Backend) {
        let (server, jane, mut machine) = start(backend).await;
        let bob = server.user("bob", &[]).await;
        let refused = again(&bob, &server, &mut machine).await.expect(401);
        assert!(refused.body["code"].is_null(), "{}", refused.body);
        bob.get("/auth/me").await.expect(200);
        jane.get("/auth/me").await.expect(200);
        for (field, input) in [
            ("/authentication_id", json!({"type": "passkey", "secret": "x"})),
            ("/authentication_id", json!({"type": "password", "authentication_id": "jane", "secret": "x"})),
        ] {
            let refused = bob.post("/auth/reauthenticate", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(field));
        }
    }

    async fn what_is_remembered_of_one_goes_with_it(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let browser = remembering(&server, &mut machine).await;
        server.advance(1800);
        browser.get("/auth/me").await.expect(401);
        browser.post("/auth/remember", Value::Null).await.expect(200);
        let jane = bearer(&server, &sign_in(&server, &mut machine).await.expect(200));
        let first = jane.get("/auth/factors").await.expect(200).text_at("/items/0/id").to_owned();
        jane.delete(&format!("/auth/factors/{first}")).await.expect(204);
        server.advance(1800);
        let over = browser.post("/auth/remember", Value::Null).await.expect(401);
        assert_eq!(over.body["code"], "remember-over");
    }

    async fn one_that_is_remembered_is_both_factors(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let browser = remembering(&server, &mut machine).await;
        let rule = json!({"realm": "main", "methods": ["passkey"]});
        let made = server.operator().post("/api/v1/second-factor-rules", rule).await.expect(201);
        server.advance(1800);
        browser.post("/auth/remember", Value::Null).await.expect(200);
        let made = format!("/api/v1/second-factor-rules/{}", made.text_at("/id"));
        server.operator().delete(&made).await.expect(204);
        // A second type was not shown, so a rule that wants two ends it.
        let rule = json!({"realm": "main", "steps": 2});
        server.operator().post("/api/v1/second-factor-rules", rule).await.expect(201);
        server.advance(1800);
        browser.post("/auth/remember", Value::Null).await.expect(401);
    }
}
