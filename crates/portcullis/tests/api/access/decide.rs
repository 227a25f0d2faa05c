use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

const DECIDE: &str = "/api/v1/access/decide";

on_both! {
    async fn one_question_and_many(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["x"]), "/acme/companyA").await;
        let one = jane.post(DECIDE, json!({"permission": "x", "node": "/acme/companyA"})).await.expect(200);
        assert_eq!(one.text_at("/decision"), "allow");
        assert!(one.body["revision"].as_u64().unwrap() > 0);
        let requests = json!({"requests": [
            {"permission": "x", "node": "/acme/companyA"},
            {"permission": "y", "node": "/acme/companyA"},
            {"permission": "x"},
            {"permissions": ["y", "x"], "node": "/acme/companyA/contract1"},
        ]});
        let many = jane.post(DECIDE, requests).await.expect(200);
        let answers: Vec<&Value> = many.body["decisions"].as_array().unwrap().iter().map(|d| &d["decision"]).collect();
        assert_eq!(answers, ["allow", "deny", "deny", "allow"]);
        assert_eq!(many.body["revision"], one.body["revision"]);
    }

    /// More paths than are looked up one by one, of nodes and of people, some of which are not there.
    async fn many_paths_are_looked_up_together(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        for (name, node) in [("ann", "/acme"), ("bob", "/acme/companyA"), ("cid", "/acme/companyB")] {
            let user = cast.absent(name).await;
            cast.assign(&user, "R@/acme", node).await;
        }
        let nodes = ["/acme", "/acme/companyA", "/acme/companyA/contract1", "/acme/companyB", "/acme/nowhere", "/main/ann"];
        let names = ["ann", "bob", "cid", "nobody"];
        let pairs: Vec<(&str, &str)> = names.iter().flat_map(|name| nodes.map(|node| (*name, node))).collect();
        let ask = |(name, node): &(&str, &str)| json!({
            "principal": {"type": "user", "realm": "main", "name": name}, "permission": "x", "node": node,
        });
        let requests: Vec<Value> = pairs.iter().map(ask).collect();
        let many = cast.operator.post(DECIDE, json!({"requests": requests})).await.expect(200);
        for (at, (name, node)) in pairs.iter().enumerate() {
            let expected = match *name {
                "ann" => node.starts_with("/acme") && *node != "/acme/nowhere",
                "bob" => node.starts_with("/acme/companyA"),
                "cid" => *node == "/acme/companyB",
                _ => false,
            };
            let found = many.text_at(&format!("/decisions/{at}/decision"));
            assert_eq!(found == "allow", expected, "{name} at {node}");
            assert_eq!(cast.may(name, "x", node).await, expected, "{name} at {node}, alone");
        }
    }

    async fn ids_are_answered_as_paths_are(backend: Backend) {
        let cast = Cast::empty(backend).await;
        let node = cast.node("/acme", "company").await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        let held = cast.assign(&jane, "R@/acme", "/acme").await;
        let assignment = cast.operator.get(&format!("/api/v1/assignments/{held}")).await.expect(200);
        let principal = json!({"type": "user", "id": assignment.text_at("/subject/id")});
        let ask = json!({"principal": principal, "permission": "x", "node": node});
        assert_eq!(cast.operator.post(DECIDE, ask).await.expect(200).text_at("/decision"), "allow");
        assert!(cast.may("jane", "x", "/acme").await);
        assert!(!cast.may("nobody", "x", "/acme").await);
    }

    async fn asking_about_others_needs_to_inspect(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let joe = cast.absent("joe").await;
        cast.assign(&joe, "R@/acme", "/acme").await;
        let ask = |node: &str| json!({"principal": {"type": "user", "realm": "main", "name": "joe"}, "permission": "x", "node": node});
        let reader = cast.person("reader", json!(["node:read"]), "/acme/companyA").await;
        let refused = reader.post(DECIDE, ask("/acme/companyA")).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/principal"));
        // What he may not see answers as what is not there.
        for node in ["/acme/companyB", "/acme/nowhere"] {
            assert_eq!(reader.post(DECIDE, ask(node)).await.expect(200).text_at("/decision"), "deny");
        }
        let everywhere = json!({"principal": {"type": "user", "realm": "main", "name": "joe"}, "permission": "x"});
        reader.post(DECIDE, everywhere).await.expect(403);
        let batch = json!({"requests": [{"permission": "x"}, ask("/acme/companyA")]});
        let refused = reader.post(DECIDE, batch).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/requests/1/principal"));
        let inspector = cast.person("inspector", json!(["access:inspect"]), "/acme/companyA").await;
        assert_eq!(inspector.post(DECIDE, ask("/acme/companyA")).await.expect(200).text_at("/decision"), "allow");
        let oneself = json!({"principal": {"type": "user", "realm": "main", "name": "reader"}, "permission": "node:read", "node": "/acme/companyA"});
        assert_eq!(reader.post(DECIDE, oneself).await.expect(200).text_at("/decision"), "allow");
        cast.server.anonymous().post(DECIDE, ask("/acme")).await.expect(401);
    }

    async fn properties_are_added_by_inspectors_and_replace_nothing(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!([{"allow": "x", "when": "resource.status == 'open'"}, "node:read"]);
        let jane = cast.person("jane", rules.clone(), "/acme").await;
        let ask = json!({"permission": "x", "node": "/acme/companyA", "resource": {"status": "open"}});
        let refused = jane.post(DECIDE, ask.clone()).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/resource"));
        let inspector = cast.person("inspector", json!([rules[0], "access:inspect"]), "/acme").await;
        assert_eq!(inspector.post(DECIDE, ask.clone()).await.expect(200).text_at("/decision"), "allow");
        let place = format!("/api/v1/nodes/{}/properties", encoded("/acme/companyA"));
        cast.operator.put(&place, json!({"status": "archived"})).await.expect(200);
        assert_eq!(inspector.post(DECIDE, ask).await.expect(200).text_at("/decision"), "deny");
    }

    async fn context_and_action_come_with_the_question(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!([{"allow": "x", "when": "context.country == 'BE' && action.force == false"}]);
        let jane = cast.person("jane", rules, "/acme").await;
        let ask = |country: &str| json!({"permission": "x", "node": "/acme", "context": {"country": country}, "action": {"force": false}});
        assert_eq!(jane.post(DECIDE, ask("BE")).await.expect(200).text_at("/decision"), "allow");
        assert_eq!(jane.post(DECIDE, ask("FR")).await.expect(200).text_at("/decision"), "deny");
    }

    async fn bad_questions_are_refused_with_their_place(backend: Backend) {
        let cast = Cast::empty(backend).await;
        let many: Vec<Value> = vec![json!({"permission": "x"}); 1001];
        for (input, pointer) in [
            (json!({}), "/permission"),
            (json!({"permission": "a:*"}), "/permission"),
            (json!({"permission": "a", "nod": "/x"}), "/nod"),
            (json!({"permission": "a", "node": "x"}), "/node"),
            (json!({"permission": "a", "principal": {"type": "user"}}), "/principal"),
            (json!({"permission": "a", "principal": {"type": "robot", "id": "/x"}}), "/principal/type"),
            (json!({"permission": "a", "requests": []}), "/requests"),
            (json!({"requests": many}), "/requests"),
            (json!({"requests": [{"permission": "x"}, {"permission": "a b"}]}), "/requests/1/permission"),
            (json!({"requests": [{"permission": "x"}, {}]}), "/requests/1/permission"),
        ] {
            let answer = cast.operator.post(DECIDE, input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{}", answer.body_text());
        }
    }

    async fn what_one_may_do_at_a_node(backend: Backend) {
        let cast = Cast::start(backend).await;
        for name in ["x", "y"] {
            cast.operator.post("/api/v1/permissions", json!({"name": name})).await.expect(201);
        }
        let jane = cast.person("jane", json!(["x", "z"]), "/acme").await;
        let at = "/api/v1/access/permissions";
        let all = jane.post(at, json!({"node": "/acme/companyA"})).await.expect(200);
        assert_eq!(all.body["permissions"], json!(["x"]));
        let some = jane.post(at, json!({"node": "/acme", "permissions": ["z", "y", "x"]})).await.expect(200);
        assert_eq!(some.body["permissions"], json!(["z", "x"]));
        let other = json!({"principal": {"type": "user", "realm": "main", "name": "root"}, "node": "/$global"});
        jane.post(at, other).await.expect(403);
    }
}
