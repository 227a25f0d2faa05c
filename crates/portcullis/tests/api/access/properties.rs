//! What conditions read of nodes, whichever was there first.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

const NODE: &str = "/acme/companyA";

/// Jane, who holds a role that has no rules yet; the role's id.
async fn holding(cast: &Cast) -> String {
    let role = cast.role("R", "/acme", json!([])).await;
    let jane = cast.absent("jane").await;
    cast.assign(&jane, &role, "/acme").await;
    role
}

async fn set(cast: &Cast, properties: Value) {
    let place = format!("/api/v1/nodes/{}/properties", encoded(NODE));
    cast.operator.put(&place, properties).await.expect(200);
}

async fn rules(cast: &Cast, role: &str, rules: Value) {
    let place = format!("/api/v1/roles/{role}");
    cast.operator.put(&place, json!({"rules": rules})).await.expect(200);
}

fn if_open() -> Value {
    json!([{"allow": "x", "when": "resource.status == 'open'"}])
}

on_both! {
    async fn a_rule_reads_what_was_written_before_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = holding(&cast).await;
        set(&cast, json!({"status": "open", "size": 3})).await;
        rules(&cast, &role, if_open()).await;
        assert!(cast.may("jane", "x", NODE).await);
        // Nobody reads it while it changes; what people are shown is what is stored.
        rules(&cast, &role, json!([])).await;
        set(&cast, json!({"status": "shut", "size": 3})).await;
        let shown = cast.operator.get(&format!("/api/v1/nodes/{}/properties", encoded(NODE))).await.expect(200);
        assert_eq!(shown.body, json!({"status": "shut", "size": 3}));
        rules(&cast, &role, if_open()).await;
        assert!(!cast.may("jane", "x", NODE).await);
        set(&cast, json!({"status": "open"})).await;
        assert!(cast.may("jane", "x", NODE).await);
        // A start reads what conditions read.
        let Cast { server, .. } = cast;
        let server = server.restart(&[]).await;
        let cast = Cast { operator: server.operator(), server };
        assert!(cast.may("jane", "x", NODE).await);
        // What no condition read before the start either.
        set(&cast, json!({"status": "open", "size": 4})).await;
        rules(&cast, &role, json!([{"allow": "x", "when": "resource.size == 4"}])).await;
        assert!(cast.may("jane", "x", NODE).await);
        set(&cast, json!({})).await;
        assert!(!cast.may("jane", "x", NODE).await);
    }

    async fn a_deny_reads_what_was_written_before_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = holding(&cast).await;
        set(&cast, json!({"status": "open"})).await;
        // Were the status unknown, the deny would apply.
        rules(&cast, &role, json!(["x", {"deny": "x", "when": "resource.status == 'shut'"}])).await;
        assert!(cast.may("jane", "x", NODE).await);
        rules(&cast, &role, json!(["x"])).await;
        set(&cast, json!({"status": "shut"})).await;
        rules(&cast, &role, json!(["x", {"deny": "x", "when": "resource.status == 'shut'"}])).await;
        assert!(!cast.may("jane", "x", NODE).await);
    }

    async fn an_assignment_reads_what_was_written_before_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        for (status, when, allowed) in [
            ("open", "resource.status == 'open'", true), ("shut", "resource.status == 'open'", false),
            ("shut", "!has(resource.status)", false), ("open", "resource.status != 'shut'", true),
        ] {
            set(&cast, json!({"status": status})).await;
            let input = json!({"subject": jane, "role": "R@/acme", "node": "/acme", "when": when});
            let made = cast.operator.post("/api/v1/assignments", input).await.expect(201);
            assert_eq!(cast.may("jane", "x", NODE).await, allowed, "{status}, {when}");
            cast.operator.delete(&format!("/api/v1/assignments/{}", made.text_at("/id"))).await.expect(204);
            assert!(!cast.may("jane", "x", NODE).await);
        }
    }

    async fn what_a_request_says_does_not_replace_what_is_stored(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = holding(&cast).await;
        set(&cast, json!({"status": "shut"})).await;
        rules(&cast, &role, if_open()).await;
        let ask = json!({"principal": {"type": "user", "realm": "main", "name": "jane"},
            "permission": "x", "node": NODE, "resource": {"status": "open"}});
        let answer = cast.operator.post("/api/v1/access/decide", ask).await.expect(200);
        assert_eq!(answer.text_at("/decision"), "deny");
    }

    async fn what_if_reads_it_and_leaves_nothing(backend: Backend) {
        let cast = Cast::start(backend).await;
        holding(&cast).await;
        set(&cast, json!({"status": "open"})).await;
        let change = json!({"roles": [{"name": "R", "owner": "/acme", "rules": if_open()}]});
        let input = json!({"change": change, "permissions": ["x"]});
        let answer = cast.operator.post("/api/v1/access/what-if", input).await.expect(200);
        assert!(answer.body_text().contains("jane"), "{}", answer.body_text());
        assert!(!cast.server.app.system().state().engine.conditions_read_property("status"));
        // A plan neither; applying it does.
        cast.operator.post("/api/v1/world?plan=true", change.clone()).await.expect(200);
        assert!(!cast.may("jane", "x", NODE).await);
        cast.operator.post("/api/v1/world", change).await.expect(200);
        assert!(cast.may("jane", "x", NODE).await);
    }

    async fn one_file_may_bring_both(backend: Backend) {
        let cast = Cast::start(backend).await;
        holding(&cast).await;
        let nodes = json!([{"path": "/acme/new", "kind": "company", "properties": {"status": "open"}},
            {"path": "/acme/old", "kind": "company", "properties": {"status": "shut"}}]);
        let roles = json!([{"name": "R", "owner": "/acme", "rules": if_open()}]);
        cast.operator.post("/api/v1/world", json!({"nodes": nodes, "roles": roles})).await.expect(200);
        assert!(cast.may("jane", "x", "/acme/new").await);
        assert!(!cast.may("jane", "x", "/acme/old").await);
        cast.operator.delete(&format!("/api/v1/nodes/{}", encoded("/acme/old"))).await.expect(204);
        cast.node("/acme/old", "company").await;
        assert!(!cast.may("jane", "x", "/acme/old").await);
    }
}
