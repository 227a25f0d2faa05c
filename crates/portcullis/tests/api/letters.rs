//! A server with a mail server beside it, and the letters that it sends.

use std::time::Duration;

use serde_json::json;
use testkit::{Answer, Backend, MailServer};

use crate::harness::{PASSWORD, Server};

/// The public address of these servers.
pub const ADDRESS: &str = "https://id.example.com";

/// The settings of mail.
pub fn settings(port: &str) -> [(&str, &str); 5] {
    [
        ("mail.host", "127.0.0.1"),
        ("mail.port", port),
        ("mail.tls", "none"),
        ("mail.from", "Portcullis <id@example.com>"),
        ("public_address", ADDRESS),
    ]
}

/// A server with a mail server.
pub async fn start(backend: Backend) -> (Server, MailServer) {
    let mail = MailServer::start().await;
    let server = Server::with_settings(backend, &settings(&mail.port.to_string())).await;
    (server, mail)
}

/// Two servers on one PostgreSQL database, and a mail server.
pub async fn start_two() -> (Server, Server, MailServer) {
    let mail = MailServer::start().await;
    let port = mail.port.to_string();
    // The address is said by the harness.
    let more = &settings(&port)[..4];
    let database = testkit::database().await;
    let one = Server::beside(&database.url, more).await;
    let mut other = Server::beside(&database.url, more).await;
    other.keep(database);
    (one, other, mail)
}

/// A user of `main` with this address, which is verified or not.
pub async fn make(server: &Server, name: &str, address: &str, verified: bool) {
    let user = json!({"username": name, "email": address, "email_verified": verified,
        "password": PASSWORD});
    server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
}

/// Sends what is due, and tells the letters that came with it.
pub async fn sent(server: &Server, mail: &MailServer) -> Vec<String> {
    let before = mail.letters().len();
    mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap();
    mail.letters().split_off(before)
}

/// The letter to this address.
pub fn to<'a>(letters: &'a [String], address: &str) -> &'a str {
    let line = format!("To: {address}\n");
    letters.iter().find(|letter| letter.contains(&line)).unwrap()
}

/// The secret of the link in a letter, which leads to this path of the public address.
pub fn secret(letter: &str, path: &str) -> String {
    let (before, rest) = letter.split_once(&format!("{path}#")).unwrap();
    let host = before.rsplit("\n").next().unwrap();
    assert!(host == ADDRESS || host == "http://portcullis.test", "{host}");
    rest.split_whitespace().next().unwrap().to_owned()
}

/// The events of the audit log, as text.
pub async fn events(server: &Server) -> String {
    server.operator().get("/api/v1/audit/events?limit=500").await.expect(200).body_text()
}

/// Waits until an event of this name is in the audit log: for what is done behind an answer.
pub async fn wait_for(server: &Server, action: &str, times: usize) {
    for _ in 0..500 {
        let path = format!("/api/v1/audit/events?limit=500&action={action}");
        let found = server.operator().get(&path).await.expect(200);
        if found.body["items"].as_array().unwrap().len() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("nothing like {action} was done {times} times");
}

/// Uses a link that went to an e-mail address.
pub async fn confirm(server: &Server, secret: &str) -> Answer {
    server.anonymous().post("/auth/email/confirm", json!({"token": secret})).await
}
