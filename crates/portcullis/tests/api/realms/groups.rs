use serde_json::json;
use testkit::{Backend, on_both};

use super::officer;
use crate::harness::Server;

const GROUPS: &str = "/api/v1/groups";

on_both! {
    async fn a_group_is_made_changed_and_deleted(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let input = json!({"name": "sales", "owner": "/main", "kind": "department"});
        let made = operator.post(GROUPS, input).await.expect(201);
        assert_eq!((made.text_at("/owner"), made.text_at("/kind")), ("/main", "department"));
        let path = format!("{GROUPS}/sales@%2Fmain");
        assert_eq!(operator.get(&path).await.expect(200).body, made.body);
        operator.post(GROUPS, json!({"name": "sales", "owner": "/main"})).await.expect(409);
        let changed = operator.patch(&path, json!({"name": "trade", "kind": "group"})).await.expect(200);
        assert_eq!((changed.text_at("/name"), changed.text_at("/kind")), ("trade", "group"));
        let listed = operator.get(&format!("{GROUPS}?owner=/main")).await.expect(200);
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
        operator.delete(&format!("{GROUPS}/trade@%2Fmain")).await.expect(204);
        operator.get(&format!("{GROUPS}/{}", made.text_at("/id"))).await.expect(404);
    }

    async fn built_in_groups_stay_as_they_are(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for group in ["authenticated", "anonymous", "authenticated@%2Fmain"] {
            let path = format!("{GROUPS}/{group}");
            assert_eq!(operator.get(&path).await.expect(200).body["built_in"], json!(true));
            operator.patch(&path, json!({"kind": "department"})).await.expect(409);
            operator.delete(&path).await.expect(409);
            operator.post(&format!("{path}/members"), json!({"member": "/main/root"})).await.expect(409);
        }
    }

    async fn it_asks_group_manage_at_the_owner(backend: Backend) {
        let server = Server::start(backend).await;
        let input = json!({"name": "sales", "owner": "/main"});
        server.anonymous().post(GROUPS, input.clone()).await.expect(401);
        server.user("vera", &["viewer"]).await.post(GROUPS, input.clone()).await.expect(403);
        let mia = officer(&server, "mia").await;
        server.operator().post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        let hidden = mia.post(GROUPS, json!({"name": "sales", "owner": "/other"})).await.expect(422);
        assert_eq!(hidden.problem_pointer(), Some("/owner"));
        mia.post(GROUPS, input).await.expect(201);
        let wrong = mia.post(GROUPS, json!({"name": "x", "owner": "/main/mia"})).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/owner"));
        mia.post(GROUPS, json!({"name": "x", "owner": "/main", "kind": "club"})).await.expect(422);
    }
}
