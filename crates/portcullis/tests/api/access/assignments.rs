use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn an_assignment_counts_there_and_below(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("Editor", "/acme", json!(["contract.edit"])).await;
        let jane = cast.absent("jane").await;
        let input = json!({"subject": jane, "role": "Editor@/acme", "node": "/acme/companyA"});
        let made = cast.operator.post("/api/v1/assignments", input.clone()).await.expect(201);
        assert_eq!(made.text_at("/subject/path"), "/main/jane");
        assert_eq!(made.text_at("/subject_kind"), "user");
        assert_eq!(made.text_at("/role/name"), "Editor");
        assert!(made.header("portcullis-revision").is_some());
        assert!(cast.may("jane", "contract.edit", "/acme/companyA/contract1").await);
        assert!(!cast.may("jane", "contract.edit", "/acme/companyB").await);
        cast.operator.post("/api/v1/assignments", input).await.expect(409);
        let place = made.header("location").unwrap();
        assert_eq!(cast.operator.get(place).await.expect(200).body, made.body);
        cast.operator.delete(place).await.expect(204);
        assert!(!cast.may("jane", "contract.edit", "/acme/companyA").await);
        cast.operator.delete(place).await.expect(404);
    }

    async fn it_ends_in_time(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        let input = json!({"subject": jane, "role": "R@/acme", "node": "/acme", "expires_at": "2026-06-01T00:00:10Z"});
        cast.operator.post("/api/v1/assignments", input).await.expect(201);
        assert!(cast.may("jane", "x", "/acme").await);
        cast.server.advance(10);
        assert!(!cast.may("jane", "x", "/acme").await);
    }

    async fn it_can_have_a_condition(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        let input = json!({"subject": jane, "role": "R@/acme", "node": "/acme", "when": "resource.status == 'open'"});
        cast.operator.post("/api/v1/assignments", input).await.expect(201);
        assert!(!cast.may("jane", "x", "/acme").await);
        let place = format!("/api/v1/nodes/{}/properties", encoded("/acme"));
        cast.operator.put(&place, json!({"status": "open"})).await.expect(200);
        assert!(cast.may("jane", "x", "/acme").await);
    }

    async fn what_reaches_a_node_is_listed(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.node("/region", "region").await;
        let connect = json!({"to": "/acme/companyA"});
        cast.operator.post("/api/v1/nodes/%2Fregion/connections", connect).await.expect(201);
        let wide = cast.role("Wide", "/$global", json!(["x"])).await;
        cast.role("Narrow", "/acme/companyB", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        for node in ["/$global", "/acme", "/acme/companyA", "/acme/companyB", "/region", "/acme/companyA/contract1"] {
            cast.assign(&jane, &wide, node).await;
        }
        // Counts in the other company alone, wherever it is given.
        cast.assign(&jane, "Narrow@/acme/companyB", "/acme").await;
        let paths = |body: &Value| -> Vec<String> {
            let all = body["items"].as_array().unwrap();
            let mut paths: Vec<String> = all.iter().map(|a| a["node"]["path"].as_str().unwrap().to_owned()).collect();
            paths.sort_unstable();
            paths
        };
        let ask = format!("/api/v1/assignments?subject={jane}&reaching=/acme/companyA");
        let all = cast.operator.get(&ask).await.expect(200);
        assert_eq!(paths(&all.body), ["/$global", "/acme", "/acme/companyA", "/region"]);
        assert_eq!(all.body["total"], 4);
        // Of these, those at nodes where one may inspect.
        let inspector = cast.person("inspector", json!(["node:read", "access:inspect"]), "/acme").await;
        let some = inspector.get(&ask).await.expect(200);
        assert_eq!(paths(&some.body), ["/acme", "/acme/companyA"]);
        let elsewhere = cast.person("elsewhere", json!(["node:read", "access:inspect"]), "/region").await;
        let other = elsewhere.get("/api/v1/assignments?reaching=/acme/companyA").await.expect(200);
        assert!(paths(&other.body).contains(&"/region".to_owned()));
        let none = elsewhere.get("/api/v1/assignments?reaching=/acme").await.expect(200);
        assert_eq!(none.body["total"], 0);
        let nowhere = cast.operator.get("/api/v1/assignments?reaching=/nowhere").await.expect(200);
        assert_eq!(nowhere.body["total"], 0);
    }

    async fn lists_are_filtered_and_scoped(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = cast.role("R", "/acme", json!(["x"])).await;
        let (jane, joe) = (cast.absent("jane").await, cast.absent("joe").await);
        let first = cast.assign(&jane, &role, "/acme/companyA").await;
        let second = cast.assign(&joe, &role, "/acme/companyB").await;
        let ids = |body: &Value| -> Vec<String> {
            let all = body["items"].as_array().unwrap();
            // Made in one and the same millisecond, so in any order.
            let mut ids: Vec<String> = all.iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
            ids.sort_unstable();
            ids
        };
        let mut both = vec![first.clone(), second.clone()];
        both.sort_unstable();
        for (query, expected) in [
            ("role=R@/acme", both),
            ("role=R@/acme&subject=/main/jane", vec![first.clone()]),
            ("role=R@/acme&node=/acme/companyB", vec![second.clone()]),
            ("role=nothing", vec![]),
            ("subject=/main/nobody", vec![]),
        ] {
            let list = cast.operator.get(&format!("/api/v1/assignments?{query}")).await.expect(200);
            assert_eq!(ids(&list.body), expected, "{query}");
            assert_eq!(list.body["total"], expected.len());
        }
        cast.operator.get("/api/v1/assignments?sujbect=/main/jane").await.expect(400);
        let inspector = cast.person("inspector", json!(["access:inspect"]), "/acme/companyA").await;
        let list = inspector.get("/api/v1/assignments?role=R@/acme").await.expect(200);
        assert_eq!((ids(&list.body), &list.body["total"]), (vec![first.clone()], &json!(1)));
        inspector.get(&format!("/api/v1/assignments/{first}")).await.expect(200);
        inspector.get(&format!("/api/v1/assignments/{second}")).await.expect(404);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        assert_eq!(viewer.get("/api/v1/assignments").await.expect(200).body["total"], 0);
        viewer.get(&format!("/api/v1/assignments/{first}")).await.expect(403);
        cast.server.anonymous().get("/api/v1/assignments").await.expect(401);
    }

    async fn bad_input_is_refused_with_its_place(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.absent("jane").await;
        let good = json!({"subject": jane, "role": "viewer", "node": "/acme"});
        for (field, value) in [
            ("subject", json!("/main/nobody")),
            ("subject", json!("/acme")),
            ("role", json!("nothing")),
            ("role", json!("R@nowhere")),
            ("node", json!("/nowhere")),
            ("expires_at", json!("2020-01-01T00:00:00Z")),
            ("when", json!("resource.x +")),
        ] {
            let mut input = good.clone();
            input[field] = value;
            let answer = cast.operator.post("/api/v1/assignments", input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(&*format!("/{field}")), "{}", answer.body_text());
        }
        cast.operator.post("/api/v1/assignments", good).await.expect(201);
    }

    async fn it_asks_at_the_node(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.absent("jane").await;
        let input = |node: &str| json!({"subject": jane, "role": "none", "node": node});
        cast.server.anonymous().post("/api/v1/assignments", input("/acme")).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        viewer.post("/api/v1/assignments", input("/acme")).await.expect(403);
        let giver = cast.person("giver", json!(["access:assign"]), "/acme/companyA").await;
        let hidden = giver.post("/api/v1/assignments", input("/acme/companyB")).await.expect(422);
        let unknown = giver.post("/api/v1/assignments", input("/acme/nowhere")).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        giver.post("/api/v1/assignments", input("/acme/companyA/contract1")).await.expect(201);
        let everywhere = json!({"subject": jane, "role": "none"});
        giver.post("/api/v1/assignments", everywhere).await.expect(403);
    }

    async fn a_deleted_group_leaves_nothing_behind(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let group = cast.group("clerks").await;
        let held = cast.assign(&group, "R@/acme", "/acme").await;
        let jane = cast.absent("jane").await;
        let place = format!("/api/v1/groups/{group}");
        cast.operator.post(&format!("{place}/members"), json!({"member": jane})).await.expect(200);
        assert!(cast.may("jane", "x", "/acme").await);
        let answer = cast.operator.delete(&place).await;
        assert!(answer.status.is_success(), "{}", answer.body_text());
        assert!(!cast.may("jane", "x", "/acme").await);
        cast.operator.get(&format!("/api/v1/assignments/{held}")).await.expect(404);
        cast.group("clerks").await;
        assert!(!cast.may("jane", "x", "/acme").await);
    }
}
