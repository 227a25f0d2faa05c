//! What an event says of before and after.

use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use crate::{access::cast::Cast, harness::PASSWORD};

/// The newest event of an action.
async fn newest(client: &Client, action: &str) -> Value {
    let found =
        client.get(&format!("/api/v1/audit/events?limit=1&action={action}")).await.expect(200);
    found.body["items"][0].clone()
}

on_both! {
    async fn a_role_tells_which_rules_it_lost_and_won(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = json!({"name": "Clerk", "owner": "/acme", "rules": ["read", {"allow": "write", "when": "resource.x == 1"}]});
        let role = cast.operator.post("/api/v1/roles", role).await.expect(201);
        let made = newest(&cast.operator, "role.create").await;
        assert_eq!(made["metadata"]["given"], json!(["read", {"allow": "write", "when": "resource.x == 1"}]));
        assert_eq!(made["metadata"]["taken"], json!([]));

        let place = format!("/api/v1/roles/{}", role.text_at("/id"));
        let rules = json!({"name": "Scribe", "rules": ["read", "!delete", {"allow": "write", "when": "resource.x == 2"}]});
        cast.operator.put(&place, rules).await.expect(200);
        let event = newest(&cast.operator, "role.update").await;
        assert_eq!(event["metadata"]["taken"], json!([{"allow": "write", "when": "resource.x == 1"}]));
        assert_eq!(event["metadata"]["given"], json!(["!delete", {"allow": "write", "when": "resource.x == 2"}]));
        assert_eq!(event["metadata"]["before"], json!({"name": "Clerk"}));
        assert_eq!(event["metadata"]["after"], json!({"name": "Scribe"}));
    }

    async fn a_node_tells_what_it_carried(backend: Backend) {
        let cast = Cast::start(backend).await;
        let at = |what: &str| format!("/api/v1/nodes/%2Facme/{what}");
        cast.operator.put(&at("properties"), json!({"a": 1, "b": "same"})).await.expect(200);
        cast.operator.patch(&at("properties"), json!({"a": null, "c": "x".repeat(2_000)})).await.expect(200);
        let event = newest(&cast.operator, "node.properties").await;
        assert_eq!(event["metadata"], json!({"before": {"a": 1}, "after": {"c": "(2002 bytes)"}}));
        cast.operator.put(&at("tags"), json!(["a", "b"])).await.expect(200);
        cast.operator.put(&at("tags"), json!(["b", "c"])).await.expect(200);
        let event = newest(&cast.operator, "node.tags").await;
        assert_eq!(event["metadata"], json!({"taken": ["a"], "given": ["c"]}));
        cast.operator.put(&at("external-ids"), json!({"vat": "BE1"})).await.expect(200);
        let event = newest(&cast.operator, "node.external_ids").await;
        assert_eq!(event["metadata"], json!({"before": {}, "after": {"vat": "BE1"}}));
    }

    async fn what_is_about_a_person_goes_with_him(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.server.user("jane", &[]).await;
        let place = "/api/v1/realms/main/users/jane";
        let patch = json!({"email": "jane@example.com", "attributes": {"grade": 3}});
        cast.operator.patch(place, patch).await.expect(200);
        cast.operator.put("/api/v1/nodes/%2Fmain%2Fjane/properties", json!({"shoe": 38})).await.expect(200);
        cast.operator.put("/api/v1/nodes/%2Fmain%2Fjane/tags", json!(["tall"])).await.expect(200);
        let event = newest(&cast.operator, "user.update").await;
        assert_eq!(event["personal"]["before"], json!({"attributes": {}, "email": null}));
        assert_eq!(event["personal"]["after"], json!({"attributes": {"grade": 3}, "email": "jane@example.com"}));
        assert_eq!(event["metadata"], json!({"superuser": false}));
        let event = newest(&cast.operator, "node.properties").await;
        assert_eq!(event["personal"]["after"], json!({"shoe": 38}));
        assert_eq!(event["metadata"], json!({}));
        let event = newest(&cast.operator, "node.tags").await;
        assert_eq!(event["metadata"], json!({}));

        let root = cast.server.sign_in("main", "root", PASSWORD).await;
        root.post("/gdpr/delete", json!({"user": "jane@main", "confirm": true})).await.expect(204);
        for action in ["user.update", "node.properties"] {
            let event = newest(&cast.operator, action).await;
            assert_eq!(event["personal"], Value::Null, "{event}");
        }
        let whole = cast.operator.get("/api/v1/audit/verify").await.expect(200);
        assert_eq!(whole.body["valid"], true, "{}", whole.body);
    }

    async fn one_s_own_name_goes_with_one_too(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.server.user("jane", &[]).await;
        jane.put("/auth/profile", json!({"full_name": "Jane"})).await.expect(200);
        let event = newest(&cast.operator, "profile.update").await;
        assert_eq!(event["personal"]["before"], json!({"full_name": null}));
        assert_eq!(event["personal"]["after"], json!({"full_name": "Jane"}));
        assert_eq!(event["metadata"], json!({}));
    }

    async fn a_world_file_tells_what_it_changed(backend: Backend) {
        let cast = Cast::start(backend).await;
        let world = |tag: &str| json!({"nodes": [{"path": "/swept", "kind": "company", "tags": [tag]}]});
        cast.operator.post("/api/v1/world", world("a")).await.expect(200);
        cast.operator.post("/api/v1/world", world("b")).await.expect(200);
        let event = newest(&cast.operator, "node.update").await;
        assert_eq!(event["metadata"], json!({"before": {"tags": "[\"a\"]"}, "after": {"tags": "[\"b\"]"}}));
    }

    async fn a_group_tells_its_former_name(backend: Backend) {
        let cast = Cast::start(backend).await;
        let group = json!({"name": "clerks", "kind": "group"});
        let group = cast.operator.post("/api/v1/groups", group).await.expect(201);
        let place = format!("/api/v1/groups/{}", group.text_at("/id"));
        cast.operator.patch(&place, json!({"name": "scribes"})).await.expect(200);
        let event = newest(&cast.operator, "group.update").await;
        assert_eq!(event["metadata"]["before"], json!({"name": "clerks"}));
        assert_eq!(event["metadata"]["after"], json!({"name": "scribes"}));
    }
}
