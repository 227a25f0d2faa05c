use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

const EXPLAIN: &str = "/api/v1/access/explain";

on_both! {
    async fn an_allow_names_the_way_it_came(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.node("/acme/belgium", "region").await;
        let connections = format!("/api/v1/nodes/{}/connections", encoded("/acme/belgium"));
        cast.operator.post(&connections, json!({"to": "/acme/companyA"})).await.expect(201);
        cast.role("Editor", "/acme", json!(["contract.edit"])).await;
        let group = cast.group("clerks").await;
        cast.assign(&group, "Editor@/acme", "/acme/belgium").await;
        let jane = cast.absent("jane").await;
        let members = format!("/api/v1/groups/{group}/members");
        cast.operator.post(&members, json!({"member": jane})).await.expect(200);
        let ask = json!({"principal": {"type": "user", "realm": "main", "name": "jane"},
            "permission": "contract.edit", "node": "/acme/companyA/contract1"});
        let answer = cast.operator.post(EXPLAIN, ask).await.expect(200);
        assert_eq!(answer.text_at("/decision"), "allow");
        assert_eq!(answer.text_at("/reason/kind"), "rule");
        let rule = answer.body.pointer("/reason/rule").unwrap();
        assert_eq!(rule["rule"], "contract.edit");
        assert_eq!((&rule["role"]["name"], &rule["role"]["owner"]["path"]), (&json!("Editor"), &json!("/acme")));
        assert_eq!(rule["node"]["path"], "/acme/belgium");
        assert_eq!(rule["group_path"][0]["id"], json!(group));
        let steps: Vec<(&str, &str)> = rule["path"].as_array().unwrap().iter()
            .map(|s| (s["through"].as_str().unwrap(), s["to"]["path"].as_str().unwrap())).collect();
        assert_eq!(steps, [("connection", "/acme/companyA"), ("child", "/acme/companyA/contract1")]);
    }

    async fn a_deny_names_what_would_turn_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!(["node:read", {"allow": "x", "when": "resource.status == 'open'"}]);
        let jane = cast.person("jane", rules, "/acme").await;
        let answer = jane.post(EXPLAIN, json!({"permission": "x", "node": "/acme/companyA"})).await.expect(200);
        assert_eq!((answer.text_at("/decision"), answer.text_at("/reason/kind")), ("deny", "no_allow"));
        assert_eq!(answer.text_at("/reason/nearest/permission"), "x");
        assert_eq!(answer.text_at("/reason/near_misses/0/missing"), "condition_unknown");
        let root = cast.server.root().await;
        let answer = root.post(EXPLAIN, json!({"permission": "settings:access"})).await.expect(200);
        assert_eq!((answer.text_at("/decision"), answer.text_at("/reason/kind")), ("allow", "superuser"));
    }

    async fn what_one_may_not_see_is_as_if_it_were_not_there(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["node:read"]), "/acme/companyA").await;
        let ask = |node: &str| json!({"permission": "x", "node": node});
        let hidden = jane.post(EXPLAIN, ask("/acme/companyB")).await.expect(200);
        let unknown = jane.post(EXPLAIN, ask("/acme/nowhere")).await.expect(200);
        assert_eq!(hidden.body, unknown.body);
        assert_eq!(hidden.text_at("/reason/kind"), "unknown_node");
        let other = json!({"principal": {"type": "user", "realm": "main", "name": "root"}, "permission": "x", "node": "/acme/companyA"});
        jane.post(EXPLAIN, other).await.expect(403);
        cast.server.anonymous().post(EXPLAIN, ask("/acme")).await.expect(401);
    }
}
