use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn a_node_is_made_and_read_by_id_and_by_path(backend: Backend) {
        let cast = Cast::empty(backend).await;
        cast.node("/acme", "project").await;
        let input = json!({"parent": "/acme", "kind": "company", "name": "company A",
            "properties": {"level": 3, "open": true, "vat": "BE", "more": {"a": [1]}},
            "tags": ["b", "a", "b"], "external_ids": {"vat": "BE0123456789"}});
        let made = cast.operator.post("/api/v1/nodes", input).await.expect(201);
        assert_eq!(made.text_at("/path"), "/acme/company A");
        assert_eq!(made.body["tags"], json!(["a", "b"]));
        assert_eq!(made.body["properties"]["more"], json!({"a": [1]}));
        let by_id = cast.operator.get(made.header("location").unwrap()).await.expect(200);
        assert_eq!(by_id.body, made.body);
        let path = format!("/api/v1/nodes/{}", encoded("/acme/company A"));
        assert_eq!(cast.operator.get(&path).await.expect(200).body, made.body);
        let list = cast.operator.get("/api/v1/nodes?path=/acme/company%20A").await.expect(200);
        assert_eq!((list.text_at("/items/0/id"), &list.body["total"]), (made.text_at("/id"), &json!(1)));
        let other = cast.operator.get("/api/v1/external-ids/vat/BE0123456789").await.expect(200);
        assert_eq!(other.body, made.body);
        cast.operator.get("/api/v1/external-ids/vat/BE1").await.expect(404);
        cast.operator.get("/api/v1/nodes/%2Facme%2Fnowhere").await.expect(404);
        cast.operator.get("/api/v1/nodes/acme").await.expect(404);
        assert_eq!(cast.operator.get("/api/v1/nodes/%2F%24global").await.expect(200).text_at("/kind"), "global");
    }

    async fn a_name_is_used_once_under_a_parent(backend: Backend) {
        let cast = Cast::start(backend).await;
        let again = json!({"parent": "/acme", "kind": "company", "name": "companyA"});
        cast.operator.post("/api/v1/nodes", again).await.expect(409);
        let root = json!({"kind": "project", "name": "acme"});
        cast.operator.post("/api/v1/nodes", root).await.expect(409);
        cast.operator.post("/api/v1/nodes", json!({"kind": "project", "name": "main"})).await.expect(409);
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyB"));
        cast.operator.patch(&place, json!({"name": "companyA"})).await.expect(409);
        let composed = json!({"parent": "/acme", "kind": "company", "name": "caf\u{e9}"});
        cast.operator.post("/api/v1/nodes", composed).await.expect(201);
        let decomposed = json!({"parent": "/acme", "kind": "company", "name": "cafe\u{301}"});
        cast.operator.post("/api/v1/nodes", decomposed).await.expect(409);
    }

    async fn a_renamed_node_keeps_what_is_granted(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, "R@/acme", "/acme/companyA").await;
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyA"));
        let tag = cast.operator.get(&place).await.expect(200).header("etag").unwrap().to_owned();
        let seen = cast.operator.with_header("if-match", &tag);
        let renamed = seen.patch(&place, json!({"name": "companyZ"})).await.expect(200);
        assert_eq!(renamed.text_at("/path"), "/acme/companyZ");
        cast.operator.get(&place).await.expect(404);
        assert!(cast.may("jane", "x", "/acme/companyZ/contract1").await);
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyZ"));
        seen.patch(&place, json!({"name": "other"})).await.expect(412);
        // A new thing with the old name inherits nothing.
        cast.node("/acme/companyA", "company").await;
        assert!(!cast.may("jane", "x", "/acme/companyA").await);
    }

    async fn lists_are_filtered_paged_and_counted(backend: Backend) {
        let cast = Cast::start(backend).await;
        let paths = |body: &Value| -> Vec<String> {
            let items = body["items"].as_array().unwrap();
            items.iter().map(|n| n["path"].as_str().unwrap().to_owned()).collect()
        };
        let under = cast.operator.get("/api/v1/nodes?under=/acme").await.expect(200);
        assert_eq!(under.body["total"], 6);
        let kind = cast.operator.get("/api/v1/nodes?under=/acme&kind=contract&q=CONTRACT1").await.expect(200);
        assert_eq!(paths(&kind.body), ["/acme/companyA/contract1"]);
        assert_eq!(cast.operator.get("/api/v1/nodes?q=100%25").await.expect(200).body["total"], 0);
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = cast.operator.get(&format!("/api/v1/nodes?under=/acme&limit=2{cursor}")).await.expect(200);
            assert_eq!(page.body["total"], 6);
            all.extend(paths(&page.body));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(all, paths(&under.body));
        assert!(all.iter().position(|p| p == "/acme") < all.iter().position(|p| p == "/acme/companyA"));
        let place = format!("/api/v1/nodes/{}/children", encoded("/acme"));
        assert_eq!(cast.operator.get(&place).await.expect(200).body["total"], 2);
        for query in ["limit=0", "limit=501", "cursor=x", "undr=/acme", "under=acme"] {
            cast.operator.get(&format!("/api/v1/nodes?{query}")).await.expect(400);
        }
    }

    async fn bad_input_is_refused_with_its_place(backend: Backend) {
        let cast = Cast::start(backend).await;
        for (input, pointer) in [
            (json!({"kind": "company"}), ""),
            (json!({"kind": "Company", "name": "x"}), "/kind"),
            (json!({"kind": "company", "name": "a/b"}), "/name"),
            (json!({"kind": "company", "name": "..", "parent": "/acme"}), "/name"),
            (json!({"kind": "company", "name": "x", "parent": "/nowhere"}), "/parent"),
            (json!({"kind": "company", "name": "x", "parent": "/$global"}), "/parent"),
            (json!({"kind": "company", "name": "x", "parnt": "/acme"}), "/parnt"),
            (json!({"kind": "company", "name": "x", "properties": {"a": null}}), "/properties/a"),
            (json!({"kind": "company", "name": "x", "properties": {"": 1}}), "/properties/"),
            (json!({"kind": "company", "name": "x", "tags": ["ok", ""]}), "/tags/1"),
            (json!({"kind": "company", "name": "x", "external_ids": {"vat": ""}}), "/external_ids/vat"),
        ] {
            let answer = cast.operator.post("/api/v1/nodes", input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{}", answer.body_text());
        }
        cast.operator.get("/api/v1/nodes/%2Fx").await.expect(404);
    }

    async fn managed_kinds_have_operations_of_their_own(backend: Backend) {
        let cast = Cast::start(backend).await;
        for kind in ["realm", "user", "group", "service_account", "application", "global"] {
            let input = json!({"kind": kind, "name": "x"});
            let answer = cast.operator.post("/api/v1/nodes", input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some("/kind"));
        }
        let jane = cast.absent("jane").await;
        for path in [jane.as_str(), "/main"] {
            let place = format!("/api/v1/nodes/{}", encoded(path));
            cast.operator.get(&place).await.expect(200);
            cast.operator.patch(&place, json!({"name": "x"})).await.expect(422);
            cast.operator.delete(&place).await.expect(422);
            cast.operator.post(&format!("{place}/move"), json!({"parent": "/acme"})).await.expect(422);
        }
        let place = "/api/v1/nodes/%2F%24global";
        cast.operator.patch(place, json!({"name": "x"})).await.expect(409);
        cast.operator.delete(place).await.expect(409);
        cast.operator.put(&format!("{place}/tags"), json!(["x"])).await.expect(409);
        cast.operator.post(&format!("{place}/connections"), json!({"to": "/acme"})).await.expect(409);
        cast.operator.post(&format!("{place}/move"), json!({"parent": "/acme"})).await.expect(409);
    }

    async fn many_children_find_room(backend: Backend) {
        let cast = Cast::empty(backend).await;
        cast.node("/a", "thing").await;
        let mut path = "/a".to_owned();
        for _ in 0..40 {
            path += "/b";
            cast.node(&path, "thing").await;
        }
        for i in 0..40 {
            cast.node(&format!("/a/c{i}"), "thing").await;
        }
        cast.role("R", "/$global", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, "R", "/a/b/b").await;
        assert!(cast.may("jane", "x", &path).await);
        assert!(!cast.may("jane", "x", "/a/c7").await);
        assert_eq!(cast.operator.get("/api/v1/nodes?under=/a/b/b").await.expect(200).body["total"], 39);
        let server = cast.server.restart(&[]).await;
        let ask = json!({"principal": {"type": "user", "realm": "main", "name": "jane"}, "permission": "x", "node": path});
        assert_eq!(server.operator().post("/api/v1/access/decide", ask).await.expect(200).text_at("/decision"), "allow");
    }
}
