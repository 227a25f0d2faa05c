use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn what_has_children_goes_only_with_them(backend: Backend) {
        let cast = Cast::start(backend).await;
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyA"));
        cast.operator.delete(&place).await.expect(409);
        cast.operator.delete(&format!("{place}?recursiv=true")).await.expect(400);
        cast.operator.delete(&format!("{place}?recursive=true")).await.expect(204);
        cast.operator.get(&place).await.expect(404);
        assert_eq!(cast.operator.get("/api/v1/nodes?under=/acme").await.expect(200).body["total"], 3);
        cast.operator.delete(&place).await.expect(404);
    }

    async fn all_that_refers_to_it_goes_and_nothing_comes_back(backend: Backend) {
        let cast = Cast::start(backend).await;
        let role = cast.role("Own", "/acme/companyA", json!(["x"])).await;
        let other = cast.role("Other", "/acme", json!(["y", "z@/acme/companyA"])).await;
        cast.operator.post("/api/v1/permissions", json!({"name": "x", "owner": "/acme/companyA"})).await.expect(201);
        let jane = cast.absent("jane").await;
        let at = cast.assign(&jane, &other, "/acme/companyA/contract1").await;
        let of = cast.assign(&jane, &role, "/acme").await;
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyA"));
        let connections = format!("{place}/connections");
        cast.operator.post(&connections, json!({"to": "/acme/companyB"})).await.expect(201);
        cast.operator.put(&format!("{place}/external-ids"), json!({"vat": "BE1"})).await.expect(200);
        cast.operator.put(&format!("{place}/tags"), json!(["big"])).await.expect(200);
        cast.operator.put(&format!("{place}/properties"), json!({"a": 1})).await.expect(200);
        cast.operator.delete(&format!("{place}?recursive=true")).await.expect(204);
        for id in [at, of] {
            cast.operator.get(&format!("/api/v1/assignments/{id}")).await.expect(404);
        }
        cast.operator.get(&format!("/api/v1/roles/{role}")).await.expect(404);
        let left = cast.operator.get(&format!("/api/v1/roles/{other}")).await.expect(200);
        assert_eq!(left.body["rules"], json!(["y"]));
        assert_eq!(cast.operator.get("/api/v1/permissions?q=x").await.expect(200).body["total"], 0);
        cast.operator.get("/api/v1/external-ids/vat/BE1").await.expect(404);
        cast.node("/acme/companyA", "company").await;
        cast.node("/acme/companyA/contract1", "contract").await;
        assert!(!cast.may("jane", "y", "/acme/companyA/contract1").await);
        let server = cast.server.restart(&[]).await;
        server.operator().get("/api/v1/nodes").await.expect(200);
    }

    async fn each_node_below_is_asked(backend: Backend) {
        let cast = Cast::start(backend).await;
        let deleter = cast.person("deleter", json!(["node:delete", "node:read"]), "/acme").await;
        cast.role("Keep", "/acme", json!(["!node:*"])).await;
        cast.assign("/main/deleter", "Keep@/acme", "/acme/companyA/contract2").await;
        let place = format!("/api/v1/nodes/{}?recursive=true", encoded("/acme/companyA"));
        deleter.delete(&place).await.expect(403);
        let kept = format!("/api/v1/nodes/{}", encoded("/acme/companyA/contract1"));
        cast.operator.get(&kept).await.expect(200);
        let place = format!("/api/v1/nodes/{}?recursive=true", encoded("/acme/companyB"));
        deleter.delete(&place).await.expect(204);
    }

    async fn a_deleted_node_no_longer_passes_a_deny_on_unless_one_may_lift_it(backend: Backend) {
        let cast = Cast::start(backend).await;
        let connections = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA/contract1"));
        cast.operator.post(&connections, json!({"to": "/acme/companyB"})).await.expect(201);
        let deleter = cast.person("deleter", json!(["node:*"]), "/acme").await;
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyA/contract1"));
        deleter.delete(&place).await.expect(403);
        let owner = cast.person("owner", json!(["*"]), "/acme").await;
        owner.delete(&place).await.expect(204);
    }
}
