//! `POST /api/v1/access/what-if`: who may ask, and what he is told.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::what_if::{ask, lines, told};
use crate::access::cast::Cast;

on_both! {
    async fn it_asks_what_the_change_asks(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        let held = cast.assign(&jane, "R@/acme", "/acme/companyB").await;
        let asker = cast.person("asker", json!(["access:*", "node:read", "read", "x"]), "/acme/companyA").await;
        let assign = |role: &str, node: &str| json!({"change": {"assignments": [{"user": "jane@main", "role": role, "node": node}]}});
        assert_eq!(told(&asker, assign("R@/acme", "/acme/companyA/contract1")).await.len(), 1);
        let mut wrong = Vec::new();
        for (question, status, pointer) in [
            (assign("admin", "/acme/companyA"), 403, "/change/assignments/0"),
            (assign("R@/acme", "/acme"), 422, "/change/assignments/0/node"),
            (assign("None@/acme", "/acme/companyA"), 422, "/change/assignments/0/role"),
            (json!({"change": {"realms": [{"name": "mine"}]}}), 403, "/change/realms/0"),
            (json!({"change": {"users": [{"realm": "main", "username": "asker", "superuser": true}]}}), 404, "/change/users/0"),
            (json!({"change": {"roles": [{"name": "R", "owner": "/acme", "rules": ["y"]}]}}), 422, "/change/roles/0/owner"),
            (json!({"remove": {"assignments": [&held]}}), 422, "/remove/assignments/0"),
            (json!({"remove": {"nodes": ["/acme/companyA/contract1"]}}), 403, "/remove/nodes/0"),
            (json!({"remove": {"nodes": ["/acme/companyB"]}}), 422, "/remove/nodes/0"),
            (json!({"remove": {"nodes": ["/acme/none"]}}), 422, "/remove/nodes/0"),
            (json!({"remove": {"users": ["/main/jane"]}}), 422, "/remove/users/0"),
            (json!({"remove": {"memberships": [{"group": "none", "member": "/main/jane"}]}}), 422, "/remove/memberships/0"),
            (json!({"remove": {"roles": ["R@/acme"]}}), 422, "/remove/roles/0"),
            (json!({"remove": {"connections": [{"from": "/acme/companyA", "to": "/acme/companyB"}]}}), 403, "/remove/connections/0"),
            (json!({"moves": [{"node": "/acme/companyA/contract1", "parent": "/acme/companyA"}]}), 403, "/moves/0"),
            (json!({"moves": [{"node": "/acme/companyB", "parent": "/acme/companyA"}]}), 422, "/moves/0"),
        ] {
            let refused = ask(&asker, question.clone()).await;
            if (refused.status.as_u16(), refused.problem_pointer()) != (status, Some(pointer)) {
                wrong.push(format!("{question}: {}", refused.body));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn what_is_hidden_answers_as_what_is_not_there(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("Hidden", "/acme", json!(["x"])).await;
        cast.absent("jane").await;
        let asker = cast.person("asker", json!(["access:inspect", "read"]), "/acme/companyA").await;
        for (there, none) in [
            (json!({"roles": ["Hidden@/acme"]}), json!({"roles": ["None@/acme"]})),
            (json!({"nodes": ["/acme/companyB"]}), json!({"nodes": ["/acme/companyZ"]})),
            (json!({"users": ["/main/jane"]}), json!({"users": ["/main/john"]})),
            (json!({"connections": [{"from": "/acme/companyB", "to": "/acme/companyA"}]}),
                json!({"connections": [{"from": "/acme/companyZ", "to": "/acme/companyA"}]})),
            (json!({"connections": [{"from": "/acme/companyA", "to": "/acme/companyB"}]}),
                json!({"connections": [{"from": "/acme/companyA", "to": "/acme/companyZ"}]})),
            (json!({"memberships": [{"group": "authenticated", "member": "/main/jane"}]}),
                json!({"memberships": [{"group": "authenticated", "member": "/main/john"}]})),
        ] {
            let [there, none] = [there, none].map(|remove| ask(&asker, json!({"remove": remove})));
            let (there, none) = (there.await, none.await);
            let public = |answer: &testkit::Answer| {
                let mut body = answer.body.clone();
                body["request_id"] = Value::Null;
                (answer.status, body)
            };
            assert!(there.status.is_client_error());
            assert_eq!(public(&there), public(&none));
        }
    }

    async fn one_is_told_of_nodes_that_one_may_inspect(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        cast.absent("jane").await;
        let rules = json!(["access:assign@/acme", "x", "access:inspect@/acme/companyA", "node:read@/acme/companyA"]);
        let asker = cast.person("asker", rules, "/acme").await;
        let question = json!({"change": {"assignments": [{"user": "jane@main", "role": "R@/acme", "node": "/acme"}]}});
        let answer = ask(&asker, question.clone()).await.expect(200).body;
        assert_eq!(answer["partial"], true);
        // Her name is not his to see, nor are the nodes elsewhere.
        let expected = ["", "/contract1", "/contract2"].map(|below| format!("+ (hidden) x /acme/companyA{below}"));
        assert_eq!(lines(&answer), expected);
        let elsewhere = json!({"change": {"assignments": [{"user": "jane@main", "role": "R@/acme", "node": "/acme/companyB"}]}});
        let answer = ask(&asker, elsewhere).await.expect(200).body;
        assert_eq!((&answer["total"], &answer["items"], &answer["partial"]), (&json!(0), &json!([]), &json!(true)));
        let all = ask(&cast.operator, question).await.expect(200).body;
        assert_eq!((&all["items"][0]["changes"][0]["gained"]["total"], &all["partial"]), (&json!(6), &json!(false)));
    }

    async fn nothing_is_moved_to_inspect_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!(["access:inspect", "access:assign", "node:read"]);
        let asker = cast.person("asker", rules, "/acme/companyA").await;
        // All power here and some there do not move a thing from there to here.
        let mover = cast.person("mover", json!(["*"]), "/acme/companyA").await;
        cast.role("Mover", "/acme", json!(["node:move", "node:read", "read"])).await;
        cast.assign("/main/mover", "Mover@/acme", "/acme/companyB").await;
        let question = json!({"moves": [{"node": "/acme/companyB/contract3", "parent": "/acme/companyA"}]});
        ask(&asker, question.clone()).await.expect(422);
        ask(&mover, question).await.expect(403);
        let inside = json!({"moves": [{"node": "/acme/companyA/contract1", "parent": "/acme/companyA/contract2"}]});
        assert_eq!(told(&mover, inside).await, Vec::<String>::new());
    }

    async fn whoever_may_inspect_nothing_is_refused(backend: Backend) {
        let cast = Cast::start(backend).await;
        ask(&cast.server.anonymous(), json!({})).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        ask(&viewer, json!({})).await.expect(403);
        let admin = cast.server.user("admin", &["admin"]).await;
        let nothing = ask(&admin, json!({})).await.expect(200).body;
        assert_eq!((&nothing["total"], &nothing["partial"]), (&json!(0), &json!(false)));
    }

    async fn a_wrong_question_points_to_its_field(backend: Backend) {
        let cast = Cast::start(backend).await;
        for (question, status, pointer) in [
            (json!({"chnage": {}}), 422, Some("/chnage")),
            (json!({"change": {"realms": [{"name": "a/b"}]}}), 422, Some("/change/realms/0/name")),
            (json!({"change": "x"}), 422, Some("/change")),
            (json!({"change": [{}, {"nodes": [{"path": "/x", "kind": "user"}]}]}), 422, Some("/change/nodes/0/kind")),
            (json!({"remove": {"assignments": ["x"]}}), 422, Some("/remove/assignments/0")),
            (json!({"remove": {"everything": true}}), 422, Some("/remove/everything")),
            (json!({"nodes": 501}), 422, Some("/nodes")),
            (json!({"permissions": vec!["x"; 1001]}), 422, Some("/permissions")),
            (json!({"limit": 501}), 400, None),
            (json!({"cursor": "none"}), 400, None),
        ] {
            let refused = ask(&cast.operator, question.clone()).await;
            assert_eq!(refused.status.as_u16(), status, "{question}: {}", refused.body);
            assert_eq!(refused.problem_pointer(), pointer, "{question}: {}", refused.body);
        }
        let large = json!({"change": {"realms": [{"name": "x".repeat(1_100_000)}]}});
        let server = crate::harness::Server::with_settings(backend, &[("world.max_mebibytes", "1")]).await;
        ask(&server.operator(), large).await.expect(413);
    }
}

/// What the server asks by itself, nobody registers: what-if must know of it.
#[test]
fn every_built_in_permission_is_compared() {
    let (_, document) = portcullis::routes::all().split_for_parts();
    let document = serde_json::to_value(document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|methods| methods.as_object().unwrap().values());
    let asked = operations.filter_map(|operation| operation["x-permission"].as_str());
    let named = asked.filter(|name| !matches!(*name, "own" | "public") && !name.contains('<'));
    let missing: Vec<&str> =
        named.filter(|name| !access::built_in::BUILT_IN.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
