use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{ACTIONS, Pep, question, results};

fn search(page: Value) -> Value {
    let mut body = question("alice", "ignored", "record-1");
    body["page"] = page;
    body
}

on_both! {
    async fn every_result_is_permitted_when_asked(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let answer = pep.client.post(ACTIONS, search(Value::Null)).await.expect(200);
        let found = results(&answer);
        assert_eq!(found, ["read", "write"]);
        for action in found {
            assert!(pep.may("alice", action, "record-1").await);
        }
        let first = pep.client.post(ACTIONS, search(json!({"limit": 1}))).await.expect(200);
        let next = json!({"token": first.text_at("/page/next_token")});
        let second = pep.client.post(ACTIONS, search(next)).await.expect(200);
        assert_eq!([results(&first), results(&second)].concat(), ["read", "write"]);
        assert_eq!(second.body["page"], json!({"next_token": "", "count": 1, "total": 2}));
    }

    async fn of_others_only_where_one_may_inspect(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let reader = pep.cast.person("reader", json!(["read", "node:read"]), "/records/record-1").await;
        let ask = |subject: &str, resource: &str| json!({"subject": {"type": "user", "id": subject}, "resource": {"type": "record", "id": resource}});
        let own = reader.post(ACTIONS, ask("reader", "/records/record-1")).await.expect(200);
        assert!(results(&own).contains(&"read"));
        let refused = reader.post(ACTIONS, ask("alice", "/records/record-1")).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/subject"));
        assert_eq!(reader.post(ACTIONS, ask("alice", "/records/record-2")).await.expect(200).body["results"], json!([]));
    }

    async fn what_is_required_is_missed(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for at in ["/subject", "/subject/type", "/subject/id", "/resource", "/resource/type", "/resource/id"] {
            let mut body = search(Value::Null);
            *body.pointer_mut(at).unwrap() = Value::Null;
            assert_eq!(pep.client.post(ACTIONS, body).await.expect(400).problem_pointer(), Some(at));
        }
        let mut body = search(Value::Null);
        body.as_object_mut().unwrap().remove("action");
        pep.client.post(ACTIONS, body).await.expect(200);
    }
}
