use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn a_role_is_made_changed_and_deleted(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!(["sql:crm:*", "!sql:crm:customers_delete", "x@/acme/companyA",
            {"allow": "write", "except": ["write:this"], "when": "resource.status != 'archived'"},
            {"allow": "data:crm:customers:view", "fields": ["name"], "rows": "resource.open"}]);
        let input = json!({"name": "Clerk", "owner": "/acme", "rules": rules});
        let made = cast.operator.post("/api/v1/roles", input.clone()).await.expect(201);
        assert_eq!(made.body["rules"], rules);
        cast.operator.post("/api/v1/roles", input).await.expect(409);
        let place = format!("/api/v1/roles/{}", encoded("Clerk@/acme"));
        let read = cast.operator.get(&place).await.expect(200);
        assert_eq!(read.text_at("/id"), made.text_at("/id"));
        let tag = read.header("etag").unwrap().to_owned();
        let renamed = json!({"name": "Scribe", "rules": ["x"]});
        let seen = cast.operator.with_header("if-match", &tag);
        let changed = seen.put(&place, renamed.clone()).await.expect(200);
        assert_eq!(changed.body["rules"], json!(["x"]));
        let place = format!("/api/v1/roles/{}", encoded("Scribe@/acme"));
        seen.put(&place, renamed).await.expect(412);
        cast.operator.delete(&place).await.expect(204);
        cast.operator.get(&place).await.expect(404);
    }

    async fn a_renamed_role_keeps_its_holders_and_a_held_one_stays(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        let held = cast.assign(&jane, &role, "/acme").await;
        let place = format!("/api/v1/roles/{role}");
        cast.operator.put(&place, json!({"name": "S"})).await.expect(200);
        assert!(cast.may("jane", "x", "/acme/companyA").await);
        cast.operator.delete(&place).await.expect(409);
        cast.operator.delete(&format!("/api/v1/assignments/{held}")).await.expect(204);
        cast.operator.delete(&place).await.expect(204);
    }

    async fn built_in_roles_cannot_be_changed(backend: Backend) {
        let cast = Cast::empty(backend).await;
        for name in ["admin", "editor", "viewer", "none"] {
            let place = format!("/api/v1/roles/{name}");
            assert_eq!(cast.operator.get(&place).await.expect(200).body["built_in"], true);
            cast.operator.put(&place, json!({"rules": []})).await.expect(409);
            cast.operator.put(&place, json!({"name": "other"})).await.expect(409);
            cast.operator.delete(&place).await.expect(409);
        }
        let list = cast.operator.get("/api/v1/roles?owner=/$global").await.expect(200);
        assert_eq!(list.body["total"], 4);
    }

    async fn bad_rules_are_refused_with_their_place(backend: Backend) {
        let cast = Cast::start(backend).await;
        for (rule, pointer, reason) in [
            (json!("cust*"), "/rules/1", "whole segment"),
            (json!("a@/nowhere"), "/rules/1", "no such node"),
            (json!({"allow": "a", "wen": "true"}), "/rules/1/wen", "unknown field"),
            (json!({"allow": "a", "when": "resource.x =="}), "/rules/1/when", "line 1"),
            (json!({"allow": "a", "when": "resource.x + 1 == 2"}), "/rules/1/when", "column"),
            (json!({"allow": "data:a:b:view", "rows": "now"}), "/rules/1/rows", ""),
        ] {
            let input = json!({"name": "R", "owner": "/acme", "rules": ["ok", rule]});
            let answer = cast.operator.post("/api/v1/roles", input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{}", answer.body_text());
            assert!(answer.text_at("/errors/0/detail").contains(reason), "{}", answer.body_text());
        }
    }

    async fn a_name_that_is_registered_elsewhere_needs_its_owner(backend: Backend) {
        let cast = Cast::start(backend).await;
        let permission = json!({"name": "contract.list", "owner": "/acme/companyB"});
        cast.operator.post("/api/v1/permissions", permission).await.expect(201);
        let input = |rule: &str| json!({"name": "R", "owner": "/acme/companyA", "rules": [rule]});
        let answer = cast.operator.post("/api/v1/roles", input("contract.list")).await.expect(422);
        assert_eq!(answer.problem_pointer(), Some("/rules/0"));
        assert!(answer.text_at("/errors/0/detail").contains("contract.list@/acme/companyB"));
        let rule = "contract.list@/acme/companyB";
        let made = cast.operator.post("/api/v1/roles", input(rule)).await.expect(201);
        assert_eq!(made.body["rules"], json!([rule]));
        let above = json!({"name": "contract.list", "owner": "/acme"});
        cast.operator.post("/api/v1/permissions", above).await.expect(201);
        let place = format!("/api/v1/roles/{}", made.text_at("/id"));
        cast.operator.put(&place, json!({"rules": ["contract.list"]})).await.expect(200);
    }

    async fn it_asks_at_the_owner(backend: Backend) {
        let cast = Cast::start(backend).await;
        let input = |owner: &str| json!({"name": "R", "owner": owner, "rules": []});
        cast.server.anonymous().post("/api/v1/roles", input("/acme")).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        viewer.post("/api/v1/roles", input("/acme")).await.expect(403);
        assert_eq!(viewer.get("/api/v1/roles").await.expect(200).body["total"], 0);
        viewer.get("/api/v1/roles/admin").await.expect(403);
        let author = cast.person("author", json!(["access:role"]), "/acme/companyA").await;
        author.post("/api/v1/roles", input("/acme/companyB")).await.expect(422);
        author.post("/api/v1/roles", input("/acme/companyA")).await.expect(201);
        assert_eq!(author.get("/api/v1/roles").await.expect(200).body["total"], 1);
        author.delete("/api/v1/roles/viewer").await.expect(403);
        let other = cast.role("Other", "/acme/companyB", json!([])).await;
        let hidden = author.get(&format!("/api/v1/roles/{other}")).await.expect(404);
        let unknown = author.get("/api/v1/roles/nobody").await.expect(404);
        assert_eq!(hidden.text_at("/detail"), unknown.text_at("/detail"));
    }
}
