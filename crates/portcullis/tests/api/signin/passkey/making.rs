//! Making passkeys.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{
    super::second_factor::{App, reply, wrong_code},
    Machine, PATIENT, after_password, confirm, page, show, sign_in, start, without_name,
};
use crate::{
    harness::{AT_LOCALHOST, PASSWORD, Server},
    signin::try_login,
};

on_both! {
    async fn one_counts_once_its_browser_has_answered(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let jane = server.user("jane", &[]).await;
        let elsewhere = server.sign_in("main", "jane", PASSWORD).await;
        let mut machine = Machine::at(&server, true).await;
        let input = json!({"type": "passkey", "name": "laptop"});
        let made = jane.post("/auth/factors", input).await.expect(201);
        let options = &made.body["public_key"];
        assert_eq!(options["rp"], json!({"name": "Portcullis", "id": "localhost"}));
        assert_eq!((&options["user"]["name"], &options["attestation"]), (&json!("jane"), &json!("none")));
        let selection = json!({"residentKey": "preferred", "requireResidentKey": false, "userVerification": "preferred"});
        assert_eq!(options["authenticatorSelection"], selection);
        let answer = machine.create(options).await.unwrap();
        // Until then nothing is asked for.
        server.sign_in("main", "jane", PASSWORD).await;
        for wrong in ["", "000000", "{}", &answer.replace('e', "f")] {
            let refused = confirm(&jane, made.text_at("/id"), wrong).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/code"));
        }
        let counts = confirm(&jane, made.text_at("/id"), &answer).await.expect(200);
        assert_eq!(counts.body["recovery_codes"].as_array().unwrap().len(), 10);
        confirm(&jane, made.text_at("/id"), &answer).await.expect(404);
        elsewhere.get("/auth/me").await.expect(401);
        let factors = jane.get("/auth/factors").await.expect(200).body;
        assert_eq!((&factors["items"][0]["type"], &factors["items"][0]["name"]), (&json!("passkey"), &json!("laptop")));
        assert_eq!(factors["accepted"], json!(["passkey", "totp"]));
        let told = server.operator().post("/gdpr/export", json!({"user": "jane@main"})).await.expect(200).body_text();
        assert!(told.contains("laptop"), "{told}");
    }

    async fn there_may_be_several_but_one_on_each_device(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let made = jane.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        let refused = machine.create(&made.body["public_key"]).await.unwrap_err();
        assert!(refused.contains("InvalidStateError"), "{refused}");
        // A browser that is told nothing of it makes another one.
        server.advance(1);
        machine.another(true).await;
        machine.enrol(&jane, "desk").await;
        let (token, options) = after_password(&server, "jane").await;
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 2);
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(200);
        let factors = jane.get("/auth/factors").await.expect(200).body;
        let names: Vec<&Value> = factors["items"].as_array().unwrap().iter().map(|f| &f["name"]).collect();
        assert_eq!(names, ["laptop", "desk"]);
        assert!(factors["items"][1]["last_used_at"].is_string());
    }

    async fn one_users_passkey_is_no_other_users(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let mallory = server.user("mallory", &[]).await;
        let made = mallory.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        let again = mallory.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        let (first, second) = (made.body["public_key"].clone(), again.body["public_key"].clone());
        // Made for what was asked before, which the second took the place of.
        let answer = machine.create(&first).await.unwrap();
        confirm(&mallory, made.text_at("/id"), &answer).await.expect(404);
        confirm(&mallory, again.text_at("/id"), &answer).await.expect(422);
        let answer = machine.create(&second).await.unwrap();
        confirm(&mallory, again.text_at("/id"), &answer).await.expect(200);
        let (token, options) = after_password(&server, "jane").await;
        let mut theirs = options.clone();
        let passkeys = machine.passkeys().await;
        let of_mallory = passkeys.iter().rfind(|passkey| passkey["userName"] == "mallory");
        let id = of_mallory.unwrap()["credentialId"].as_str().unwrap();
        let id = id.replace('+', "-").replace('/', "_").replace('=', "");
        theirs["allowCredentials"] = json!([{"type": "public-key", "id": id}]);
        let assertion = machine.get(&theirs).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(200);
    }

    async fn an_answer_from_another_page_is_none(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let bob = server.user("bob", &[]).await;
        let elsewhere = Server::with_settings(backend, &[AT_LOCALHOST]).await;
        let made = bob.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        machine.browser.open(&page(&elsewhere)).await;
        let answer = machine.create(&made.body["public_key"]).await.unwrap();
        confirm(&bob, made.text_at("/id"), &answer).await.expect(422);
        // What was made here is not good there, though both are `localhost`.
        let (token, options) = after_password(&server, "jane").await;
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
        let (token, options) = without_name(&server).await;
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
    }

    async fn who_needs_one_makes_it_at_the_sign_in(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let jane = server.user("jane", &[]).await;
        let app = App::enrol(&server, &jane).await;
        let rules = "/api/v1/second-factor-rules";
        let rule = json!({"realm": "main", "methods": ["passkey"]});
        let rule = server.operator().post(rules, rule).await.expect(201);
        assert_eq!(rule.body["methods"], json!(["passkey"]));
        // The app does not count any more, but is asked for before.
        let asked = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(asked.body["challenge"]["options"]["methods"], json!(["totp"]));
        let token = asked.text_at("/challenge/token").to_owned();
        reply(&server, &token, "totp", &wrong_code(&server, &app)).await.expect(401);
        let asked = reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        assert_eq!(asked.text_at("/challenge/type"), "enrol");
        assert_eq!(asked.body["challenge"]["options"]["methods"], json!(["passkey"]));
        let token = asked.text_at("/challenge/token").to_owned();
        let mut machine = Machine::at(&server, true).await;
        let enrol = json!({"token": token, "type": "passkey", "name": "laptop"});
        let made = server.anonymous().post("/auth/enrol", enrol.clone()).await.expect(200);
        let stale = machine.create(&made.body["public_key"]).await.unwrap();
        let made = server.anonymous().post("/auth/enrol", enrol).await.expect(200);
        let answer = machine.create(&made.body["public_key"]).await.unwrap();
        show(&server, &token, &stale).await.expect(401);
        let begun = show(&server, &token, &answer).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let me = jane.get("/auth/me").await.expect(200);
        assert_eq!(me.text_at("/session/method"), "password+totp+passkey");
        sign_in(&server, &mut machine).await.expect(200);
        // It is the only one that counts.
        let factors = jane.get("/auth/factors").await.expect(200).body;
        let id = factors["items"][1]["id"].as_str().unwrap();
        jane.delete(&format!("/auth/factors/{id}")).await.expect(409);
    }

    async fn an_address_without_a_name_has_none(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let refused = jane.post("/auth/factors", json!({"type": "passkey"})).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/type"));
        server.anonymous().post("/auth/passkey", Value::Null).await.expect(403);
        let rule = json!({"realm": "main", "methods": ["passkey"]});
        server.operator().post("/api/v1/second-factor-rules", rule).await.expect(422);
        assert_eq!(jane.get("/auth/factors").await.expect(200).body["accepted"], json!(["totp"]));
    }
}
