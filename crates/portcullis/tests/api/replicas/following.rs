use http::Method;
use kernel::Revision;
use serde_json::{Value, json};
use testkit::Client;

use super::{Pair, number, run, soon};
use crate::harness::Server;

/// The address of one server with the credential of another's client.
fn at(server: &Server, token: &str) -> Client {
    Client::new(&server.base).with_bearer(token)
}

async fn token(server: &Server, username: &str) -> (String, String) {
    let input = json!({"type": "password", "authentication_id": username, "secret": crate::harness::PASSWORD});
    let answer = server.anonymous().post("/auth/login", input).await.expect(200);
    (answer.text_at("/access_token").to_owned(), answer.text_at("/session_id").to_owned())
}

async fn decides(server: &Server, user: &str, node: &str) -> String {
    let question = json!({"permission": "read", "node": node, "principal": {"type": "user", "realm": "main", "name": user}});
    let answer = server.operator().post("/api/v1/access/decide", question).await.expect(200);
    answer.text_at("/decision").to_owned()
}

/// Made on the one, allowed on the other; taken on the one, denied on the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_right_that_goes_goes_on_both() {
    let pair = Pair::start().await;
    let operator = pair.a.operator();
    operator.post("/api/v1/world", world()).await.expect(200);
    let way = |from: &str| format!("/api/v1/nodes/{}", from.replace('/', "%2F"));
    let assignment =
        operator.get("/api/v1/assignments?subject=%2Fmain%2Fassigned").await.expect(200);
    let assignment = assignment.text_at("/items/0/id").to_owned();
    let changes: [(&str, &str, Method, String, Value); 6] = [
        (
            "assigned",
            "/acme/a",
            Method::DELETE,
            format!("/api/v1/assignments/{assignment}"),
            Value::Null,
        ),
        (
            "member",
            "/acme/b",
            Method::DELETE,
            "/api/v1/groups/%2Facme%2Freaders/members/%2Fmain%2Fmember".into(),
            Value::Null,
        ),
        (
            "mover",
            "/acme/c/leaf",
            Method::POST,
            format!("{}/move", way("/acme/c/leaf")),
            json!({"parent": "/acme/d"}),
        ),
        (
            "linked",
            "/acme/f",
            Method::DELETE,
            format!("{}/connections/%2Facme%2Ff", way("/acme/e")),
            Value::Null,
        ),
        (
            "denied",
            "/acme/g",
            Method::POST,
            "/api/v1/assignments".into(),
            json!({"subject": "/main/denied", "role": "Never@/acme", "node": "/acme/g"}),
        ),
        (
            "disabled",
            "/acme/h",
            Method::POST,
            "/api/v1/realms/main/users/disabled/disable".into(),
            Value::Null,
        ),
    ];
    for (user, node, method, path, body) in changes {
        soon(user, async || decides(&pair.b, user, node).await == "allow").await;
        let body = (!body.is_null()).then_some(body);
        let answer = operator.send(method, &path, body).await;
        assert!(answer.status.is_success(), "{user}: {answer:?}");
        // A node that was moved has another path.
        let node = if user == "mover" { "/acme/d/leaf" } else { node };
        soon(user, async || decides(&pair.b, user, node).await == "deny").await;
    }
}

fn world() -> Value {
    let user = |name: &str| {
        let groups = if name == "member" { json!(["readers@/acme"]) } else { json!([]) };
        json!({"realm": "main", "username": name, "groups": groups})
    };
    let names = ["assigned", "member", "mover", "linked", "denied", "disabled"];
    let mut nodes = vec![json!({"path": "/acme", "kind": "application"})];
    for name in ["a", "b", "c", "c/leaf", "d", "e", "f", "g", "h"] {
        nodes.push(json!({"path": format!("/acme/{name}"), "kind": "company"}));
    }
    let given = |user: &str, node: &str| json!({"user": format!("{user}@main"), "role": "viewer", "node": node});
    json!({
        "users": names.map(user), "nodes": nodes,
        "connections": [{"from": "/acme/e", "to": "/acme/f"}],
        "roles": [{"name": "Never", "owner": "/acme", "rules": ["!read"]}],
        "groups": [{"name": "readers", "owner": "/acme"}],
        "assignments": [
            given("assigned", "/acme/a"), {"group": "readers@/acme", "role": "viewer", "node": "/acme/b"},
            given("mover", "/acme/c"), given("linked", "/acme/e"), given("denied", "/acme/g"),
            given("disabled", "/acme/h"),
        ],
    })
}

/// A property that nobody read is in no memory; the other server reads it when a rule does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_conditions_begin_to_read_is_read_on_both() {
    let pair = Pair::start().await;
    let operator = pair.a.operator();
    let world = json!({
        "users": [{"realm": "main", "username": "ann"}],
        "nodes": [
            {"path": "/acme", "kind": "application"},
            {"path": "/acme/a", "kind": "company", "properties": {"status": "open"}},
        ],
        "roles": [{"name": "R", "owner": "/acme"}],
        "assignments": [{"user": "ann@main", "role": "R@/acme", "node": "/acme"}],
    });
    operator.post("/api/v1/world", world).await.expect(200);
    let rules = async |rules: Value| {
        operator.put("/api/v1/roles/R@%2Facme", json!({"rules": rules})).await.expect(200);
    };
    let status = async |status: &str| {
        let place = "/api/v1/nodes/%2Facme%2Fa/properties";
        operator.put(place, json!({"status": status})).await.expect(200);
    };
    for round in 0..5 {
        rules(json!([{"allow": "read", "when": "resource.status == 'open'"}])).await;
        soon("the rule", async || decides(&pair.b, "ann", "/acme/a").await == "allow").await;
        status("shut").await;
        soon("the end", async || decides(&pair.b, "ann", "/acme/a").await == "deny").await;
        rules(json!([])).await;
        status("open").await;
        assert_eq!(decides(&pair.a, "ann", "/acme/a").await, "deny", "round {round}");
    }
    // The other way round: what the other server writes.
    let rule = json!({"rules": [{"allow": "read", "when": "resource.status == 'open'"}]});
    pair.b.operator().put("/api/v1/roles/R@%2Facme", rule).await.expect(200);
    soon("the rule", async || decides(&pair.a, "ann", "/acme/a").await == "allow").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_keys_and_settings_are_followed() {
    let pair = Pair::start().await;
    pair.a.user("ann", &["viewer"]).await;
    let (bearer, session) = token(&pair.a, "ann").await;
    // Made there, good here.
    soon("the user", async || at(&pair.b, &bearer).get("/auth/me").await.status == 200).await;
    at(&pair.a, &bearer).delete(&format!("/auth/sessions/{session}")).await;
    soon("the end", async || at(&pair.b, &bearer).get("/auth/me").await.status == 401).await;

    let ann = at(&pair.a, &token(&pair.a, "ann").await.0);
    let made =
        ann.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
    let key = Client::new(&pair.b.base).with_api_key(made.text_at("/key"));
    soon("the key", async || key.get("/status").await.status == 200).await;
    ann.delete(&format!("/api/v1/api-keys/{}", made.text_at("/id"))).await.expect(204);
    soon("its end", async || key.get("/status").await.status == 401).await;

    pair.a.operator().put("/api/v1/settings/session", json!({"idle_minutes": 7})).await.expect(200);
    soon("the setting", async || {
        let seen = pair.b.operator().get("/api/v1/settings/session").await.expect(200);
        seen.body.to_string().contains("\"value\":\"7\"")
    })
    .await;
}

/// No waiting here: who says what he has seen is not answered from before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_revision_of_a_write_is_seen_at_once() {
    let pair = Pair::start().await;
    let (writer, other) = (pair.a.operator(), &pair.b);
    let mut names = Vec::new();
    for number in 0..20 {
        let name = format!("n{number}");
        let made = writer
            .post("/api/v1/applications", json!({"name": name, "realm": "main"}))
            .await
            .expect(201);
        let revision = made.header("portcullis-revision").unwrap().to_owned();
        let reader = other.operator().with_header("Portcullis-Revision", &revision);
        reader.get(&format!("/api/v1/nodes/%2F{name}")).await.expect(200);
        let question = json!({"permission": "read", "node": format!("/{name}"), "principal": {"type": "user", "realm": "main", "name": "root"}});
        let answer = reader.post("/api/v1/access/decide", question).await.expect(200);
        assert_eq!(answer.text_at("/decision"), "allow");
        let seen = answer.body.pointer("/revision").and_then(Value::as_u64).unwrap();
        assert!(seen >= revision.parse().unwrap());
        names.push(name);
    }
    // So is a key that the revision made, and its end.
    let key = pair.a.root().await;
    let key = key.post("/api/v1/api-keys", json!({"name": "k", "role": "admin"})).await.expect(201);
    let revision = key.header("portcullis-revision").unwrap();
    let with_key = Client::new(&other.base).with_api_key(key.text_at("/key"));
    with_key.with_header("Portcullis-Revision", revision).get("/auth/me").await.expect(200);
    let ended = writer.delete(&format!("/api/v1/api-keys/{}", key.text_at("/id"))).await;
    let revision = ended.header("portcullis-revision").unwrap().to_owned();
    with_key.with_header("Portcullis-Revision", &revision).get("/auth/me").await.expect(401);

    let future = other.operator().with_header("Portcullis-Revision", "1000000");
    let answer = future.get("/api/v1/nodes").await.expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(names.len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_write_at_once_and_the_history_is_one() {
    let pair = Pair::start().await;
    let write = async |server: &Server, letter: &str| {
        for number in 0..25 {
            let input = json!({"name": format!("{letter}{number}"), "realm": "main"});
            server.operator().post("/api/v1/applications", input).await.expect(201);
        }
    };
    tokio::join!(
        write(&pair.a, "a"),
        write(&pair.b, "b"),
        write(&pair.a, "c"),
        write(&pair.b, "d")
    );
    let head = number(&pair.a, "SELECT revision FROM head").await;
    assert_eq!(number(&pair.a, "SELECT COUNT(*) FROM change_log").await, head);
    assert_eq!(number(&pair.a, "SELECT MAX(revision) FROM change_log").await, head);
    let head = Revision(head.unsigned_abs());
    for server in [&pair.a, &pair.b] {
        soon("the last", async || server.app.system().state().revision == head).await;
        let verified = server.operator().get("/api/v1/audit/verify").await.expect(200);
        assert_eq!(verified.body["valid"], json!(true), "{}", verified.body_text());
    }
    let engines = [&pair.a, &pair.b].map(|server| server.app.system().state());
    assert_eq!(format!("{:?}", engines[0].settings), format!("{:?}", engines[1].settings));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_release_wrote_stops_a_server() {
    let mut pair = Pair::start().await;
    let sql = "WITH next AS (UPDATE head SET revision = revision + 1 RETURNING revision)
        INSERT INTO change_log (revision, at, changes) SELECT revision, 5, '[{\"of\":\"dreams\",\"is\":1}]' FROM next";
    run(&pair.a, sql).await;
    let why = pair.b.following.take().unwrap().await.unwrap();
    assert!(why.contains("a newer release may have written it"), "{why}");
    let answer = pair.b.operator().get("/api/v1/nodes").await.expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    pair.b.anonymous().get("/readyz").await.expect(503);
    pair.b.anonymous().get("/livez").await.expect(200);
}

/// A standby that lacked the last commits took over: the same number names another commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_history_stops_a_server() {
    let mut pair = Pair::start().await;
    run(&pair.a, "UPDATE change_log SET at = at + 1 WHERE revision = (SELECT revision FROM head)")
        .await;
    let why = pair.b.following.take().unwrap().await.unwrap();
    assert!(why.contains("the database was replaced"), "{why}");
    pair.b.anonymous().get("/readyz").await.expect(503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_copy_stops_a_server() {
    let mut pair = Pair::start().await;
    let sql = "WITH gone AS (DELETE FROM change_log WHERE revision = (SELECT revision FROM head))
        UPDATE head SET revision = revision - 1";
    run(&pair.a, sql).await;
    let why = pair.b.following.take().unwrap().await.unwrap();
    assert!(why.contains("older than"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_schema_stops_a_server_that_missed_it() {
    let mut pair = Pair::start().await;
    run(&pair.a, "UPDATE head SET epoch = epoch + 1").await;
    let why = pair.b.following.take().unwrap().await.unwrap();
    assert!(why.contains("start the server anew"), "{why}");
}
