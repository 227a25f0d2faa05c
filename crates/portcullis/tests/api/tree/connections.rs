use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn what_is_granted_at_one_end_works_at_the_other(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.node("/acme/belgium", "region").await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, "R@/acme", "/acme/belgium").await;
        let connections = format!("/api/v1/nodes/{}/connections", encoded("/acme/belgium"));
        let made = cast.operator.post(&connections, json!({"to": "/acme/companyA"})).await.expect(201);
        assert_eq!(made.text_at("/to/path"), "/acme/companyA");
        assert!(cast.may("jane", "x", "/acme/companyA/contract1").await);
        assert!(!cast.may("jane", "x", "/acme/companyB/contract3").await);
        cast.operator.post(&connections, json!({"to": "/acme/companyA"})).await.expect(409);
        let list = cast.operator.get(&connections).await.expect(200);
        assert_eq!(list.body["items"], json!([made.body]));
        let other = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA"));
        assert_eq!(cast.operator.get(&other).await.expect(200).body, list.body);
        let end = format!("{connections}/{}", encoded("/acme/companyA"));
        cast.operator.delete(&end).await.expect(204);
        assert!(!cast.may("jane", "x", "/acme/companyA/contract1").await);
        cast.operator.delete(&end).await.expect(404);
    }

    async fn nothing_inherits_from_itself(backend: Backend) {
        let cast = Cast::start(backend).await;
        for (from, to) in [
            ("/acme/companyA", "/acme"),
            ("/acme/companyA", "/acme/companyA"),
            ("/acme/companyA/contract1", "/acme/companyA"),
        ] {
            let place = format!("/api/v1/nodes/{}/connections", encoded(from));
            cast.operator.post(&place, json!({"to": to})).await.expect(409);
        }
        let place = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA"));
        cast.operator.post(&place, json!({"to": "/acme/companyB"})).await.expect(201);
        let back = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyB"));
        cast.operator.post(&back, json!({"to": "/acme/companyA"})).await.expect(409);
        cast.operator.post(&back, json!({"to": "/acme/nowhere"})).await.expect(422);
        cast.operator.post(&back, json!({"to": "/$global"})).await.expect(409);
    }

    async fn a_company_may_manage_a_user_of_another_realm(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.absent("jane").await;
        let boss = cast.absent("boss").await;
        cast.role("Boss", "/$global", json!(["user_manage"])).await;
        cast.assign(&boss, "Boss", "/acme/companyA").await;
        assert!(!cast.may("boss", "user_manage", &jane).await);
        let place = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA"));
        cast.operator.post(&place, json!({"to": jane})).await.expect(201);
        assert!(cast.may("boss", "user_manage", &jane).await);
        // The connection goes with the user.
        cast.operator.delete("/api/v1/realms/main/users/jane").await.expect(204);
        assert_eq!(cast.operator.get(&place).await.expect(200).body["items"], json!([]));
    }

    async fn it_asks_at_both_ends(backend: Backend) {
        let cast = Cast::start(backend).await;
        let one = cast.person("one", json!(["*"]), "/acme/companyA").await;
        let place = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA/contract1"));
        let hidden = one.post(&place, json!({"to": "/acme/companyB"})).await.expect(422);
        let unknown = one.post(&place, json!({"to": "/acme/nowhere"})).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        one.post(&place, json!({"to": "/acme/companyA/contract2"})).await.expect(201);
        let other = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyB"));
        one.post(&other, json!({"to": "/acme/companyA"})).await.expect(404);
    }
}
