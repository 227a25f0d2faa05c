use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::Cast;

on_both! {
    async fn a_permission_is_registered_listed_and_deleted(backend: Backend) {
        let cast = Cast::start(backend).await;
        let input = json!({"name": "contract.edit", "owner": "/acme", "description": "Change it"});
        let made = cast.operator.post("/api/v1/permissions", input.clone()).await.expect(201);
        assert_eq!(made.text_at("/owner/path"), "/acme");
        let place = made.header("location").unwrap().to_owned();
        cast.operator.post("/api/v1/permissions", input).await.expect(409);
        let other = json!({"name": "contract.edit", "owner": "/acme/companyA"});
        cast.operator.post("/api/v1/permissions", other).await.expect(201);
        let list = cast.operator.get("/api/v1/permissions?q=CONTRACT&owner=/acme").await.expect(200);
        assert_eq!(list.body["total"], 1);
        assert_eq!(list.text_at("/items/0/name"), "contract.edit");
        cast.operator.get(&place).await.expect(200);
        cast.operator.delete(&place).await.expect(204);
        cast.operator.get(&place).await.expect(404);
        cast.operator.delete(&place).await.expect(404);
    }

    async fn pages_hold_everything_once(backend: Backend) {
        let cast = Cast::empty(backend).await;
        for i in 0..5 {
            let input = json!({"name": format!("p{i}")});
            cast.operator.post("/api/v1/permissions", input).await.expect(201);
        }
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = cast.operator.get(&format!("/api/v1/permissions?limit=2{cursor}")).await.expect(200);
            assert_eq!(page.body["total"], 5);
            names.extend(page.body["items"].as_array().unwrap().iter().map(|p| p["name"].clone()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(names, ["p0", "p1", "p2", "p3", "p4"]);
    }

    async fn bad_input_is_refused_with_its_place(backend: Backend) {
        let cast = Cast::empty(backend).await;
        for (input, pointer) in [
            (json!({"name": "a:*"}), "/name"),
            (json!({"name": "a b"}), "/name"),
            (json!({"name": "a", "owner": "/nowhere"}), "/owner"),
            (json!({"name": "a", "ownr": "/acme"}), "/ownr"),
        ] {
            let answer = cast.operator.post("/api/v1/permissions", input).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer));
        }
    }

    async fn it_asks_at_the_owner(backend: Backend) {
        let cast = Cast::start(backend).await;
        let input = |owner: &str| json!({"name": "x", "owner": owner});
        cast.server.anonymous().post("/api/v1/permissions", input("/acme")).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        viewer.post("/api/v1/permissions", input("/acme")).await.expect(403);
        let author = cast.person("author", json!(["access:role", "node:read"]), "/acme/companyA").await;
        let hidden = author.post("/api/v1/permissions", input("/acme/companyB")).await.expect(422);
        let unknown = author.post("/api/v1/permissions", input("/acme/nowhere")).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        let made = author.post("/api/v1/permissions", input("/acme/companyA")).await.expect(201);
        cast.operator.post("/api/v1/permissions", input("/acme")).await.expect(201);
        assert_eq!(author.get("/api/v1/permissions").await.expect(200).body["total"], 1);
        assert_eq!(viewer.get("/api/v1/permissions").await.expect(200).body["total"], 0);
        viewer.get(made.header("location").unwrap()).await.expect(403);
    }
}
