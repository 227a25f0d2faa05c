use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

on_both! {
    async fn a_move_takes_the_whole_subtree_along_at_once(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.role("R", "/acme", json!(["x"])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, "R@/acme", "/acme/companyB").await;
        assert!(!cast.may("jane", "x", "/acme/companyA/contract1").await);
        let place = format!("/api/v1/nodes/{}/move", encoded("/acme/companyA"));
        let moved = cast.operator.post(&place, json!({"parent": "/acme/companyB"})).await.expect(200);
        assert_eq!(moved.text_at("/path"), "/acme/companyB/companyA");
        assert!(cast.may("jane", "x", "/acme/companyB/companyA/contract1").await);
        let under = cast.operator.get("/api/v1/nodes?under=/acme/companyB").await.expect(200);
        assert_eq!(under.body["total"], 5);
        let server = cast.server.restart(&[]).await;
        let ask = json!({"principal": {"type": "user", "realm": "main", "name": "jane"},
            "permission": "x", "node": "/acme/companyB/companyA/contract1"});
        assert_eq!(server.operator().post("/api/v1/access/decide", ask).await.expect(200).text_at("/decision"), "allow");
    }

    async fn nothing_moves_below_itself(backend: Backend) {
        let cast = Cast::start(backend).await;
        let place = format!("/api/v1/nodes/{}/move", encoded("/acme"));
        for parent in ["/acme", "/acme/companyA", "/acme/companyA/contract1"] {
            cast.operator.post(&place, json!({"parent": parent})).await.expect(409);
        }
        let connections = format!("/api/v1/nodes/{}/connections", encoded("/acme/companyA"));
        cast.operator.post(&connections, json!({"to": "/acme/companyB"})).await.expect(201);
        let place = format!("/api/v1/nodes/{}/move", encoded("/acme/companyA"));
        cast.operator.post(&place, json!({"parent": "/acme/companyB"})).await.expect(409);
    }

    async fn names_and_parents_are_checked(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.node("/acme/companyB/contract1", "contract").await;
        let place = format!("/api/v1/nodes/{}/move", encoded("/acme/companyA/contract1"));
        cast.operator.post(&place, json!({"parent": "/acme/companyB"})).await.expect(409);
        for parent in ["/nowhere", "/$global"] {
            let answer = cast.operator.post(&place, json!({"parent": parent})).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some("/parent"));
        }
        cast.operator.post(&place, json!({"parent": "/acme/companyA"})).await.expect(200);
    }

    async fn it_asks_at_both_ends(backend: Backend) {
        let cast = Cast::start(backend).await;
        let mover = cast.person("mover", json!(["*"]), "/acme/companyA").await;
        let place = format!("/api/v1/nodes/{}/move", encoded("/acme/companyA/contract1"));
        let hidden = mover.post(&place, json!({"parent": "/acme/companyB"})).await.expect(422);
        let unknown = mover.post(&place, json!({"parent": "/acme/nowhere"})).await.expect(422);
        assert_eq!(hidden.body["errors"], unknown.body["errors"]);
        mover.post(&place, json!({"parent": "/acme/companyA/contract2"})).await.expect(200);
    }
}
