//! Passkeys as a second step.

use serde_json::{Value, json};
use testkit::{Backend, MailServer, on_both};

use super::{
    super::second_factor::{events, reply},
    Machine, PATIENT, after_password, confirm, show, sign_in, start, start_with, without_name,
};
use crate::harness::{AT_LOCALHOST, PASSWORD, Server};

on_both! {
    async fn it_is_asked_for_first(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let (token, options) = after_password(&server, "jane").await;
        assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("preferred")));
        let assertion = machine.get(&options).await.unwrap();
        let begun = show(&server, &token, &assertion).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let me = jane.get("/auth/me").await.expect(200);
        assert_eq!(me.text_at("/session/method"), "password+passkey");
        // It changes factors.
        jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let basic = server.anonymous().with_header("authorization", "Basic amFuZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=");
        basic.get("/auth/me").await.expect(401);
    }

    async fn an_assertion_is_good_once_and_for_what_was_asked(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let (token, options) = after_password(&server, "jane").await;
        let assertion = machine.get(&options).await.unwrap();
        let (other, _) = after_password(&server, "jane").await;
        show(&server, &other, &assertion).await.expect(401);
        for wrong in ["", "{}", "000000", &assertion[1..], &"x".repeat(16 * 1024)] {
            show(&server, &other, wrong).await.expect(401);
        }
        let (third, _) = after_password(&server, "jane").await;
        show(&server, &third, &"x".repeat(16 * 1024 + 1)).await.expect(422);
        // Asked once more, what was asked before is good no more.
        let again = json!({"token": token, "type": "passkey"});
        let again = server.anonymous().post("/auth/challenge", again).await.expect(200);
        show(&server, &token, &assertion).await.expect(401);
        let assertion = machine.get(&again.body["options"]["public_key"]).await.unwrap();
        show(&server, &token, &assertion).await.expect(200);
        show(&server, &token, &assertion).await.expect(401);
        show(&server, &third, &assertion).await.expect(401);
    }

    async fn another_type_may_answer_and_the_passkey_after_it(backend: Backend) {
        let (server, jane, mut machine) = start(backend).await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let fresh = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let app = crate::signin::second_factor::App::enrol(&server, &fresh).await;
        jane.get("/auth/me").await.expect(401);
        let (token, _) = after_password(&server, "jane").await;
        let input = json!({"token": token, "type": "totp"});
        let asked = server.anonymous().post("/auth/challenge", input).await.expect(200);
        assert_eq!(asked.body["options"], json!({"methods": ["passkey", "totp", "recovery"]}));
        reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
    }

    async fn what_was_made_for_one_thing_is_not_good_for_another(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        machine.another(true).await;
        let made = jane.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        let creation = machine.create(&made.body["public_key"]).await.unwrap();
        let (token, options) = after_password(&server, "jane").await;
        show(&server, &token, &creation).await.expect(401);
        confirm(&jane, made.text_at("/id"), &creation).await.expect(200);
        // The challenge of the one in the answer of the other.
        let mut mixed = options.clone();
        mixed["challenge"] = made.body["public_key"]["challenge"].clone();
        let assertion = machine.get(&mixed).await;
        let assertion = match assertion {
            Ok(assertion) => assertion,
            // It was made after these were asked for, so the browser is told to take any.
            Err(_) => {
                mixed["allowCredentials"] = json!([]);
                machine.get(&mixed).await.unwrap()
            }
        };
        show(&server, &token, &assertion).await.expect(401);
        let more = jane.post("/auth/factors", json!({"type": "passkey"})).await.expect(201);
        confirm(&jane, more.text_at("/id"), &assertion).await.expect(422);
        // What a sign-in without a name asks is no answer to a challenge, and the other way round.
        let (nameless, any) = without_name(&server).await;
        let assertion = machine.get(&any).await.unwrap();
        let (token, options) = after_password(&server, "jane").await;
        show(&server, &token, &assertion).await.expect(401);
        let answer = machine.get(&options).await.unwrap();
        show(&server, &nameless, &answer).await.expect(401);
        show(&server, &token, &answer).await.expect(200);
    }

    async fn a_copy_is_noticed_by_its_counter(backend: Backend) {
        let mail = MailServer::start().await;
        let port = mail.port.to_string();
        let settings = [
            AT_LOCALHOST,
            ("lockout.max_attempts", "1000"),
            ("mail.host", "127.0.0.1"),
            ("mail.port", port.as_str()),
            ("mail.tls", "none"),
            ("mail.from", "Portcullis <id@example.com>"),
        ];
        let server = Server::with_settings(backend, &settings).await;
        let user = json!({"username": "jane", "email": "jane@example.com", "password": PASSWORD});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let mut machine = Machine::at(&server, true).await;
        machine.enrol(&jane, "laptop").await;
        let copy = machine.passkeys().await.remove(0);
        assert!(copy["signCount"].as_u64().unwrap() > 0, "{copy}");
        for _ in 0..2 {
            sign_in(&server, &mut machine).await.expect(200);
        }
        mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap();
        let before = mail.letters().len();
        machine.put(&copy).await;
        sign_in(&server, &mut machine).await.expect(401);
        let (token, options) = after_password(&server, "jane").await;
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(401);
        let events = events(&server).await;
        assert_eq!(events.matches("\"passkey.copied\"").count(), 2, "{events}");
        mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap();
        let letters = mail.letters().split_off(before);
        let told = letters.iter().filter(|letter| letter.contains("A passkey may have been copied"));
        assert_eq!(told.count(), 1, "{letters:?}");
        // Once it is ahead again it cannot be told from the other one.
        sign_in(&server, &mut machine).await.expect(200);
    }

    async fn gone_it_is_good_for_nothing(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let begun = sign_in(&server, &mut machine).await.expect(200);
        let jane = server.anonymous().with_bearer(begun.text_at("/access_token"));
        let factors = jane.get("/auth/factors").await.expect(200);
        let path = format!("/auth/factors/{}", factors.text_at("/items/0/id"));
        let (token, options) = after_password(&server, "jane").await;
        let (nameless, any) = without_name(&server).await;
        let assertions = [machine.get(&options).await.unwrap(), machine.get(&any).await.unwrap()];
        jane.delete(&path).await.expect(204);
        show(&server, &token, &assertions[0]).await.expect(401);
        show(&server, &nameless, &assertions[1]).await.expect(401);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        // An administrator takes it away like any other factor.
        machine.another(true).await;
        machine.enrol(&jane, "laptop").await;
        let path = "/api/v1/realms/main/users/jane/factors";
        let listed = server.operator().get(path).await.expect(200);
        assert_eq!(listed.text_at("/items/0/type"), "passkey");
        server.operator().delete(path).await.expect(204);
        sign_in(&server, &mut machine).await.expect(401);
        server.sign_in("main", "jane", PASSWORD).await;
    }

    async fn what_has_begun_survives_a_restart(backend: Backend) {
        let (server, _, mut machine) = start_with(backend, &PATIENT).await;
        let (token, options) = after_password(&server, "jane").await;
        let (nameless, any) = without_name(&server).await;
        let here = server.app.public_address().to_owned();
        let server = server.restart(&[("public_address", here.as_str())]).await;
        let assertion = machine.get(&options).await.unwrap();
        show(&server, &token, &assertion).await.expect(200);
        let assertion = machine.get(&any).await.unwrap();
        show(&server, &nameless, &assertion).await.expect(200);
        // What was used stays used.
        let server = server.restart(&[("public_address", here.as_str())]).await;
        show(&server, &nameless, &assertion).await.expect(401);
    }

    async fn where_the_address_has_no_name_any_more_something_else_answers(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let jane = server.user("jane", &[]).await;
        let mut machine = Machine::at(&server, true).await;
        let made = machine.enrol(&jane, "laptop").await;
        let server = server.restart(&[("public_address", "https://192.0.2.1")]).await;
        let (token, options) = after_password(&server, "jane").await;
        assert_eq!(options, Value::Null);
        show(&server, &token, "{}").await.expect(401);
        let code = made.body["recovery_codes"][0].as_str().unwrap();
        reply(&server, &token, "recovery", code).await.expect(200);
    }
}
