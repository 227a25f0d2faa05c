use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{Pep, SUBJECTS, question, results};

fn search(page: Value) -> Value {
    let mut body = question("ignored", "read", "record-1");
    body["page"] = page;
    body
}

on_both! {
    async fn pages_follow_each_other_and_end(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let all = pep.client.post(SUBJECTS, search(Value::Null)).await.expect(200);
        assert_eq!(all.body["page"], json!({"next_token": "", "count": 3, "total": 3}));
        let mut names = results(&all);
        let (mut found, mut token) = (Vec::new(), None::<String>);
        for round in 1..=3 {
            let page = json!({"limit": 1, "token": token});
            let answer = pep.client.post(SUBJECTS, search(page)).await.expect(200);
            found.push(results(&answer)[0].to_owned());
            let next = answer.text_at("/page/next_token");
            assert_eq!((&answer.body["page"]["count"], &answer.body["page"]["total"]), (&json!(1), &json!(3)));
            assert_eq!(next.is_empty(), round == 3);
            token = Some(next.to_owned());
        }
        assert_eq!(found, names);
        names.sort_unstable();
        assert_eq!(names, ["alice", "bob", "root"]);
    }

    async fn a_token_belongs_to_its_question(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let first = pep.client.post(SUBJECTS, search(json!({"limit": 1}))).await.expect(200);
        let token = first.text_at("/page/next_token");
        // As in the standard's own example, the limit may stay away.
        let next = pep.client.post(SUBJECTS, search(json!({"token": token}))).await.expect(200);
        assert_eq!(next.body["page"]["count"], 1);
        let mut other = search(json!({"token": token}));
        other["action"]["name"] = "write".into();
        for body in [other, search(json!({"token": token, "limit": 2})), search(json!({"token": "abc"})),
            search(json!({"limit": -1})), search(json!({"limit": 1.5})), search(json!({"limit": "1"})), search(json!({"token": 1}))] {
            pep.client.post(SUBJECTS, body).await.expect(400);
        }
        let none = pep.client.post(SUBJECTS, search(json!({"limit": 0}))).await.expect(200);
        assert_eq!((results(&none).len(), &none.body["page"]["total"]), (0, &json!(3)));
        assert_ne!(none.text_at("/page/next_token"), "");
    }

    async fn every_result_is_permitted_when_asked(backend: Backend) {
        let pep = Pep::certified(backend).await;
        pep.cast.operator.post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        pep.cast.operator.post("/api/v1/realms/staff/users", json!({"username": "eve", "roles": ["viewer"]})).await.expect(201);
        pep.cast.operator.post("/api/v1/realms/main/users", json!({"username": "f@g", "roles": ["viewer"]})).await.expect(201);
        let all = pep.client.post(SUBJECTS, search(Value::Null)).await.expect(200);
        let mut found = results(&all);
        for subject in &found {
            assert!(pep.may(subject, "read", "record-1").await, "{subject}");
        }
        found.sort_unstable();
        assert_eq!(found, ["alice", "bob", "eve@staff", "f@g@main", "root"]);
        assert!(all.body["results"].as_array().unwrap().iter().all(|one| one["type"] == "user"));
        let mut accounts = search(Value::Null);
        accounts["subject"] = json!({"type": "service_account"});
        let accounts = pep.client.post(SUBJECTS, accounts).await.expect(200);
        assert_eq!(accounts.body["results"], json!([{"type": "service_account", "id": "/main/pep"}]));
    }

    async fn only_who_may_inspect_is_told(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let reader = pep.cast.person("reader", json!(["node:read"]), "/records/record-1").await;
        let mut body = search(Value::Null);
        body["resource"]["id"] = "/records/record-1".into();
        let refused = reader.post(SUBJECTS, body.clone()).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/subject"));
        body["resource"]["id"] = "/records/record-2".into();
        assert_eq!(reader.post(SUBJECTS, body.clone()).await.expect(200).body["results"], json!([]));
        // Whoever may not read the users is given their ids alone.
        let inspector = pep.cast.person("inspector", json!(["access:inspect"]), "/records/record-2").await;
        let answer = inspector.post(SUBJECTS, body).await.expect(200);
        let found = results(&answer);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|id| id.parse::<kernel::NodeId>().is_ok()), "{found:?}");
    }

    async fn what_is_required_is_missed(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for at in ["/subject", "/subject/type", "/action", "/action/name", "/resource", "/resource/type", "/resource/id"] {
            let mut body = search(Value::Null);
            *body.pointer_mut(at).unwrap() = Value::Null;
            assert_eq!(pep.client.post(SUBJECTS, body).await.expect(400).problem_pointer(), Some(at));
        }
        let mut body = search(Value::Null);
        body["subject"] = json!({"type": "user"});
        pep.client.post(SUBJECTS, body).await.expect(200);
    }
}
