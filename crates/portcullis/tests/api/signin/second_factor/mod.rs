//! What is asked after the first step. All codes of authenticator apps are made by oathtool.

mod challenge;
mod email_code;
mod enrol;
mod factors;
mod lockout;
mod recovery_codes;
mod reset_factors;
mod rules;
mod sms_code;
mod ways_round;

use kernel::Clock;
use serde_json::{Value, json};
use testkit::{Answer, Client};

use super::try_login;
use crate::harness::{PASSWORD, Server};

/// An authenticator app, and the recovery codes on paper.
pub(crate) struct App {
    /// The key that was typed.
    pub key: String,
    /// The recovery codes.
    pub codes: Vec<String>,
}

impl App {
    /// Makes one for whoever this is, who has none yet.
    pub(crate) async fn enrol(server: &Server, client: &Client) -> Self {
        let made = client.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let app = Self { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        let code = json!({"code": app.code(server)});
        let confirmed = client.post(&confirm, code).await.expect(200);
        // The code that confirmed it is used up.
        server.advance(30);
        Self { codes: texts(&confirmed.body["recovery_codes"]), ..app }
    }

    /// The code of this moment.
    pub(crate) fn code(&self, server: &Server) -> String {
        testkit::totp(&self.key, server.clock.now())
    }

    /// Signs in with the password and the code of this moment, which is used up then.
    pub(crate) async fn sign_in(&self, server: &Server, name: &str) -> Client {
        let token = challenge(server, name).await;
        let answer = reply(server, &token, "totp", &self.code(server)).await.expect(200);
        server.anonymous().with_bearer(answer.text_at("/access_token"))
    }
}

/// A user with an authenticator app.
pub(crate) async fn user_with_app(server: &Server, name: &str) -> (Client, App) {
    let client = server.user(name, &[]).await;
    let app = App::enrol(server, &client).await;
    (client, app)
}

/// The token of the challenge that follows the password.
pub(crate) async fn challenge(server: &Server, name: &str) -> String {
    let answer = try_login(server, name, PASSWORD).await.expect(200);
    assert!(answer.body["access_token"].is_null(), "{}", answer.body);
    answer.text_at("/challenge/token").to_owned()
}

/// Answers a challenge.
pub(crate) async fn reply(server: &Server, token: &str, kind: &str, code: &str) -> Answer {
    let input = json!({"type": kind, "authentication_id": token, "secret": code});
    server.anonymous().post("/auth/login", input).await
}

/// A code that is not the one of this moment, nor of those around it.
pub(crate) fn wrong_code(server: &Server, app: &App) -> String {
    let good: Vec<String> = [-30, 0, 30]
        .map(|seconds| {
            testkit::totp(&app.key, server.clock.now() + jiff::SignedDuration::from_secs(seconds))
        })
        .to_vec();
    let wrong = ["000000", "111111", "222222", "333333"].into_iter();
    wrong.map(str::to_owned).find(|code| !good.contains(code)).unwrap()
}

/// Lets no lock by failures get in the way of what is tried.
pub(crate) const PATIENT: [(&str, &str); 1] = [("lockout.max_attempts", "1000")];

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// That a sign-in is refused as too old, or by too little.
#[track_caller]
fn too_old(answer: Answer) {
    let answer = answer.expect(403);
    assert_eq!(answer.text_at("/type"), "/problems/sign-in-too-old");
}

pub(crate) async fn events(server: &Server) -> String {
    server.operator().get("/api/v1/audit/events?limit=500").await.expect(200).body_text()
}
