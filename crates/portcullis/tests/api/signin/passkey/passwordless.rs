//! A passkey instead of name and password.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{
    super::second_factor::{App, reply},
    Machine, PATIENT, after_password, show, sign_in, start, start_with, without_name,
};
use crate::{
    harness::{AT_LOCALHOST, PASSWORD, Server},
    signin::{fail, try_login},
};

const JANE: &str = "/api/v1/realms/main/users/jane";

on_both! {
    async fn it_opens_a_session_by_itself(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let (token, options) = without_name(&server).await;
        assert_eq!((&options["allowCredentials"], &options["userVerification"]), (&json!([]), &json!("required")));
        let assertion = machine.get(&options).await.unwrap();
        let browser = server.anonymous().with_cookies();
        let input = json!({"type": "passkey", "authentication_id": token, "secret": assertion,
            "device_name": "laptop", "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        assert!(browser.cookie("session").is_some() && browser.cookie("device").is_some());
        let sessions = browser.get("/auth/sessions").await.expect(200).body;
        let here = sessions["items"].as_array().unwrap().iter().find(|s| s["current"] == true).unwrap();
        assert_eq!((&here["device_name"], &here["method"]), (&json!("laptop"), &json!("passkey")));
        // It is two factors at once, so it changes factors.
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let claims = begun.text_at("/access_token").split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["amr"], json!(["pop", "mfa"]));
    }

    async fn what_was_begun_is_good_once_for_five_minutes(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let (token, options) = without_name(&server).await;
        let assertion = machine.get(&options).await.unwrap();
        let (other, _) = without_name(&server).await;
        show(&server, &other, &assertion).await.expect(401);
        show(&server, &token, &assertion).await.expect(200);
        show(&server, &token, &assertion).await.expect(401);
        let (late, options) = without_name(&server).await;
        let assertion = machine.get(&options).await.unwrap();
        server.advance(300);
        show(&server, &late, &assertion).await.expect(401);
        let mut changed = late.clone().into_bytes();
        let last = changed.len() - 5;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        for no_token in ["ppk_", "ppk_AAAA", &String::from_utf8(changed).unwrap(), &late[4..], "jane", ""] {
            show(&server, no_token, &assertion).await.expect(401);
        }
        // The use itself was not taken for a copy.
        let events = crate::signin::second_factor::events(&server).await;
        assert!(!events.contains("passkey.copied"), "{events}");
        sign_in(&server, &mut machine).await.expect(200);
    }

    async fn its_device_must_have_verified_its_user(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        machine.verifies(false).await;
        let (token, mut options) = without_name(&server).await;
        machine.get(&options).await.unwrap_err();
        options["userVerification"] = json!("discouraged");
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
        // Nor is it good as a second step then: it has verified its user when it was made.
        let (token, mut options) = after_password(&server, "jane").await;
        options["userVerification"] = json!("discouraged");
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
        machine.verifies(true).await;
        sign_in(&server, &mut machine).await.expect(200);
    }

    async fn rules_take_it_for_a_password_and_a_passkey(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let required = json!({"required_of": "everybody"});
        server.operator().put("/api/v1/settings/second_factor", required).await.expect(200);
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        server.advance(1);
        let app = App::enrol(&server, &jane).await;
        let rule = json!({"realm": "main", "steps": 2});
        server.operator().post("/api/v1/second-factor-rules", rule).await.expect(201);
        let asked = sign_in(&server, &mut machine).await.expect(200);
        assert_eq!(asked.body["challenge"]["options"]["methods"], json!(["totp", "recovery"]));
        let token = asked.text_at("/challenge/token").to_owned();
        let begun = reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        assert_eq!(jane.get("/auth/me").await.expect(200).text_at("/session/method"), "passkey+totp");
        // Without the passkey the sign-in has to begin again.
        server.advance(30);
        let asked = sign_in(&server, &mut machine).await.expect(200);
        let token = asked.text_at("/challenge/token").to_owned();
        let factors = jane.get("/auth/factors").await.expect(200);
        machine.another(true).await;
        machine.enrol(&jane, "desk").await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let code = app.code(&server);
        let desk = reply(&server, begun.text_at("/challenge/token"), "totp", &code).await.expect(200);
        let desk = server.anonymous().with_bearer(desk.text_at("/access_token"));
        desk.delete(&format!("/auth/factors/{}", factors.text_at("/items/0/id"))).await.expect(204);
        server.advance(30);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
    }

    async fn it_is_good_where_its_user_may_sign_in(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let operator = server.operator();
        for realm in ["staff", "clients"] {
            operator.post("/api/v1/realms", json!({"name": realm})).await.expect(201);
        }
        let dave = server.user_of("clients", "dave", &[]).await;
        let mut machine = Machine::at(&server, true).await;
        machine.enrol(&dave, "laptop").await;
        assert_eq!(at(&server, &mut machine, json!("clients")).await, 200);
        for elsewhere in [json!("staff"), json!("main"), json!("nowhere"), json!("no/realm"), Value::Null] {
            assert_eq!(at(&server, &mut machine, elsewhere).await, 401);
        }
        let share = json!({"from": "clients", "to": "staff"});
        operator.post("/api/v1/realm-connections", share).await.expect(204);
        assert_eq!(at(&server, &mut machine, json!("staff")).await, 200);
        assert_eq!(at(&server, &mut machine, json!("main")).await, 401);
    }

    async fn it_lets_nobody_in_who_is_kept_out(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let operator = server.operator();
        operator.post(&format!("{JANE}/disable"), json!({})).await.expect(200);
        sign_in(&server, &mut machine).await.expect(401);
        operator.post(&format!("{JANE}/enable"), json!({})).await.expect(200);
        operator.post(&format!("{JANE}/lock"), json!({})).await.expect(200);
        sign_in(&server, &mut machine).await.expect(429);
        operator.post(&format!("{JANE}/unlock"), json!({})).await.expect(200);
        sign_in(&server, &mut machine).await.expect(200);
        operator.patch(JANE, json!({"expires_at": "2026-06-01T00:10:00Z"})).await.expect(200);
        server.advance(600);
        sign_in(&server, &mut machine).await.expect(401);
        operator.delete(JANE).await.expect(204);
        sign_in(&server, &mut machine).await.expect(401);
    }

    async fn failures_are_counted_and_forgotten(backend: Backend) {
        let (server, _, mut machine) = start_with(backend, &[AT_LOCALHOST]).await;
        let wrong = async |server: &Server, machine: &mut Machine| {
            let (_, options) = without_name(server).await;
            let assertion = machine.get(&options).await.unwrap();
            let (token, _) = without_name(server).await;
            show(server, &token, &assertion).await.status.as_u16()
        };
        for _ in 0..2 {
            assert_eq!(wrong(&server, &mut machine).await, 401);
            try_login(&server, "jane", "wrong").await.expect(401);
        }
        sign_in(&server, &mut machine).await.expect(200);
        // The whole sign-in has forgotten those.
        for _ in 0..5 {
            assert_eq!(wrong(&server, &mut machine).await, 401);
        }
        assert_eq!(wrong(&server, &mut machine).await, 429);
        sign_in(&server, &mut machine).await.expect(429);
        try_login(&server, "jane", PASSWORD).await.expect(429);
    }

    async fn no_password_is_needed(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let must_change = json!({"password": PASSWORD, "must_change": true});
        server.operator().put(&format!("{JANE}/password"), must_change).await.expect(204);
        // What must be changed is the password, which is not used here.
        let begun = sign_in(&server, &mut machine).await.expect(200);
        assert_eq!(begun.body["password_change_required"], Value::Null);
        crate::replicas::run(&server, "DELETE FROM password_credential WHERE user_id IN
            (SELECT id FROM node WHERE name = 'jane')").await;
        try_login(&server, "jane", PASSWORD).await.expect(401);
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let factors = jane.get("/auth/factors").await.expect(200);
        // It is the only way in.
        jane.delete(&format!("/auth/factors/{}", factors.text_at("/items/0/id"))).await.expect(409);
        machine.another(true).await;
        machine.enrol(&jane, "desk").await;
        jane.delete(&format!("/auth/factors/{}", factors.text_at("/items/0/id"))).await.expect(204);
        sign_in(&server, &mut machine).await.expect(200);
    }

    async fn strangers_do_not_keep_it_off_a_known_device(backend: Backend) {
        let (server, _, mut machine) = start_with(backend, &[AT_LOCALHOST]).await;
        let browser = server.anonymous().with_cookies().with_header("sec-fetch-site", "same-origin");
        let login = async |machine: &mut Machine| {
            let (token, options) = without_name(&server).await;
            let assertion = machine.get(&options).await.unwrap();
            let input = json!({"type": "passkey", "authentication_id": token, "secret": assertion,
                "session": "cookie"});
            browser.post("/auth/login", input).await.status.as_u16()
        };
        assert_eq!(login(&mut machine).await, 200);
        fail(&server, "jane", 5).await;
        sign_in(&server, &mut machine).await.expect(429);
        assert_eq!(login(&mut machine).await, 200);
    }

    async fn it_can_be_switched_off(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let (token, options) = without_name(&server).await;
        let assertion = machine.get(&options).await.unwrap();
        let set = async |on: bool| {
            let input = json!({"passwordless": on});
            server.operator().put("/api/v1/settings/signin", input).await.expect(200);
        };
        set(false).await;
        server.anonymous().post("/auth/passkey", Value::Null).await.expect(403);
        show(&server, &token, &assertion).await.expect(403);
        let (second, options) = after_password(&server, "jane").await;
        let answer = machine.get(&options).await.unwrap();
        show(&server, &second, &answer).await.expect(200);
        set(true).await;
        sign_in(&server, &mut machine).await.expect(200);
    }
}

/// The status of a sign-in at a realm.
async fn at(server: &Server, machine: &mut Machine, realm: Value) -> u16 {
    let (token, options) = without_name(server).await;
    let assertion = machine.get(&options).await.unwrap();
    let input =
        json!({"type": "passkey", "authentication_id": token, "secret": assertion, "realm": realm});
    server.anonymous().post("/auth/login", input).await.status.as_u16()
}
