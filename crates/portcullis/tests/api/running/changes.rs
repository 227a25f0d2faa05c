use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::change_log;
use testkit::{Backend, Client, on_both};

use crate::harness::{PASSWORD, Server};

/// A stream of events that is being read.
struct Events {
    answer: reqwest::Response,
    text: String,
}

/// One event.
#[derive(Debug)]
struct Event {
    name: String,
    id: Option<u64>,
    data: Value,
}

impl Events {
    async fn open(base: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = reqwest::Client::new().get(format!("{base}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Self { answer, text: String::new() }
    }

    /// The next event; none: the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let fields: BTreeMap<_, _> =
                    block.lines().filter_map(|line| line.split_once(": ")).collect();
                let event = fields.get("event").map(|name| Event {
                    name: (*name).to_owned(),
                    id: fields.get("id").map(|id| id.parse().unwrap()),
                    data: serde_json::from_str(fields["data"]).unwrap(),
                });
                self.text = rest.to_owned();
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let limit = std::time::Duration::from_secs(30);
            let chunk = tokio::time::timeout(limit, self.answer.chunk()).await.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    /// The whole of the next revision.
    async fn revision(&mut self) -> (u64, Vec<Value>) {
        let mut changes = Vec::new();
        loop {
            let event = self.next().await.unwrap();
            assert_eq!(event.name, "change", "{event:?}");
            changes.extend(event.data["changes"].as_array().unwrap().iter().cloned());
            assert_eq!(event.id.is_none(), event.data["more"] == json!(true), "{event:?}");
            if let Some(id) = event.id {
                assert_eq!(event.data["revision"], json!(id));
                return (id, changes);
            }
        }
    }
}

fn kinds(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| change["change"].as_str().unwrap()).collect()
}

async fn add(client: &Client, name: &str) -> (String, u64) {
    let made = client
        .post("/api/v1/applications", json!({"name": name, "realm": "main"}))
        .await
        .expect(201);
    let revision = made.header("portcullis-revision").unwrap().parse().unwrap();
    (made.text_at("/id").to_owned(), revision)
}

on_both! {
    async fn what_happens_is_told_and_can_be_told_again(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let mut events = Events::open(&server.operator_base, "/api/v1/changes", &[]).await;
        let (acme, first) = add(&operator, "acme").await;
        let (_, second) = add(&operator, "other").await;
        let (revision, changes) = events.revision().await;
        assert_eq!(revision, first);
        let saved = changes.iter().find(|change| change["change"] == "node_saved").unwrap();
        assert_eq!(saved["node"], json!(acme));
        assert!(kinds(&changes).contains(&"labels"), "{changes:?}");
        assert_eq!(events.revision().await.0, second);

        // From a revision on, by either way to say it.
        let mut again = Events::open(&server.operator_base, &format!("/api/v1/changes?after={}", first - 1), &[]).await;
        assert_eq!(again.revision().await, (first, changes.clone()));
        let last = (first - 1).to_string();
        let mut again = Events::open(&server.operator_base, "/api/v1/changes?after=0", &[("last-event-id", &last)]).await;
        assert_eq!(again.revision().await, (first, changes));
        let mut all = Events::open(&server.operator_base, "/api/v1/changes?after=0", &[]).await;
        for expected in 1..=second {
            assert_eq!(all.revision().await.0, expected);
        }
        let text = all.text.clone();
        assert!(!text.contains("argon2"), "{text}");
    }

    async fn it_is_for_those_who_may_and_as_long_as_they_may(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        server.anonymous().get("/api/v1/changes").await.expect(401);
        let viewer = server.user("vera", &["viewer"]).await;
        viewer.get("/api/v1/changes").await.expect(403);
        viewer.get("/api/v1/changes/labels").await.expect(403);

        operator.post("/api/v1/roles", json!({"name": "Mirror", "rules": ["changes:read"]})).await.expect(201);
        server.user("mira", &["Mirror"]).await;
        let login = json!({"type": "password", "authentication_id": "mira", "secret": PASSWORD});
        let login = server.anonymous().post("/auth/login", login).await.expect(200);
        let bearer = format!("Bearer {}", login.text_at("/access_token"));
        let signed_in = [("authorization", bearer.as_str())];
        let mut one = Events::open(&server.base, "/api/v1/changes", &signed_in).await;
        let (_, revision) = add(&operator, "acme").await;
        assert_eq!(one.revision().await.0, revision);

        operator.delete("/api/v1/realms/main/users/mira/sessions").await.expect(204);
        let last = one.next().await.unwrap();
        assert_eq!((last.name.as_str(), &last.data["reason"]), ("end", &json!("not_permitted")));
        assert!(one.next().await.is_none());

        // And when the right goes.
        let login = json!({"type": "password", "authentication_id": "mira", "secret": PASSWORD});
        let login = server.anonymous().post("/auth/login", login).await.expect(200);
        let bearer = format!("Bearer {}", login.text_at("/access_token"));
        let mut two = Events::open(&server.base, "/api/v1/changes", &[("authorization", &bearer)]).await;
        operator.post("/api/v1/realms/main/users/mira/disable", Value::Null).await.expect(200);
        assert_eq!(two.next().await.unwrap().data["reason"], json!("not_permitted"));
        assert!(two.next().await.is_none());
    }

    async fn what_the_log_has_not_is_gone(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.get("/api/v1/changes?after=1000000").await.expect(410);
        operator.get("/api/v1/changes?after=x").await.expect(400);
        operator.get("/api/v1/changes?before=1").await.expect(400);
        operator.with_header("last-event-id", "x").get("/api/v1/changes").await.expect(400);
        let (_, first) = add(&operator, "one").await;
        server.advance(8 * 24 * 3600);
        let (_, second) = add(&operator, "two").await;
        portcullis::changes::prune::run(server.app.system()).await.unwrap();
        let oldest = change_log::oldest(&server.app.system().database().single()).await.unwrap();
        assert_eq!(oldest.unwrap().0, second);
        operator.get("/api/v1/changes?after=0").await.expect(410);
        operator.get(&format!("/api/v1/changes?after={}", first - 1)).await.expect(410);
        let mut events = Events::open(&server.operator_base, &format!("/api/v1/changes?after={first}"), &[]).await;
        assert_eq!(events.revision().await.0, second);
        // Nothing else needs the old entries.
        add(&operator, "three").await;
        operator.get("/api/v1/nodes").await.expect(200);
    }

    async fn a_stop_ends_the_streams(backend: Backend) {
        let server = Server::start(backend).await;
        let mut events = Events::open(&server.operator_base, "/api/v1/changes", &[]).await;
        server.app.stop_streams();
        assert_eq!(events.next().await.unwrap().data["reason"], json!("again"));
        assert!(events.next().await.is_none());
    }

    async fn there_are_only_so_many(backend: Backend) {
        let server = Server::start(backend).await;
        let mut open = Vec::new();
        for _ in 0..64 {
            open.push(Events::open(&server.operator_base, "/api/v1/changes", &[]).await);
        }
        server.operator().get("/api/v1/changes").await.expect(503);
        drop(open.pop());
        for _ in 0..500 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let answer = reqwest::get(format!("{}/api/v1/changes", server.operator_base)).await.unwrap();
            if answer.status() == 200 {
                return;
            }
        }
        unreachable!("the place of a client that has gone stays taken");
    }

    /// As docs/guide/changes.md tells it: pages of labels, and the feed from the first page's revision on.
    async fn a_mirror_is_copied_and_kept(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        add(&operator, "acme").await;
        let nodes = (0..40).map(|n| json!({"path": format!("/acme/{n}"), "kind": "company"}));
        let nodes: Vec<_> = nodes.collect();
        operator.post("/api/v1/world", json!({"nodes": nodes})).await.expect(200);
        let mut mirror = BTreeMap::new();
        let (mut after, mut since) = (String::new(), None);
        for page in 0.. {
            let answer = operator.get(&format!("/api/v1/changes/labels?limit=10{after}")).await.expect(200);
            since = since.or(answer.body["revision"].as_u64());
            for item in answer.body["items"].as_array().unwrap() {
                mirror.insert(item["node"].to_string(), item["label"].as_i64().unwrap());
            }
            // Between two pages the tree changes: something comes, moves, goes.
            let made = json!({"parent": "/acme", "kind": "company", "name": format!("new{page}")});
            operator.post("/api/v1/nodes", made).await.expect(201);
            operator.post(&format!("/api/v1/nodes/%2Facme%2F{page}/move"), json!({"parent": format!("/acme/{}", page + 20)})).await.expect(200);
            operator.delete(&format!("/api/v1/nodes/%2Facme%2F{}", 39 - page)).await.expect(204);
            if answer.body["more"] == json!(false) {
                break;
            }
            after = format!("&after={}", answer.body["items"][9]["node"].as_str().unwrap());
        }
        let head = server.app.system().state().revision.0;
        let mut events = Events::open(&server.operator_base, &format!("/api/v1/changes?after={}", since.unwrap()), &[]).await;
        loop {
            let (revision, changes) = events.revision().await;
            for change in changes {
                if change["change"] == "node_deleted" {
                    mirror.remove(&change["node"].to_string());
                }
                for label in change["labels"].as_array().into_iter().flatten() {
                    mirror.insert(label["node"].to_string(), label["label"].as_i64().unwrap());
                }
            }
            if revision == head {
                break;
            }
        }
        let all = operator.get("/api/v1/changes/labels?limit=10000").await.expect(200);
        let all: BTreeMap<_, _> = all.body["items"].as_array().unwrap().iter()
            .map(|item| (item["node"].to_string(), item["label"].as_i64().unwrap())).collect();
        assert_eq!(mirror, all);
        operator.get("/api/v1/changes/labels?limit=0").await.expect(422);
        operator.get("/api/v1/changes/labels?limit=10001").await.expect(422);
    }
}
