//! `/api/v1/second-factor-rules`: who needs a second factor.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::harness::{PASSWORD, Server};

const RULES: &str = "/api/v1/second-factor-rules";

async fn make(server: &Server, rule: Value) -> Value {
    server.operator().post(RULES, rule).await.expect(201).body
}

async fn asked(server: &Server, name: &str, realm: &str) -> bool {
    let input =
        json!({"type": "password", "authentication_id": name, "secret": PASSWORD, "realm": realm});
    let answer = server.anonymous().post("/auth/login", input).await.expect(200);
    answer.body["challenge"]["type"] == "enrol"
}

async fn role(server: &Server, name: &str) -> String {
    let input = json!({"name": name, "rules": ["read"]});
    server.operator().post("/api/v1/roles", input).await.expect(201).text_at("/id").to_owned()
}

on_both! {
    async fn a_realm_needs_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        server.user_of("staff", "jane", &[]).await;
        server.user("jane", &[]).await;
        let rule = make(&server, json!({"realm": "staff"})).await;
        assert_eq!((&rule["realm"], &rule["steps"]), (&json!("staff"), &json!(1)));
        assert_eq!(rule["methods"], json!(["passkey", "totp", "email", "sms"]));
        assert!(asked(&server, "jane", "staff").await);
        assert!(!asked(&server, "jane", "main").await);
        let path = format!("{RULES}/{}", rule["id"].as_str().unwrap());
        server.operator().delete(&path).await.expect(204);
        server.operator().delete(&path).await.expect(404);
        assert!(!asked(&server, "jane", "staff").await);
    }

    async fn who_holds_a_role_needs_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/nodes", json!({"kind": "company", "name": "acme"})).await.expect(201);
        for name in ["ann", "bob", "cid"] {
            server.user(name, &[]).await;
        }
        let role = role(&server, "clerk").await;
        make(&server, json!({"role": role})).await;
        let operator = server.operator();
        let group = json!({"name": "clerks", "owner": "/acme"});
        operator.post("/api/v1/groups", group).await.expect(201);
        operator.post("/api/v1/groups/%2Facme%2Fclerks/members", json!({"member": "/main/bob"})).await.expect(200);
        for subject in ["/main/ann", "/acme/clerks"] {
            let input = json!({"subject": subject, "role": "clerk", "node": "/acme"});
            operator.post("/api/v1/assignments", input).await.expect(201);
        }
        assert!(asked(&server, "ann", "main").await, "by himself, at a node");
        assert!(asked(&server, "bob", "main").await, "by a group");
        assert!(!asked(&server, "cid", "main").await);
        operator.delete(&format!("/api/v1/roles/{role}")).await;
    }

    async fn one_user_needs_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("bob", &[]).await;
        let rule = make(&server, json!({"user": "jane@main", "steps": 2, "methods": []})).await;
        assert_eq!((&rule["user"], &rule["methods"]), (&json!("jane@main"), &json!(["passkey", "totp"])));
        assert!(asked(&server, "jane", "main").await && !asked(&server, "bob", "main").await);
        // With the user the rule goes.
        server.operator().delete("/api/v1/realms/main/users/jane").await.expect(204);
        let list = server.operator().get(RULES).await.expect(200).body;
        assert_eq!(list["items"], json!([]));
    }

    async fn what_is_no_rule_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for (rule, pointer) in [
            (json!({}), ""),
            (json!({"realm": "main", "user": "root@main"}), ""),
            (json!({"realm": "nowhere"}), "/realm"),
            (json!({"user": "nobody@main"}), "/user"),
            (json!({"role": "00000000-0000-7000-8000-000000000000"}), "/role"),
            (json!({"realm": "main", "steps": 0}), "/steps"),
            (json!({"realm": "main", "steps": 3}), "/steps"),
            (json!({"realm": "main", "methods": ["totp", "recovery"]}), "/methods/1"),
            (json!({"realm": "main", "for": "all"}), "/for"),
        ] {
            let refused = operator.post(RULES, rule.clone()).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(pointer), "{rule}");
        }
    }

    async fn they_are_settings(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let rule = make(&server, json!({"realm": "main"})).await;
        let path = format!("{RULES}/{}", rule["id"].as_str().unwrap());
        jane.get(RULES).await.expect(403);
        jane.post(RULES, json!({"user": "nobody@main"})).await.expect(403);
        jane.delete(&path).await.expect(403);
        server.anonymous().post(RULES, json!({"realm": "main"})).await.expect(401);
        let rules = json!(["settings:second_factor"]);
        server.operator().post("/api/v1/roles", json!({"name": "guard", "rules": rules})).await.expect(201);
        let input = json!({"subject": "/main/jane", "role": "guard"});
        server.operator().post("/api/v1/assignments", input).await.expect(201);
        assert_eq!(jane.get(RULES).await.expect(200).body["items"][0], rule);
        jane.delete(&path).await.expect(204);
        let events = server.operator().get("/api/v1/audit/events?limit=500").await.expect(200).body_text();
        assert!(events.contains("second_factor_rule.create") && events.contains("second_factor_rule.delete"));
        server.sign_in("main", "jane", PASSWORD).await;
    }
}
