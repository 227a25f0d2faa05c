//! The scenario by which the working group certifies decision points ("AuthZEN Authorization API 1.0 - Certification
//! Scenario"): its fixture as a world file, its eight decisions, its searches.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{ACTIONS, EVALUATIONS, Pep, RESOURCES, SUBJECTS, decisions, results};

/// Two users, two records, and who may do what.
pub fn world() -> Value {
    let is_archived = "resource.status == 'archived'";
    let is_administrator = "(subject.role == 'admin' || context.subject.role == 'admin')";
    json!({
        "users": [
            {"realm": "main", "username": "alice"},
            {"realm": "main", "username": "bob", "attributes": {"role": "admin"}},
        ],
        "nodes": [
            {"path": "/records", "kind": "archive"},
            {"path": "/records/record-1", "kind": "record", "properties": {"status": "active"}},
            {"path": "/records/record-2", "kind": "record", "properties": {"status": "archived"}},
        ],
        "permissions": [{"name": "read"}, {"name": "write"}, {"name": "delete"}],
        "roles": [
            {"name": "Reader", "rules": ["read"]},
            {"name": "Writer", "rules": [
                "write",
                {"deny": "write", "when": format!("{is_archived} && !{is_administrator}")},
                {"allow": "delete", "when": "action.soft"},
            ]},
            {"name": "Archivist", "rules": [
                {"allow": "write", "when": format!("{is_archived} && {is_administrator}")},
            ]},
        ],
        "assignments": [
            {"user": "alice@main", "role": "Reader", "node": "/records"},
            {"user": "alice@main", "role": "Writer", "node": "/records"},
            {"user": "bob@main", "role": "Reader", "node": "/records"},
            {"user": "bob@main", "role": "Archivist", "node": "/records"},
        ],
    })
}

fn alice() -> Value {
    json!({"type": "user", "id": "alice"})
}

fn bob() -> Value {
    json!({"type": "user", "id": "bob"})
}

fn administrator() -> Value {
    json!({"type": "user", "id": "bob", "properties": {"role": "admin"}})
}

fn record(number: u8) -> Value {
    json!({"type": "record", "id": format!("record-{number}")})
}

fn record_with(number: u8, status: &str) -> Value {
    json!({"type": "record", "id": format!("record-{number}"), "properties": {"status": status}})
}

fn read() -> Value {
    json!({"name": "read"})
}

fn write() -> Value {
    json!({"name": "write"})
}

fn delete(soft: bool) -> Value {
    json!({"name": "delete", "properties": {"soft": soft}})
}

on_both! {
    async fn the_eight_decisions(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for (subject, action, resource, expected) in [
            (alice(), read(), record(1), true),
            (alice(), write(), record(1), true),
            (bob(), read(), record(1), true),
            (bob(), write(), record(1), false),
            (alice(), write(), record_with(2, "archived"), false),
            (administrator(), write(), record_with(2, "archived"), true),
            (alice(), delete(true), record(1), true),
            (alice(), delete(false), record(1), false),
        ] {
            let body = json!({"subject": subject, "action": action, "resource": resource});
            // Asked again, and with a context, the answer is the same.
            for context in [Value::Null, Value::Null, json!({"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"})] {
                let mut body = body.clone();
                body["context"] = context;
                assert_eq!(pep.evaluate(body.clone()).await, json!({"decision": expected}), "{body}");
            }
        }
    }

    async fn additional_properties_and_unknown_members_do_no_harm(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let body = json!({
            "subject": {"type": "user", "id": "alice", "properties": {"department": "Sales", "role": "manager"}, "x": 1},
            "action": {"name": "read", "properties": {"method": "GET"}, "x": 1},
            "resource": {"type": "record", "id": "record-1", "properties": {"status": "active", "owner": "bob"}, "x": 1},
            "foo": "bar",
            "futureField": {"nested": true},
        });
        assert_eq!(pep.evaluate(body).await, json!({"decision": true}));
    }

    async fn the_batches(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for (body, expected) in [
            (json!({"subject": bob(), "resource": record(1), "evaluations": [{"action": read()}, {"action": write()}]}), [true, false]),
            (json!({"subject": alice(), "action": write(), "evaluations": [
                {"resource": record_with(1, "active")}, {"resource": record_with(2, "archived")}]}), [true, false]),
            (json!({"action": write(), "resource": record_with(2, "archived"), "evaluations": [
                {"subject": alice()}, {"subject": administrator()}]}), [false, true]),
            (json!({"evaluations": [
                {"subject": alice(), "action": read(), "resource": record(1)},
                {"subject": bob(), "action": write(), "resource": record(1)}]}), [true, false]),
            (json!({"subject": alice(), "action": read(), "evaluations": [{"resource": record(1)}, {}]}), [true, false]),
        ] {
            let answer = pep.client.post(EVALUATIONS, body).await.expect(200);
            assert_eq!(decisions(&answer), expected);
            assert!(answer.body.get("decision").is_none());
        }
    }

    async fn the_searches(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let users = json!({"type": "user"});
        let records = json!({"type": "record"});
        for (path, body, expected) in [
            (SUBJECTS, json!({"subject": users, "action": read(), "resource": record(1)}), &["alice", "bob"][..]),
            (RESOURCES, json!({"subject": alice(), "action": read(), "resource": records}), &["record-1"]),
            (ACTIONS, json!({"subject": alice(), "resource": record(1)}), &["read", "write"]),
            (SUBJECTS, json!({"subject": users, "action": write(), "resource": record_with(2, "archived")}), &["bob"]),
            (RESOURCES, json!({"subject": administrator(), "action": write(), "resource": records}), &["record-2"]),
            (ACTIONS, json!({"subject": administrator(), "resource": record_with(2, "archived")}), &["write"]),
        ] {
            for context in [Value::Null, json!({"time": "noon"})] {
                let mut body = body.clone();
                body["context"] = context;
                let answer = pep.client.post(path, body).await.expect(200);
                let found = results(&answer);
                assert!(expected.iter().all(|one| found.contains(one)), "{path}: {found:?}");
            }
        }
        let unknown = json!({"subject": {"type": "user", "id": "nonexistent-user"}, "resource": record(1)});
        assert_eq!(pep.client.post(ACTIONS, unknown).await.expect(200).body["results"], json!([]));
        let spaceship = json!({"subject": {"type": "spaceship"}, "action": read(), "resource": record(1)});
        assert_eq!(pep.client.post(SUBJECTS, spaceship).await.expect(200).body["results"], json!([]));
    }
}
