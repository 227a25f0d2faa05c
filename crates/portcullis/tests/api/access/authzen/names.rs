use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{EVALUATION, Pep, question};

/// Users of two realms, and records that are called in many ways.
fn world() -> Value {
    json!({
        "realms": [{"name": "staff"}],
        "users": [
            {"realm": "main", "username": "alice"},
            {"realm": "staff", "username": "alice"},
            {"realm": "main", "username": "carl@example.com"},
            {"realm": "main", "username": "dora@staff"},
        ],
        "nodes": [
            {"path": "/a", "kind": "company"},
            {"path": "/a/one", "kind": "record", "external_ids": {"record": "R-1", "invoice": "2026/7"}},
            {"path": "/a/two", "kind": "record", "external_ids": {"record": "11111111-2222-4333-8444-555555555555"}},
            {"path": "/a/twin", "kind": "record"},
            {"path": "/b", "kind": "company"},
            {"path": "/b/twin", "kind": "record"},
            {"path": "/b/only", "kind": "record", "external_ids": {"record": "one"}},
        ],
        "roles": [{"name": "Reader", "rules": ["read"]}],
        "assignments": [
            {"user": "alice@main", "role": "Reader"},
            {"user": "carl@example.com@main", "role": "Reader"},
        ],
    })
}

async fn id_at(pep: &Pep, path: &str) -> String {
    let answer = pep
        .cast
        .operator
        .get(&format!("/api/v1/nodes/{}", crate::access::cast::encoded(path)))
        .await
        .expect(200);
    answer.text_at("/id").to_owned()
}

on_both! {
    async fn a_user_has_several_names(backend: Backend) {
        let pep = Pep::start(backend, world()).await;
        let id = id_at(&pep, "/main/alice").await;
        for (name, expected) in [
            ("alice", true),
            ("alice@main", true),
            ("/main/alice", true),
            (id.as_str(), true),
            // The one of the other realm may nothing.
            ("alice@staff", false),
            // There is no realm of this name: it is part of the user's.
            ("carl@example.com", true),
            ("carl@example.com@main", true),
            ("carl", false),
            ("@alice", false),
            ("alice@", false),
            ("/main", false),
        ] {
            assert!(!pep.may(name, "read", "/a").await, "a company is no record");
            assert_eq!(pep.may(name, "read", "/a/one").await, expected, "{name}");
        }
        // What is behind the last @ is a realm, so this is not the user of the own realm who is called so.
        let answer = pep.evaluate(question("dora@staff", "read", "/a/one")).await;
        assert_eq!(answer["context"]["reason"], "The subject is not known.");
        let answer = pep.evaluate(question("dora@staff@main", "read", "/a/one")).await;
        assert_eq!(answer, json!({"decision": false}));
    }

    async fn a_service_account_has_several_names(backend: Backend) {
        let pep = Pep::start(backend, world()).await;
        let made = pep.cast.operator.post("/api/v1/service-accounts", json!({"name": "job"})).await.expect(201);
        pep.cast.assign(made.text_at("/id"), "Reader", "/$global").await;
        for (kind, name, expected) in [
            ("service_account", "job", true),
            ("service_account", "/$global/job", true),
            ("service_account", "job@$global", true),
            ("service_account", made.text_at("/id"), true),
            ("service_account", "pep@main", true),
            ("service_account", "pep", false),
            // A type says what it is.
            ("user", made.text_at("/id"), false),
            ("user", "/$global/job", false),
        ] {
            let mut body = question(name, "read", "/a/one");
            body["subject"]["type"] = kind.into();
            assert_eq!(pep.evaluate(body).await["decision"], expected, "{kind} {name}");
        }
    }

    async fn a_resource_has_several_names(backend: Backend) {
        let pep = Pep::start(backend, world()).await;
        let id = id_at(&pep, "/a/one").await;
        for (kind, name, expected) in [
            ("record", "/a/one", true),
            ("record", id.as_str(), true),
            ("record", "R-1", true),
            // The type names the system.
            ("invoice", "2026/7", true),
            ("record", "2026/7", false),
            ("record", "11111111-2222-4333-8444-555555555555", true),
            ("record", "two", true),
            ("record", "only", true),
            // Two are called so.
            ("record", "twin", false),
            ("record", "/a/twin", true),
            // One is called so, another has it as its id elsewhere.
            ("record", "one", false),
            // The kind is another.
            ("company", "/a/one", false),
            ("company", id.as_str(), false),
            ("company", "one", false),
            ("company", "a", true),
            ("record", "", false),
            ("", "one", false),
            ("Record", "/a/two", false),
        ] {
            let mut body = question("alice", "read", name);
            body["resource"]["type"] = kind.into();
            assert_eq!(pep.evaluate(body).await["decision"], expected, "{kind} {name}");
        }
    }

    async fn names_are_those_that_the_caller_may_read(backend: Backend) {
        let pep = Pep::start(backend, world()).await;
        // Whoever sees one of the twins alone has no doubt, and learns nothing of the other.
        let mia = pep.cast.person("mia", json!(["node:read", "read", "access:inspect"]), "/a").await;
        let answer = mia.post(EVALUATION, question("mia", "read", "twin")).await.expect(200);
        assert_eq!(answer.body, json!({"decision": true}));
        let answer = mia.post(EVALUATION, question("mia", "read", "one")).await.expect(200);
        assert_eq!(answer.body, json!({"decision": true}));
        let answer = mia.post(EVALUATION, question("alice", "read", "only")).await.expect(200);
        assert_eq!(answer.body["context"]["reason"], "The resource is not known.");
    }
}
