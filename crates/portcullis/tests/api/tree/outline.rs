//! Where the tree begins for somebody, and children by name.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

/// Name and `has_children` of each node of a list.
fn told(body: &Value) -> Vec<(String, bool)> {
    let items = body["items"].as_array().unwrap().iter();
    items
        .map(|n| (n["path"].as_str().unwrap().to_owned(), n["has_children"].as_bool().unwrap()))
        .collect()
}

fn expected(all: &[(&str, bool)]) -> Vec<(String, bool)> {
    all.iter().map(|(path, below)| ((*path).to_owned(), *below)).collect()
}

on_both! {
    async fn who_may_read_all_begins_at_the_roots(backend: Backend) {
        let cast = Cast::start(backend).await;
        let tops = cast.operator.get("/api/v1/top-nodes").await.expect(200);
        let tops = told(&tops.body);
        assert_eq!(tops[0].0, "/$global");
        assert!(tops.contains(&("/acme".to_owned(), true)));
        assert!(tops.iter().all(|(path, _)| path.rfind('/') == Some(0)), "{tops:?}");
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = cast.operator.get(&format!("/api/v1/top-nodes?limit=1{cursor}")).await.expect(200);
            paged.extend(told(&page.body));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, tops);
        cast.operator.get("/api/v1/top-nodes?limit=0").await.expect(400);
        cast.operator.get("/api/v1/top-nodes?cursor=x").await.expect(400);
    }

    async fn who_may_read_parts_begins_at_each(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["node:read"]), "/acme/companyA").await;
        let tops = jane.get("/api/v1/top-nodes").await.expect(200);
        assert_eq!(told(&tops.body), expected(&[("/acme/companyA", true)]));
        cast.assign("/main/jane", "role of jane", "/acme/companyB/contract3").await;
        cast.role("Shut", "/$global", json!(["!node:read"])).await;
        cast.assign("/main/jane", "Shut", "/acme/companyA/contract1").await;
        cast.assign("/main/jane", "Shut", "/acme/companyA/contract2").await;
        let tops = jane.get("/api/v1/top-nodes").await.expect(200);
        // What one may not read is no child either.
        let both = expected(&[("/acme/companyA", false), ("/acme/companyB/contract3", false)]);
        assert_eq!(told(&tops.body), both);
        let nobody = cast.person("joe", json!(["x"]), "/acme").await;
        assert_eq!(nobody.get("/api/v1/top-nodes").await.expect(200).body, json!({"items": []}));
    }

    async fn children_come_by_name_in_pages(backend: Backend) {
        let cast = Cast::start(backend).await;
        for name in ["c", "a", "b"] {
            cast.node(&format!("/acme/companyB/{name}"), "contract").await;
        }
        cast.node("/acme/companyB/b/below", "page").await;
        let place = format!("/api/v1/nodes/{}/children?sort=name", encoded("/acme/companyB"));
        let first = cast.operator.get(&format!("{place}&limit=3")).await.expect(200);
        let names = expected(&[("/acme/companyB/a", false), ("/acme/companyB/b", true), ("/acme/companyB/c", false)]);
        assert_eq!(told(&first.body), names);
        assert!(first.body.get("total").is_none());
        let next = first.text_at("/next_cursor");
        let second = cast.operator.get(&format!("{place}&limit=3&cursor={next}")).await.expect(200);
        assert_eq!(told(&second.body), expected(&[("/acme/companyB/contract3", false)]));
        assert!(second.body.get("next_cursor").is_none());
        let found = cast.operator.get(&format!("{place}&q=CONTRACT")).await.expect(200);
        assert_eq!(told(&found.body), expected(&[("/acme/companyB/contract3", false)]));
        let begun = cast.operator.get(&format!("{place}&prefix=CON")).await.expect(200);
        assert_eq!(told(&begun.body), expected(&[("/acme/companyB/contract3", false)]));
        for other in ["ontract", "%25", "_"] {
            let none = cast.operator.get(&format!("{place}&prefix={other}")).await.expect(200);
            assert_eq!(told(&none.body), expected(&[]), "{other}");
        }
        cast.operator.get(&format!("{place}&cursor=x")).await.expect(400);
        let wrong = format!("/api/v1/nodes/{}/children?sort=size", encoded("/acme/companyB"));
        cast.operator.get(&wrong).await.expect(400);
    }
}
