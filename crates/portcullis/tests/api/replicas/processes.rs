use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use testkit::{Client, Running, TestDatabase};

use super::soon;

const LIMIT: Duration = Duration::from_secs(60);
const KEY: &str = "a2V5IG9mIHRoZSB0ZXN0cyB3aXRoIHR3byBwcm9jZXNzZXM=";
const PASSWORD: &str = "correct horse battery";

/// `portcullis` with these arguments on this database.
fn program(database: &TestDatabase, directory: &TempDir, arguments: &[&str]) -> Running {
    let data = directory.path().display().to_string();
    let variables = [
        ("PORTCULLIS_DATABASE", database.url.as_str()),
        ("PORTCULLIS_DATA", &data),
        ("PORTCULLIS_BIND", "127.0.0.1:0"),
        ("PORTCULLIS_PUBLIC_ADDRESS", "https://id.example.com"),
        ("APP_KEY", KEY),
        ("INIT_ROOT_USERNAME", "root"),
        ("INIT_ROOT_PASSWORD", PASSWORD),
        ("PORTCULLIS_LOG_FORMAT", "json"),
    ];
    Running::start(env!("CARGO_BIN_EXE_portcullis"), arguments, &variables)
}

/// Where it listens: the control socket tells nobody, so the log has to.
fn base(server: &mut Running) -> String {
    let line = server.wait_for_line("\"bound\"", LIMIT);
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    format!("http://{}", line.pointer("/fields/bound").and_then(|bound| bound.as_str()).unwrap())
}

async fn sign_in(base: &str) -> Client {
    let input = json!({"type": "password", "authentication_id": "root", "secret": PASSWORD});
    let answer = Client::new(base).post("/auth/login", input).await.expect(200);
    Client::new(base).with_bearer(answer.text_at("/access_token"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_is_killed_and_the_other_goes_on() {
    let database = testkit::database().await;
    let places = [testkit::directory(), testkit::directory()];
    let mut servers = places.each_ref().map(|place| program(&database, place, &["serve"]));
    let bases = servers.each_mut().map(base);
    let root = sign_in(&bases[0]).await;
    let made = root.post("/api/v1/applications", json!({"name": "acme", "realm": "main"}));
    let revision = made.await.expect(201).header("portcullis-revision").unwrap().to_owned();
    servers[0].kill_hard();
    let other = sign_in(&bases[1]).await.with_header("Portcullis-Revision", &revision);
    other.get("/api/v1/nodes/%2Facme").await.expect(200);
    other
        .post("/api/v1/nodes", json!({"parent": "/acme", "kind": "company", "name": "b"}))
        .await
        .expect(201);

    // A command without a server of its own writes to the database, and the server follows.
    let apart = testkit::directory();
    let mut command = program(&database, &apart, &["user", "create", "ann@main", "--no-password"]);
    assert_eq!(command.wait().code(), Some(0), "{}", command.errors());
    let found = async || other.get("/api/v1/realms/main/users/ann").await.status == 200;
    soon("the user", found).await;
    assert_eq!(servers[1].stop().code(), Some(0), "{}", servers[1].errors());
}
