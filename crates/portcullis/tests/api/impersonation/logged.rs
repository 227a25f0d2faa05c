//! The log of the program itself tells who acts in whose place.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Client, Running};

use crate::harness::PASSWORD;

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_line_of_a_request_says_who_acts() {
    let directory = testkit::directory();
    let data = directory.path().display().to_string();
    let variables = [
        ("PORTCULLIS_DATA", data.as_str()),
        ("PORTCULLIS_BIND", "127.0.0.1:0"),
        ("PORTCULLIS_LOG_FORMAT", "json"),
        ("INIT_ROOT_USERNAME", "root"),
        ("INIT_ROOT_PASSWORD", PASSWORD),
    ];
    let mut server = Running::start(env!("CARGO_BIN_EXE_portcullis"), &["serve"], &variables);
    let line: Value = serde_json::from_str(&server.wait_for_line("\"bound\"", LIMIT)).unwrap();
    let address = line.pointer("/fields/bound").and_then(Value::as_str).unwrap();
    let nobody = Client::new(&format!("http://{address}"));
    let input = json!({"type": "password", "authentication_id": "root", "secret": PASSWORD});
    let root = nobody.post("/auth/login", input).await.expect(200);
    let root = nobody.with_bearer(root.text_at("/access_token"));
    let users = "/api/v1/realms/main/users";
    let jane = root.post(users, json!({"username": "jane"})).await.expect(201);
    let begun = root.post(&format!("{users}/jane/impersonate"), json!({})).await.expect(200);
    nobody.with_bearer(begun.text_at("/access_token")).get("/auth/sessions").await.expect(200);
    let line = server.wait_for_line("\"impersonator\"", LIMIT);
    let line: Value = serde_json::from_str(&line).unwrap();
    let root = root.get(&format!("{users}/root")).await.expect(200);
    assert_eq!(line["target"], "portcullis::request");
    assert_eq!(line["fields"]["path"], "/auth/sessions");
    assert_eq!(line["span"]["user"], jane.body["id"], "{line}");
    assert_eq!(line["span"]["impersonator"], root.body["id"], "{line}");
    assert_eq!(server.stop().code(), Some(0), "{}", server.errors());
}
