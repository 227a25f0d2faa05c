//! Passkeys, made and shown by a real browser with a virtual authenticator.

mod again;
mod forged;
mod making;
mod passwordless;
mod second_factor;

use serde_json::{Value, json};
use testkit::{Answer, Backend, Browser, Client};

use crate::harness::{AT_LOCALHOST, PASSWORD, Server};

const CREATE: &str = include_str!("create.js");
const GET: &str = include_str!("get.js");
const FORGE: &str = include_str!("forge.js");

/// Lets no lock by failures get in the way of what is tried.
pub(crate) const PATIENT: [(&str, &str); 2] = [AT_LOCALHOST, ("lockout.max_attempts", "1000")];

/// A machine with a browser and an authenticator in it, looking at a page of the server.
pub(crate) struct Machine {
    pub browser: Browser,
    authenticator: String,
}

impl Machine {
    /// One whose authenticator verifies its user, or has no way to.
    pub(crate) async fn at(server: &Server, verifies: bool) -> Self {
        let mut browser = Browser::start().await;
        browser.open(&page(server)).await;
        let authenticator = browser.add_authenticator(verifies).await;
        Self { browser, authenticator }
    }

    /// Another authenticator in the place of the one before.
    pub(crate) async fn another(&mut self, verifies: bool) {
        let input = json!({"authenticatorId": self.authenticator});
        self.browser.call("WebAuthn.removeVirtualAuthenticator", input).await;
        self.authenticator = self.browser.add_authenticator(verifies).await;
    }

    /// Whether the user is the right one, from now on.
    pub(crate) async fn verifies(&mut self, is_user: bool) {
        let input = json!({"authenticatorId": self.authenticator, "isUserVerified": is_user});
        self.browser.call("WebAuthn.setUserVerified", input).await;
    }

    /// What the browser answers when it is asked to make a passkey.
    pub(crate) async fn create(&mut self, options: &Value) -> Result<String, String> {
        self.ask(CREATE, options).await
    }

    /// What the browser answers when it is asked for one.
    pub(crate) async fn get(&mut self, options: &Value) -> Result<String, String> {
        self.ask(GET, options).await
    }

    /// Makes a passkey that counts, for whoever this is.
    pub(crate) async fn enrol(&mut self, client: &Client, name: &str) -> Answer {
        let input = json!({"type": "passkey", "name": name});
        let made = client.post("/auth/factors", input).await.expect(201);
        let code = self.create(&made.body["public_key"]).await.unwrap();
        confirm(client, made.text_at("/id"), &code).await.expect(200)
    }

    /// The passkeys in it, with their private keys.
    pub(crate) async fn passkeys(&mut self) -> Vec<Value> {
        let input = json!({"authenticatorId": self.authenticator});
        let found = self.browser.call("WebAuthn.getCredentials", input).await;
        found["credentials"].as_array().unwrap().clone()
    }

    /// Puts a passkey in the place of the one with its id.
    pub(crate) async fn put(&mut self, passkey: &Value) {
        let input =
            json!({"authenticatorId": self.authenticator, "credentialId": passkey["credentialId"]});
        self.browser.call("WebAuthn.removeCredential", input).await;
        let input = json!({"authenticatorId": self.authenticator, "credential": passkey});
        self.browser.call("WebAuthn.addCredential", input).await;
    }

    /// What an authenticator would answer that lies as it is told, with the key of a passkey.
    pub(crate) async fn forge(&mut self, lie: &Value) -> String {
        self.ask(FORGE, lie).await.unwrap()
    }

    async fn ask(&mut self, script: &str, input: &Value) -> Result<String, String> {
        let answer = self.browser.run(&format!("const input = {input};\n{script}")).await?;
        Ok(answer.as_str().unwrap().to_owned())
    }
}

/// A page of the server, as the browser finds it.
pub(crate) fn page(server: &Server) -> String {
    format!("{}/livez", server.base.replace("127.0.0.1", "localhost"))
}

/// A server that has passkeys; jane, signed in, and her machine with one.
pub(crate) async fn start(backend: Backend) -> (Server, Client, Machine) {
    start_with(backend, &PATIENT).await
}

pub(crate) async fn start_with(
    backend: Backend,
    settings: &[(&str, &str)],
) -> (Server, Client, Machine) {
    let server = Server::with_settings(backend, settings).await;
    let jane = server.user("jane", &[]).await;
    let mut machine = Machine::at(&server, true).await;
    machine.enrol(&jane, "laptop").await;
    (server, jane, machine)
}

/// Confirms a factor.
pub(crate) async fn confirm(client: &Client, id: &str, code: &str) -> Answer {
    client.post(&format!("/auth/factors/{id}/confirm"), json!({"code": code})).await
}

/// What is asked after the password.
pub(crate) async fn after_password(server: &Server, name: &str) -> (String, Value) {
    let asked = super::try_login(server, name, PASSWORD).await.expect(200);
    assert_eq!(asked.text_at("/challenge/type"), "passkey");
    let options = asked.body["challenge"]["options"]["public_key"].clone();
    (asked.text_at("/challenge/token").to_owned(), options)
}

/// What is asked of whoever gives no name.
pub(crate) async fn without_name(server: &Server) -> (String, Value) {
    let begun = server.anonymous().post("/auth/passkey", Value::Null).await.expect(200);
    (begun.text_at("/token").to_owned(), begun.body["public_key"].clone())
}

/// Shows an assertion.
pub(crate) async fn show(server: &Server, token: &str, assertion: &str) -> Answer {
    let input = json!({"type": "passkey", "authentication_id": token, "secret": assertion});
    server.anonymous().post("/auth/login", input).await
}

/// Signs in by passkey alone, with what there is in the machine.
pub(crate) async fn sign_in(server: &Server, machine: &mut Machine) -> Answer {
    let (token, options) = without_name(server).await;
    let assertion = machine.get(&options).await.unwrap();
    show(server, &token, &assertion).await
}
