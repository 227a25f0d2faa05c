//! Assertions that lie: signed with the key of a passkey, as a changed authenticator or browser would.

use serde_json::{Value, json};
use testkit::{Answer, Backend, on_both};

use super::{Machine, PATIENT, after_password, show, sign_in, start, start_with, without_name};
use crate::harness::{AT_LOCALHOST, Server};

/// The user is present; and was verified.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;

/// What an honest one would say who was asked this.
fn honest(server: &Server, passkey: &Value, options: &Value, count: u64) -> Value {
    json!({
        "type": "webauthn.get",
        "challenge": options["challenge"],
        "origin": server.app.public_address(),
        "crossOrigin": false,
        "rpId": "localhost",
        "flags": PRESENT | VERIFIED,
        "count": count,
        "credentialId": passkey["credentialId"],
        "privateKey": passkey["privateKey"],
        "userHandle": passkey["userHandle"],
    })
}

/// What is wrong with an honest answer when it says this there.
fn lies(server: &Server, mallory: &Value) -> Vec<(&'static str, Value)> {
    let here = server.app.public_address();
    let port = here.rsplit_once(':').unwrap().1;
    vec![
        ("type", json!("webauthn.create")),
        ("type", json!("payment.get")),
        ("challenge", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("challenge", json!("")),
        ("origin", json!("http://localhost")),
        ("origin", json!(format!("https://localhost:{port}"))),
        ("origin", json!(format!("http://evil.localhost:{port}"))),
        ("origin", json!(format!("http://localhost.evil.example:{port}"))),
        ("origin", json!("null")),
        ("crossOrigin", json!(true)),
        ("rpId", json!("evil.example")),
        ("rpId", json!("")),
        ("flags", json!(0)),
        ("flags", json!(VERIFIED)),
        ("flags", json!(PRESENT)),
        // Eligible for backup, which it was not.
        ("flags", json!(PRESENT | VERIFIED | 0x08)),
        ("flags", json!(PRESENT | VERIFIED | 0x10)),
        ("privateKey", mallory["privateKey"].clone()),
        ("userHandle", mallory["userHandle"].clone()),
        ("userHandle", json!("AAAA")),
    ]
}

async fn tell(server: &Server, machine: &mut Machine, token: &str, said: &Value) -> Answer {
    let assertion = machine.forge(said).await;
    show(server, token, &assertion).await
}

on_both! {
    async fn no_lie_opens_a_session(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let jane = machine.passkeys().await.remove(0);
        machine.another(true).await;
        let mallory = server.user("mallory", &[]).await;
        machine.enrol(&mallory, "laptop").await;
        let mallory = machine.passkeys().await.remove(0);
        let lies = lies(&server, &mallory);
        let mut count = 100;
        let without_handle = [("userHandle", Value::Null)];
        for (field, value) in lies.iter().chain(&without_handle) {
            let (token, options) = without_name(&server).await;
            let mut said = honest(&server, &jane, &options, count);
            said[*field] = value.clone();
            let refused = tell(&server, &mut machine, &token, &said).await;
            let detail = "The passkey is wrong, or not known here.";
            assert_eq!(refused.body["detail"], detail, "{field}: {value}");
            assert_eq!(refused.status.as_u16(), 401);
        }
        for (field, value) in &lies {
            let (token, options) = after_password(&server, "jane").await;
            let mut said = honest(&server, &jane, &options, count);
            said[*field] = value.clone();
            let refused = tell(&server, &mut machine, &token, &said).await;
            assert_eq!(refused.status.as_u16(), 401, "{field}: {value}");
        }
        // Without a lie it is good: what is refused above is refused for the lie.
        let (token, options) = without_name(&server).await;
        let said = honest(&server, &jane, &options, count);
        tell(&server, &mut machine, &token, &said).await.expect(200);
        let (token, options) = after_password(&server, "jane").await;
        // The counter stands still.
        let said = honest(&server, &jane, &options, count);
        tell(&server, &mut machine, &token, &said).await.expect(401);
        count += 1;
        let mut said = honest(&server, &jane, &options, count);
        said["userHandle"] = Value::Null;
        tell(&server, &mut machine, &token, &said).await.expect(200);
    }

    async fn what_nobody_has_looks_like_what_is_wrong(backend: Backend) {
        let (server, _, mut machine) = start(backend).await;
        let jane = machine.passkeys().await.remove(0);
        let (token, options) = without_name(&server).await;
        let said = honest(&server, &jane, &options, 100);
        let mut unknown = said.clone();
        unknown["credentialId"] = json!("bm9ib2R5J3MgcGFzc2tleQ==");
        let mut wrong = said.clone();
        wrong["flags"] = json!(PRESENT);
        let mut answers = Vec::new();
        for said in [unknown, wrong] {
            let answer = tell(&server, &mut machine, &token, &said).await.expect(401);
            answers.push((answer.body["detail"].clone(), answer.body["code"].clone()));
        }
        let garbage = show(&server, &token, "garbage").await.expect(401);
        answers.push((garbage.body["detail"].clone(), garbage.body["code"].clone()));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        // What a request answers, names nobody either.
        let (_, other) = without_name(&server).await;
        let without_challenge = |mut options: Value| {
            options["challenge"] = Value::Null;
            options
        };
        assert_eq!(without_challenge(options), without_challenge(other));
    }

    async fn what_nobody_has_counts_at_its_source(backend: Backend) {
        let settings = [AT_LOCALHOST, ("lockout.source_attempts", "3")];
        let (server, _, mut machine) = start_with(backend, &settings).await;
        let jane = machine.passkeys().await.remove(0);
        let (token, options) = without_name(&server).await;
        let mut unknown = honest(&server, &jane, &options, 100);
        unknown["credentialId"] = json!("bm9ib2R5J3MgcGFzc2tleQ==");
        let unknown = machine.forge(&unknown).await;
        for _ in 0..3 {
            show(&server, &token, &unknown).await.expect(401);
        }
        show(&server, &token, &unknown).await.expect(429);
        sign_in(&server, &mut machine).await.expect(429);
    }

    async fn one_that_was_made_without_verification_is_a_second_factor_alone(backend: Backend) {
        let server = Server::with_settings(backend, &PATIENT).await;
        let jane = server.user("jane", &[]).await;
        let mut machine = Machine::at(&server, false).await;
        machine.enrol(&jane, "key").await;
        let passkey = machine.passkeys().await.remove(0);
        // Whoever finds it gives it a PIN of his own.
        let (token, options) = without_name(&server).await;
        let said = honest(&server, &passkey, &options, 100);
        tell(&server, &mut machine, &token, &said).await.expect(401);
        let (token, options) = after_password(&server, "jane").await;
        let said = honest(&server, &passkey, &options, 101);
        tell(&server, &mut machine, &token, &said).await.expect(200);
        let (token, options) = after_password(&server, "jane").await;
        let assertion = {
            // And by the device itself, which has a lower counter by now.
            let mut ahead = machine.passkeys().await.remove(0);
            ahead["signCount"] = json!(200);
            machine.put(&ahead).await;
            machine.get(&options).await.unwrap()
        };
        show(&server, &token, &assertion).await.expect(200);
    }
}
