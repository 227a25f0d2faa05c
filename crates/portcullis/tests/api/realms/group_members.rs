use serde_json::json;
use testkit::{Backend, on_both};

use super::{assign, may, officer};
use crate::harness::Server;

const GROUPS: &str = "/api/v1/groups";

async fn group(server: &Server, name: &str) -> String {
    let input = json!({"name": name, "owner": "/main"});
    server.operator().post(GROUPS, input).await.expect(201);
    format!("{GROUPS}/{name}@%2Fmain/members")
}

on_both! {
    async fn a_member_holds_what_the_group_holds_while_it_is_one(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        server.user("jane", &[]).await;
        let (inner, outer) = (group(&server, "inner").await, group(&server, "outer").await);
        assign(&server, "/main/outer", "editor", "/$global").await;
        operator.post(&outer, json!({"member": "/main/inner"})).await.expect(200);
        assert!(!may(&server, "jane", "write").await);
        operator.post(&inner, json!({"member": "/main/jane"})).await.expect(200);
        assert!(may(&server, "jane", "write").await);
        let members = operator.get(&inner).await.expect(200);
        assert_eq!((members.text_at("/items/0/path"), members.text_at("/items/0/kind")), ("/main/jane", "user"));
        let server = server.restart(&[]).await;
        assert!(may(&server, "jane", "write").await);
        server.operator().delete(&format!("{inner}/%2Fmain%2Fjane")).await.expect(204);
        assert!(!may(&server, "jane", "write").await);
        server.operator().delete(&format!("{inner}/%2Fmain%2Fjane")).await.expect(404);
    }

    async fn a_group_is_not_within_itself(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let (a, b) = (group(&server, "a").await, group(&server, "b").await);
        operator.post(&a, json!({"member": "/main/a"})).await.expect(409);
        operator.post(&a, json!({"member": "/main/b"})).await.expect(200);
        operator.post(&b, json!({"member": "/main/a"})).await.expect(409);
        operator.post(&a, json!({"member": "/main/b"})).await.expect(409);
        let wrong = operator.post(&a, json!({"member": "/main"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/member"));
        let absent = operator.post(&a, json!({"member": "/main/nobody"})).await.expect(422);
        assert_eq!(absent.problem_pointer(), Some("/member"));
    }

    async fn nobody_gives_a_membership_that_gives_more_than_he_holds(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = officer(&server, "mia").await;
        server.user("jane", &[]).await;
        let members = group(&server, "staff").await;
        mia.post(&members, json!({"member": "/main/jane"})).await.expect(200);
        mia.delete(&format!("{members}/%2Fmain%2Fjane")).await.expect(204);
        assign(&server, "/main/staff", "editor", "/$global").await;
        mia.post(&members, json!({"member": "/main/jane"})).await.expect(403);
        mia.post(&members, json!({"member": "/main/mia"})).await.expect(403);
        assert!(!may(&server, "mia", "write").await);
        server.user("vera", &["viewer"]).await.post(&members, json!({"member": "/main/vera"})).await.expect(403);
    }

    async fn a_deny_is_lifted_by_those_who_could_give_it(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        server.user("jane", &["editor"]).await;
        let members = group(&server, "blocked").await;
        operator.post("/api/v1/roles", json!({"name": "blocked", "rules": ["!write"]})).await.expect(201);
        assign(&server, "/main/blocked", "blocked", "/$global").await;
        operator.post(&members, json!({"member": "/main/jane"})).await.expect(200);
        assert!(!may(&server, "jane", "write").await);
        let mia = officer(&server, "mia").await;
        mia.delete(&format!("{members}/%2Fmain%2Fjane")).await.expect(403);
        mia.delete(&format!("{GROUPS}/blocked@%2Fmain")).await.expect(403);
        assert!(!may(&server, "jane", "write").await);
        operator.delete(&format!("{GROUPS}/blocked@%2Fmain")).await.expect(204);
        assert!(may(&server, "jane", "write").await);
    }

    async fn a_deleted_user_leaves_its_groups(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        server.user("jane", &["viewer"]).await;
        let members = group(&server, "staff").await;
        operator.post(&members, json!({"member": "/main/jane"})).await.expect(200);
        operator.delete("/api/v1/realms/main/users/jane").await.expect(204);
        assert_eq!(operator.get(&members).await.expect(200).body["items"], json!([]));
        operator.post("/api/v1/realms/main/users", json!({"username": "jane"})).await.expect(201);
        assert!(!may(&server, "jane", "read").await);
    }
}
