use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{EVALUATION, EVALUATIONS, Pep, decisions, question};

/// May alice read the first, write the second, read the second?
fn three(semantic: Option<&str>) -> Value {
    json!({
        "subject": {"type": "user", "id": "alice"},
        "action": {"name": "read"},
        "evaluations": [
            {"resource": {"type": "record", "id": "record-1"}},
            {"resource": {"type": "record", "id": "record-2"}, "action": {"name": "write"}},
            {"resource": {"type": "record", "id": "record-2"}},
        ],
        "options": {"evaluations_semantic": semantic, "another_option": "value"},
    })
}

on_both! {
    async fn the_semantics_end_where_they_should(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for (semantic, expected) in [
            (None, &[true, false, true][..]),
            (Some("execute_all"), &[true, false, true]),
            (Some("deny_on_first_deny"), &[true, false]),
            (Some("permit_on_first_permit"), &[true]),
        ] {
            let answer = pep.client.post(EVALUATIONS, three(semantic)).await.expect(200);
            assert_eq!(decisions(&answer), expected, "{semantic:?}");
        }
        let refused = pep.client.post(EVALUATIONS, three(Some("any"))).await.expect(400);
        assert_eq!(refused.problem_pointer(), Some("/options/evaluations_semantic"));
        // An error denies.
        let mut broken = three(Some("deny_on_first_deny"));
        broken["evaluations"][0] = json!({});
        let answer = pep.client.post(EVALUATIONS, broken.clone()).await.expect(200);
        assert_eq!(decisions(&answer), [false]);
        broken["options"]["evaluations_semantic"] = "permit_on_first_permit".into();
        let answer = pep.client.post(EVALUATIONS, broken).await.expect(200);
        assert_eq!(decisions(&answer), [false, false, true]);
    }

    async fn without_evaluations_it_is_one_question(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for evaluations in [Value::Null, json!([])] {
            let mut body = question("alice", "read", "record-1");
            body["evaluations"] = evaluations;
            let answer = pep.client.post(EVALUATIONS, body.clone()).await.expect(200);
            assert_eq!(answer.body, json!({"decision": true}));
            body["resource"].as_object_mut().unwrap().remove("id");
            pep.client.post(EVALUATIONS, body).await.expect(400);
        }
        let reader = pep.cast.person("reader", json!(["node:read"]), "/records").await;
        reader.post(EVALUATIONS, question("alice", "read", "/records/record-1")).await.expect(403);
    }

    async fn a_part_replaces_its_default_as_a_whole(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let body = json!({
            "subject": {"type": "user", "id": "alice", "properties": {"role": "admin"}},
            "action": {"name": "delete", "properties": {"soft": true}},
            "resource": {"type": "record", "id": "record-2"},
            "evaluations": [
                {},
                {"action": {"name": "delete"}},
                {"action": {"name": "write"}},
                {"action": {"name": "write"}, "subject": {"type": "user", "id": "alice"}},
            ],
        });
        let answer = pep.client.post(EVALUATIONS, body).await.expect(200);
        assert_eq!(decisions(&answer), [true, false, true, false]);
    }

    async fn what_is_wrong_with_one_is_said_in_its_place(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let reader = pep.cast.person("reader", json!(["node:read", "read"]), "/records/record-1").await;
        let body = json!({
            "action": {"name": "read"},
            "resource": {"type": "record", "id": "/records/record-1"},
            "evaluations": [
                {"subject": {"type": "user", "id": "reader"}},
                {"subject": {"type": "user", "id": "alice"}},
                {"subject": {"type": "user", "id": "alice"}, "resource": {"type": "record", "id": "/records/record-2"}},
                {},
                {"subject": "reader"},
                5,
            ],
        });
        let answer = reader.post(EVALUATIONS, body).await.expect(200);
        let error = |status: u16, message: &str| json!({"decision": false, "context": {"error": {"status": status, "message": message}}});
        let evaluations = answer.body["evaluations"].as_array().unwrap();
        assert_eq!(evaluations[..4], [
            json!({"decision": true}),
            error(403, "This needs the permission access:inspect at the node."),
            json!({"decision": false, "context": {"reason": "The resource is not known."}}),
            error(400, "/evaluations/3/subject: is required"),
        ]);
        let wrong: Vec<_> = evaluations[4..].iter().map(|one| &one["context"]["error"]["status"]).collect();
        assert_eq!(wrong, [400, 400]);
    }

    async fn many_are_answered_as_each_alone(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let each: Vec<Value> = ["alice", "bob", "bob@main", "/main/alice", "nobody-of-this-name"]
            .iter()
            .flat_map(|subject| ["read", "write"].map(|action| (subject, action)))
            .flat_map(|(subject, action)| ["record-1", "/records/record-2", "/records", "record-3"].map(|r| question(subject, action, r)))
            .collect();
        let together = pep.client.post(EVALUATIONS, json!({"evaluations": each})).await.expect(200);
        for (number, one) in each.iter().enumerate() {
            let alone = pep.client.post(EVALUATION, one.clone()).await.expect(200);
            assert_eq!(together.body["evaluations"][number], alone.body, "{one}");
        }
    }

    async fn more_than_a_thousand_are_refused(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let mut body = question("alice", "read", "record-1");
        body["evaluations"] = vec![json!({}); 1000].into();
        let answer = pep.client.post(EVALUATIONS, body.clone()).await.expect(200);
        assert_eq!(decisions(&answer), [true; 1000]);
        body["evaluations"] = vec![json!({}); 1001].into();
        assert_eq!(pep.client.post(EVALUATIONS, body).await.expect(400).problem_pointer(), Some("/evaluations"));
    }
}
