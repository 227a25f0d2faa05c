//! Who may not: nobody, a viewer, and somebody from elsewhere.

use http::Method;
use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

/// Every operation on `/acme/companyA`, with an input that is good.
fn operations() -> Vec<(Method, String, Option<Value>)> {
    let node = format!("/api/v1/nodes/{}", encoded("/acme/companyA"));
    let at = |part: &str| format!("{node}{part}");
    let to = format!("/connections/{}", encoded("/acme/companyA/contract1"));
    vec![
        (Method::GET, at(""), None),
        (Method::PATCH, at(""), Some(json!({"name": "x"}))),
        (Method::DELETE, at("?recursive=true"), None),
        (Method::GET, at("/children"), None),
        (Method::POST, at("/move"), Some(json!({"parent": "/acme/companyB"}))),
        (Method::GET, at("/connections"), None),
        (Method::POST, at("/connections"), Some(json!({"to": "/acme/companyB"}))),
        (Method::DELETE, at(&to), None),
        (Method::GET, at("/properties"), None),
        (Method::PUT, at("/properties"), Some(json!({"a": 1}))),
        (Method::PATCH, at("/properties"), Some(json!({"a": 1}))),
        (Method::GET, at("/tags"), None),
        (Method::PUT, at("/tags"), Some(json!(["a"]))),
        (Method::GET, at("/external-ids"), None),
        (Method::PUT, at("/external-ids"), Some(json!({"a": "1"}))),
    ]
}

on_both! {
    async fn each_operation_is_refused(backend: Backend) {
        let cast = Cast::start(backend).await;
        let ids = format!("/api/v1/nodes/{}/external-ids", encoded("/acme/companyA"));
        cast.operator.put(&ids, json!({"vat": "BE1"})).await.expect(200);
        let before = cast.operator.get("/api/v1/nodes?under=/acme").await.expect(200);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        let stranger = cast.person("stranger", json!(["*"]), "/acme/companyB").await;
        for (method, path, input) in operations() {
            let nobody = cast.server.anonymous();
            nobody.send(method.clone(), &path, input.clone()).await.expect(401);
            viewer.send(method.clone(), &path, input.clone()).await.expect(403);
            let hidden = stranger.send(method.clone(), &path, input.clone()).await.expect(404);
            let unknown = path.replace("companyA", "nowhere");
            let unknown = stranger.send(method, &unknown, input).await.expect(404);
            assert_eq!(hidden.text_at("/detail"), unknown.text_at("/detail"), "{path}");
        }
        stranger.get("/api/v1/external-ids/vat/BE1").await.expect(404);
        assert_eq!(cast.operator.get("/api/v1/nodes?under=/acme").await.expect(200).body, before.body);
    }

    async fn making_asks_at_the_parent(backend: Backend) {
        let cast = Cast::start(backend).await;
        let input = |parent: &str| json!({"parent": parent, "kind": "contract", "name": "new"});
        cast.server.anonymous().post("/api/v1/nodes", input("/acme")).await.expect(401);
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        viewer.post("/api/v1/nodes", input("/acme")).await.expect(403);
        viewer.post("/api/v1/nodes", json!({"kind": "project", "name": "new"})).await.expect(403);
        let maker = cast.person("maker", json!(["node:create"]), "/acme/companyA").await;
        let hidden = maker.post("/api/v1/nodes", input("/acme/companyB")).await.expect(422);
        let unknown = maker.post("/api/v1/nodes", input("/acme/nowhere")).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        maker.post("/api/v1/nodes", input("/acme/companyA")).await.expect(201);
    }

    async fn a_list_shows_and_counts_what_one_may_read(backend: Backend) {
        let cast = Cast::start(backend).await;
        let reader = cast.person("reader", json!(["node:read"]), "/acme/companyA").await;
        cast.role("Hidden", "/acme", json!(["!node:read"])).await;
        cast.assign("/main/reader", "Hidden@/acme", "/acme/companyA/contract2").await;
        let list = reader.get("/api/v1/nodes").await.expect(200);
        assert_eq!(list.body["total"], 2);
        assert_eq!(list.text_at("/items/1/path"), "/acme/companyA/contract1");
        let children = format!("/api/v1/nodes/{}/children", encoded("/acme/companyA"));
        assert_eq!(reader.get(&children).await.expect(200).body["total"], 1);
        for query in ["under=/acme/companyB", "under=/acme", "path=/acme/companyB", "under=/nowhere"] {
            assert_eq!(reader.get(&format!("/api/v1/nodes?{query}")).await.expect(200).body["total"], 0);
        }
        let viewer = cast.server.user("viewer", &["viewer"]).await;
        assert_eq!(viewer.get("/api/v1/nodes").await.expect(200).body["total"], 0);
        cast.server.anonymous().get("/api/v1/nodes").await.expect(401);
    }
}
