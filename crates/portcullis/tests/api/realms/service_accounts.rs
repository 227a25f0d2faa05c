use serde_json::json;
use testkit::{Backend, on_both};

use super::{assign, officer};
use crate::harness::Server;

const ACCOUNTS: &str = "/api/v1/service-accounts";

async fn may(server: &Server, path: &str, permission: &str) -> bool {
    let principal = json!({"type": "service_account", "id": path});
    let input = json!({"principal": principal, "permission": permission});
    let answer = server.operator().post("/api/v1/access/decide", input).await.expect(200);
    answer.text_at("/decision") == "allow"
}

on_both! {
    async fn disabling_shows_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let input = json!({"name": "backup", "description": "nightly copies"});
        let made = operator.post(ACCOUNTS, input).await.expect(201);
        assert_eq!(made.text_at("/owner"), "/$global");
        let path = format!("{ACCOUNTS}/{}", made.text_at("/id"));
        assert_eq!(operator.get(&path).await.expect(200).body, made.body);
        assign(&server, "/$global/backup", "viewer", "/$global").await;
        assert!(may(&server, "/$global/backup", "read").await);
        operator.post(&format!("{path}/disable"), json!({})).await.expect(200);
        assert!(!may(&server, "/$global/backup", "read").await);
        operator.post(&format!("{path}/enable"), json!({})).await.expect(200);
        assert!(may(&server, "/$global/backup", "read").await);
        operator.delete(&path).await.expect(204);
        operator.get(&path).await.expect(404);
        assert_eq!(operator.get(ACCOUNTS).await.expect(200).body["items"], json!([]));
    }

    async fn it_asks_user_manage_at_the_owner(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = officer(&server, "mia").await;
        let input = json!({"name": "robot", "owner": "/main"});
        server.anonymous().post(ACCOUNTS, input.clone()).await.expect(401);
        let vera = server.user("vera", &["viewer"]).await;
        vera.post(ACCOUNTS, input.clone()).await.expect(403);
        mia.post(ACCOUNTS, json!({"name": "robot"})).await.expect(403);
        let made = mia.post(ACCOUNTS, input).await.expect(201);
        let path = format!("{ACCOUNTS}/{}", made.text_at("/id"));
        vera.post(&format!("{path}/disable"), json!({})).await.expect(403);
        server.user("nina", &[]).await.delete(&path).await.expect(404);
        for owner in ["/main/mia", "/nowhere"] {
            let wrong = mia.post(ACCOUNTS, json!({"name": "x", "owner": owner})).await.expect(422);
            assert_eq!(wrong.problem_pointer(), Some("/owner"));
        }
    }
}
