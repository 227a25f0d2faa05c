use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{Pep, RESOURCES, question, results};

fn search(subject: &str, page: Value) -> Value {
    let mut body = question(subject, "read", "ignored");
    body["page"] = page;
    body
}

on_both! {
    async fn every_result_is_permitted_when_asked(backend: Backend) {
        let mut world = crate::access::authzen::certification::world();
        let nodes = world["nodes"].as_array_mut().unwrap();
        nodes.push(json!({"path": "/records/box", "kind": "box"}));
        nodes.push(json!({"path": "/records/box/record-1", "kind": "record"}));
        nodes.push(json!({"path": "/records/box/other", "kind": "record", "external_ids": {"record": "R-9"}}));
        nodes.push(json!({"path": "/records/box/wrong", "kind": "record", "external_ids": {"record": "record-2"}}));
        nodes.push(json!({"path": "/elsewhere", "kind": "record"}));
        let pep = Pep::start(backend, world).await;
        let answer = pep.client.post(RESOURCES, search("alice", Value::Null)).await.expect(200);
        let mut found = results(&answer);
        for resource in &found {
            assert!(pep.may("alice", "read", resource).await, "{resource}");
        }
        found.sort_unstable();
        assert_eq!(found, ["/records/box/record-1", "/records/box/wrong", "/records/record-1", "/records/record-2", "R-9"]);
        assert_eq!(answer.body["page"], json!({"next_token": "", "count": 5, "total": 5}));
        assert!(answer.body["results"].as_array().unwrap().iter().all(|one| one["type"] == "record"));
    }

    async fn pages_follow_each_other_and_end(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for number in 3..=7 {
            pep.cast.node(&format!("/records/record-{number}"), "record").await;
        }
        let (mut found, mut token) = (Vec::new(), String::new());
        for round in 1..=4 {
            let page = json!({"limit": 2, "token": token});
            let answer = pep.client.post(RESOURCES, search("alice", page)).await.expect(200);
            assert_eq!(answer.body["page"]["total"], 7);
            found.extend(results(&answer).into_iter().map(str::to_owned));
            token = answer.text_at("/page/next_token").to_owned();
            assert_eq!(token.is_empty(), round == 4);
        }
        found.sort_unstable();
        assert_eq!(found, (1..=7).map(|number| format!("record-{number}")).collect::<Vec<_>>());
        pep.client.post(RESOURCES, search("alice", json!({"token": "abc"}))).await.expect(400);
    }

    async fn of_others_only_where_one_may_inspect(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let rules = json!(["read", "node:read"]);
        let reader = pep.cast.person("reader", rules, "/records/record-1").await;
        let about = |subject: &str| search(subject, Value::Null);
        assert_eq!(results(&reader.post(RESOURCES, about("reader")).await.expect(200)), ["record-1"]);
        assert_eq!(reader.post(RESOURCES, about("alice@main")).await.expect(200).body["results"], json!([]));
        let inspector = pep.cast.person("inspector", json!(["access:inspect", "node:read"]), "/records/record-2").await;
        assert_eq!(results(&inspector.post(RESOURCES, about("alice@main")).await.expect(200)), ["record-2"]);
        // What a question brings along opens nothing for the one who asks.
        let rules = json!([{"allow": "access:inspect", "when": "context.open"}]);
        let sly = pep.cast.person("sly", rules, "/records").await;
        let mut body = about("alice@main");
        body["context"] = json!({"open": true});
        assert_eq!(sly.post(RESOURCES, body).await.expect(200).body["results"], json!([]));
        // Adding properties is asking about more than there is.
        let mut adding = about("reader");
        adding["resource"]["properties"] = json!({"note": "yes"});
        assert_eq!(reader.post(RESOURCES, adding).await.expect(200).body["results"], json!([]));
    }

    async fn what_is_not_known_finds_nothing(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for (at, wrong) in [("/subject/id", "nobody-of-this-name"), ("/subject/type", "spaceship"), ("/resource/type", "spaceship"),
            ("/resource/type", "Not A Kind"), ("/action/name", "no action"), ("/action/name", "fly")] {
            let mut body = search("alice", Value::Null);
            *body.pointer_mut(at).unwrap() = wrong.into();
            let answer = pep.client.post(RESOURCES, body).await.expect(200);
            assert_eq!(answer.body, json!({"page": {"next_token": "", "count": 0, "total": 0}, "results": []}), "{at}");
        }
        for at in ["/subject", "/subject/type", "/subject/id", "/action", "/action/name", "/resource", "/resource/type"] {
            let mut body = search("alice", Value::Null);
            *body.pointer_mut(at).unwrap() = Value::Null;
            assert_eq!(pep.client.post(RESOURCES, body).await.expect(400).problem_pointer(), Some(at));
        }
    }
}
