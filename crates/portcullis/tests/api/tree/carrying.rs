use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn properties_are_replaced_and_changed(backend: Backend) {
        let cast = Cast::start(backend).await;
        let place = format!("/api/v1/nodes/{}/properties", encoded("/acme"));
        let put = cast.operator.put(&place, json!({"a": 1, "b": "x"})).await.expect(200);
        let tag = put.header("etag").unwrap().to_owned();
        let changed = cast.operator.patch(&place, json!({"a": null, "c": [true]})).await.expect(200);
        assert_eq!(changed.body, json!({"b": "x", "c": [true]}));
        assert_eq!(cast.operator.put(&place, json!({"d": 1.5})).await.expect(200).body, json!({"d": 1.5}));
        assert_eq!(cast.operator.get(&place).await.expect(200).body, json!({"d": 1.5}));
        cast.operator.with_header("if-match", &tag).put(&place, json!({})).await.expect(412);
        for (input, pointer) in [
            (json!({"ok": 1, "a/b": null}), "/a~1b"),
            (json!({"id": 1}), "/id"),
            (json!({" x": 1}), "/ x"),
        ] {
            let answer = cast.operator.put(&place, input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{}", answer.body_text());
        }
        assert_eq!(cast.operator.get(&place).await.expect(200).body, json!({"d": 1.5}));
    }

    async fn tags_find_nodes(backend: Backend) {
        let cast = Cast::start(backend).await;
        let place = format!("/api/v1/nodes/{}/tags", encoded("/acme/companyA"));
        assert_eq!(cast.operator.put(&place, json!(["b", "a", "a"])).await.expect(200).body, json!(["a", "b"]));
        let found = cast.operator.get("/api/v1/nodes?tag=a").await.expect(200);
        assert_eq!((found.text_at("/items/0/path"), &found.body["total"]), ("/acme/companyA", &json!(1)));
        assert_eq!(cast.operator.put(&place, json!([])).await.expect(200).body, json!([]));
        let answer = cast.operator.put(&place, json!(["ok", " x"])).await.expect(422);
        assert_eq!(answer.problem_pointer(), Some("/1"));
    }

    async fn an_external_id_belongs_to_one_node_of_a_system(backend: Backend) {
        let cast = Cast::start(backend).await;
        let a = format!("/api/v1/nodes/{}/external-ids", encoded("/acme/companyA"));
        let b = format!("/api/v1/nodes/{}/external-ids", encoded("/acme/companyB"));
        let ids = json!({"vat": "BE1", "crm": "7"});
        assert_eq!(cast.operator.put(&a, ids.clone()).await.expect(200).body, ids);
        cast.operator.put(&b, json!({"vat": "BE1"})).await.expect(409);
        cast.operator.put(&b, json!({"erp": "BE1"})).await.expect(200);
        cast.operator.put(&a, json!({"vat": "BE2"})).await.expect(200);
        cast.operator.put(&b, json!({"vat": "BE1"})).await.expect(200);
        assert_eq!(cast.operator.get(&b).await.expect(200).body, json!({"vat": "BE1"}));
        let found = cast.operator.get("/api/v1/external-ids/vat/BE1").await.expect(200);
        assert_eq!(found.text_at("/path"), "/acme/companyB");
    }

    async fn users_and_groups_ask_for_their_own_permission_too(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.absent("jane").await;
        let writer = cast.person("writer", json!(["node:*"]), "/$global").await;
        let place = format!("/api/v1/nodes/{}/tags", encoded(&jane));
        writer.put(&place, json!(["x"])).await.expect(403);
        cast.operator.put(&place, json!(["x"])).await.expect(200);
    }
}
