use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::Cast;

const CHECK: &str = "/api/v1/roles/check";

on_both! {
    async fn it_tells_all_that_is_wrong_and_writes_nothing(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!(["contract.edit", "cust*", "a@/nowhere", {"allow": "a", "deny": "b"},
            {"allow": "data:a:b:view", "when": "resource.a ==\n  2 * 3", "rows": "true"},
            {"allow": "a", "except": ["b:"]}]);
        let answer = cast.operator.post(CHECK, json!({"owner": "/acme", "rules": rules})).await.expect(200);
        let checked = answer.body["rules"].as_array().unwrap();
        assert_eq!(checked.len(), 6);
        assert_eq!(checked[0], json!({"errors": [], "permissions": [], "total": 0}));
        for (index, pointer, reason) in [
            (1, "/rules/1", "whole segment"),
            (2, "/rules/2", "no such node"),
            (3, "/rules/3", "either 'allow' or 'deny'"),
            (4, "/rules/4/when", "arithmetic"),
            (5, "/rules/5/except/0", "empty segment"),
        ] {
            let error = &checked[index]["errors"][0];
            assert_eq!(error["pointer"], pointer, "{error}");
            assert!(error["detail"].as_str().unwrap().contains(reason), "{error}");
        }
        let when = &checked[4]["errors"];
        assert_eq!((&when[0]["line"], &when[0]["column"]), (&json!(2), &json!(5)), "{when}");
        assert_eq!(cast.operator.get("/api/v1/roles?owner=/acme").await.expect(200).body["total"], 0);
    }

    async fn it_says_what_a_pattern_stands_for(backend: Backend) {
        let cast = Cast::start(backend).await;
        for name in ["sql:crm:get", "sql:crm:put", "sql:hr:get"] {
            let input = json!({"name": name, "owner": "/acme"});
            cast.operator.post("/api/v1/permissions", input).await.expect(201);
        }
        let rules = json!(["sql:*", {"deny": "sql:*@/acme", "except": ["sql:crm:*"]}, "access:*", "sql:*:get", "sql:crm:get"]);
        let question = json!({"owner": "/acme", "rules": rules, "names": 2});
        let answer = cast.operator.post(CHECK, question).await.expect(200);
        let checked = |index: usize| {
            let rule = &answer.body["rules"][index];
            assert_eq!(rule["errors"], json!([]));
            (rule["permissions"].clone(), rule["total"].as_u64().unwrap())
        };
        assert_eq!(checked(0), (json!(["sql:crm:get", "sql:crm:put"]), 3));
        assert_eq!(checked(1), (json!(["sql:hr:get"]), 1));
        assert_eq!(checked(2), (json!(["access:assign", "access:inspect"]), 3));
        assert_eq!(checked(3), (json!(["sql:crm:get", "sql:hr:get"]), 2));
        let question = json!({"rules": ["!new:*", {"allow": "*", "except": ["new:thing"]}], "permission": "new:thing"});
        let asked = cast.operator.post(CHECK, question).await.expect(200);
        assert_eq!((&asked.body["rules"][0]["matches"], &asked.body["rules"][1]["matches"]), (&json!(true), &json!(false)));
        // At `$global` the name alone would mean something wider.
        let answer = cast.operator.post(CHECK, json!({"rules": ["sql:crm:get"]})).await.expect(200);
        let detail = answer.text_at("/rules/0/errors/0/detail");
        assert!(detail.contains("sql:crm:get@/acme"), "{detail}");
    }

    async fn it_asks_at_the_owner_and_names_what_one_may_see(backend: Backend) {
        let cast = Cast::start(backend).await;
        for (name, owner) in [("open:a", "/acme/companyA"), ("open:b", "/acme/companyB")] {
            let input = json!({"name": name, "owner": owner});
            cast.operator.post("/api/v1/permissions", input).await.expect(201);
        }
        let question = |owner: &str| json!({"owner": owner, "rules": ["open:*"]});
        cast.server.anonymous().post(CHECK, question("/acme")).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        viewer.post(CHECK, question("/acme")).await.expect(403);
        let author = cast.person("author", json!(["access:role", "node:read"]), "/acme/companyA").await;
        let hidden = author.post(CHECK, question("/acme/companyB")).await.expect(422);
        let unknown = author.post(CHECK, question("/acme/nowhere")).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        let told = author.post(CHECK, question("/acme/companyA")).await.expect(200);
        assert_eq!(told.body["rules"][0]["permissions"], json!(["open:a"]));
        // Whoever gives roles writes conditions.
        let giver = cast.person("giver", json!(["access:assign", "node:read"]), "/acme/companyA").await;
        let told = giver.post(CHECK, question("/acme/companyA")).await.expect(200);
        assert_eq!(told.body["rules"][0]["total"], 0);
    }

    async fn too_much_is_refused(backend: Backend) {
        let cast = Cast::empty(backend).await;
        for (question, pointer) in [
            (json!({"rules": vec!["a"; 101]}), "/rules"),
            (json!({"rules": [], "names": 501}), "/names"),
            (json!({"rules": [], "owner": "/nowhere"}), "/owner"),
            (json!({"rule": []}), "/rule"),
        ] {
            let answer = cast.operator.post(CHECK, question).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer));
        }
    }
}
