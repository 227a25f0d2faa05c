use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{
    ACTIONS, EVALUATION, EVALUATIONS, Pep, RESOURCES, SUBJECTS, question,
};

const ALL: [&str; 5] = [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS];

on_both! {
    async fn what_is_wrong_with_a_request_is_400(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let good = question("alice", "read", "record-1").to_string();
        for path in ALL {
            assert_eq!(pep.raw(path, Some("application/json; charset=utf-8"), &good).await, 200);
            for media in [None, Some("text/plain"), Some("application/xml"), Some("application/problem+json")] {
                assert_eq!(pep.raw(path, media, &good).await, 400, "{path} {media:?}");
            }
            for body in ["", "{", "[]", "null", "\"alice\"", "{} {}"] {
                assert_eq!(pep.raw(path, Some("application/json"), body).await, 400, "{path} {body}");
            }
        }
        for at in ["/subject", "/subject/type", "/subject/id", "/action", "/action/name", "/resource", "/resource/type", "/resource/id"] {
            for wrong in [Value::Null, json!(123), json!(["user", "alice"])] {
                let mut body = question("alice", "read", "record-1");
                *body.pointer_mut(at).unwrap() = wrong;
                for path in [EVALUATION, EVALUATIONS] {
                    let refused = pep.client.post(path, body.clone()).await.expect(400);
                    assert_eq!(refused.problem_pointer(), Some(at));
                }
            }
        }
    }

    async fn nobody_is_told_anything(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for path in ALL {
            let answer = pep.cast.server.anonymous().post(path, question("alice", "read", "record-1")).await.expect(401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }

    async fn the_request_id_comes_back_as_it_was(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for id in ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "any string: {\"it\" = 'is'}; arbitrary/1"] {
            for (path, body, status) in [
                (EVALUATION, question("alice", "read", "record-1"), 200),
                (EVALUATION, json!({}), 400),
                (SUBJECTS, question("alice", "read", "record-1"), 200),
            ] {
                let answer = pep.client.with_header("x-request-id", id).post(path, body).await.expect(status);
                assert_eq!(answer.header("x-request-id"), Some(id));
            }
        }
        let answer = pep.client.post(EVALUATION, question("alice", "read", "record-1")).await.expect(200);
        assert!(answer.header("x-request-id").is_some());
        // Elsewhere an id that could deceive a reader of logs is replaced.
        let other = pep.client.with_header("x-request-id", "a b").get("/health").await;
        assert_ne!(other.header("x-request-id"), Some("a b"));
    }

    async fn what_is_not_known_is_denied_with_a_reason(backend: Backend) {
        let pep = Pep::certified(backend).await;
        for (subject, action, resource, what) in [
            ("nobody-of-this-name", "read", "record-1", "subject"),
            ("alice", "no action", "record-1", "action"),
            ("alice", "", "record-1", "action"),
            ("alice", "read", "record-3", "resource"),
            ("alice", "read", "", "resource"),
            ("", "read", "record-1", "subject"),
        ] {
            let expected = json!({"decision": false, "context": {"reason": format!("The {what} is not known.")}});
            assert_eq!(pep.evaluate(question(subject, action, resource)).await, expected);
        }
        // A plain no needs no words.
        assert_eq!(pep.evaluate(question("alice", "fly", "record-1")).await, json!({"decision": false}));
        for kind in ["group", "spaceship", "", "service_account"] {
            let mut body = question("alice", "read", "record-1");
            body["subject"]["type"] = kind.into();
            assert_eq!(pep.evaluate(body).await["decision"], false);
        }
        // A superuser is somebody; nothing is allowed to nobody, nor on nothing.
        assert!(pep.may("root", "read", "record-1").await);
        assert!(!pep.may("root", "no action", "record-1").await);
        assert!(!pep.may("root", "read", "record-3").await);
    }

    async fn stored_properties_stand_and_the_subject_keeps_his_own(backend: Backend) {
        let mut world = crate::access::authzen::certification::world();
        world["roles"].as_array_mut().unwrap().push(json!({"name": "Trusting", "rules": [
            {"allow": "trust", "when": "subject.role == 'admin'"},
            {"allow": "close", "when": "resource.status == 'archived'"},
            {"allow": "note", "when": "resource.note == 'yes'"},
        ]}));
        world["assignments"].as_array_mut().unwrap().push(json!({"user": "alice@main", "role": "Trusting", "node": "/records"}));
        let pep = Pep::start(backend, world).await;
        let ask = |action: &str, subject: Value, resource: Value| json!({
            "subject": {"type": "user", "id": "alice", "properties": subject}, "action": {"name": action},
            "resource": {"type": "record", "id": "record-1", "properties": resource},
            "context": {"subject": {"role": "admin"}, "resource": {"status": "archived"}},
        });
        for (action, subject, resource, expected) in [
            ("trust", json!({"role": "admin"}), json!({}), false),
            ("close", json!({}), json!({"status": "archived"}), false),
            ("note", json!({}), json!({"note": "yes"}), true),
            ("note", json!({}), json!({}), false),
        ] {
            assert_eq!(pep.evaluate(ask(action, subject, resource)).await["decision"], expected, "{action}");
        }
    }

    async fn asking_about_others_needs_to_inspect(backend: Backend) {
        let pep = Pep::certified(backend).await;
        let reader = pep.cast.person("reader", json!(["node:read", "read"]), "/records/record-1").await;
        let refused = reader.post(EVALUATION, question("alice", "read", "/records/record-1")).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/subject"));
        // Nobody learns who there is.
        reader.post(EVALUATION, question("nobody-of-this-name", "read", "/records/record-1")).await.expect(403);
        // Nor what he may not see.
        for hidden in ["/records/record-2", "/records/record-3"] {
            let answer = reader.post(EVALUATION, question("alice", "read", hidden)).await.expect(200);
            assert_eq!(answer.body, json!({"decision": false, "context": {"reason": "The resource is not known."}}));
        }
        // About himself he may ask, but not add to the resource.
        let own = question("reader", "read", "/records/record-1");
        assert_eq!(reader.post(EVALUATION, own.clone()).await.expect(200).body, json!({"decision": true}));
        let mut adding = own;
        adding["resource"]["properties"] = json!({"note": "yes"});
        let refused = reader.post(EVALUATION, adding).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/resource/properties"));
        let inspector = pep.cast.person("inspector", json!(["access:inspect"]), "/records/record-1").await;
        let answer = inspector.post(EVALUATION, question("alice", "read", "/records/record-1")).await.expect(200);
        assert_eq!(answer.body, json!({"decision": true}));
    }
}
