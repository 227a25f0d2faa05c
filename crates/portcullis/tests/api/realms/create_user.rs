use serde_json::json;
use testkit::{Backend, on_both};

use super::officer;
use crate::harness::{PASSWORD, Server};

const USERS: &str = "/api/v1/realms/main/users";

on_both! {
    async fn a_new_user_is_all_that_was_said(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/groups", json!({"name": "clerks"})).await.expect(201);
        let answer = operator.post(USERS, json!({
            "username": "jane", "password": PASSWORD, "email": "jane@example.com", "full_name": "Jane Doe",
            "aliases": [{"value": "jd@example.com"}, {"kind": "phone", "value": "+32470123456"}],
            "attributes": {"grade": 3}, "metadata": {"theme": "dark"}, "expires_at": "2027-01-01T00:00:00Z",
            "roles": ["viewer"], "groups": ["clerks"],
        })).await.expect(201);
        assert_eq!(answer.header("location"), Some("/api/v1/realms/main/users/jane"));
        let view = operator.get(&format!("{USERS}/jane")).await.expect(200);
        assert_eq!(view.body, answer.body);
        assert_eq!(view.header("etag"), Some("\"1\""));
        assert_eq!(view.text_at("/realm"), "main");
        assert_eq!(view.text_at("/state"), "active");
        assert_eq!(view.body["roles"], json!(["viewer"]));
        assert_eq!(view.body["groups"], json!(["clerks"]));
        assert_eq!(view.body["attributes"], json!({"grade": 3}));
        assert_eq!(view.body["metadata"], json!({"theme": "dark"}));
        assert_eq!(view.body["aliases"][0], json!({"kind": "email", "value": "jd@example.com"}));
        assert_eq!(view.text_at("/expires_at"), "2027-01-01T00:00:00Z");
        assert!(!view.body_text().contains("argon2"));
        server.sign_in("main", "jane", PASSWORD).await;
        server.sign_in("main", "JD@example.com", PASSWORD).await;
    }

    async fn it_asks_user_manage_at_the_realm(backend: Backend) {
        let server = Server::start(backend).await;
        let input = json!({"username": "jane"});
        server.anonymous().post(USERS, input.clone()).await.expect(401);
        server.user("vera", &["viewer"]).await.post(USERS, input.clone()).await.expect(403);
        server.operator().post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        let mia = officer(&server, "mia").await;
        let elsewhere = mia.post("/api/v1/realms/other/users", input.clone()).await.expect(404);
        let nowhere = mia.post("/api/v1/realms/nowhere/users", input.clone()).await.expect(404);
        assert_eq!(elsewhere.body["detail"], nowhere.body["detail"]);
        server.operator().get(&format!("{USERS}/jane")).await.expect(404);
        mia.post(USERS, input).await.expect(201);
    }

    async fn what_is_wrong_is_named_and_leaves_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for (input, pointer) in [
            (json!({"username": "a/b"}), "/username"),
            (json!({"username": "jane", "usernam": 1}), "/usernam"),
            (json!({"username": "jane", "email": "jane"}), "/email"),
            (json!({"username": "jane", "password": "short"}), "/password"),
            (json!({"username": "jane", "attributes": {"superuser": true}}), "/attributes"),
            (json!({"username": "jane", "aliases": [{"kind": "phone", "value": "12"}]}), "/aliases/0/value"),
            (json!({"username": "jane", "aliases": [{"value": "a@b"}, {"value": "A@B"}]}), "/aliases/1/value"),
            (json!({"username": "jane", "roles": ["nonsense"]}), "/roles/0"),
            (json!({"username": "jane", "groups": ["nonsense"]}), "/groups/0"),
        ] {
            let answer = operator.post(USERS, input.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{input}");
        }
        operator.get(&format!("{USERS}/jane")).await.expect(404);
    }

    async fn names_that_read_alike_are_one(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let jane = json!({"username": "Jane", "aliases": [{"kind": "badge", "value": "J1"}]});
        operator.post(USERS, jane).await.expect(201);
        for name in ["jane", "JANE", "\u{ff2a}ane", "j1"] {
            operator.post(USERS, json!({"username": name})).await.expect(409);
        }
        let alias = json!({"username": "joe", "aliases": [{"kind": "username", "value": "jane"}]});
        operator.post(USERS, alias).await.expect(409);
        assert_eq!(operator.get(&format!("{USERS}/JANE")).await.expect(200).text_at("/username"), "Jane");
        operator.post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        operator.post("/api/v1/realms/other/users", json!({"username": "jane"})).await.expect(201);
    }

    async fn nobody_gives_a_role_that_he_does_not_hold(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = officer(&server, "mia").await;
        mia.post(USERS, json!({"username": "jane", "roles": ["admin"]})).await.expect(403);
        mia.post(USERS, json!({"username": "jane", "superuser": true})).await.expect(403);
        mia.get(&format!("{USERS}/jane")).await.expect(404);
    }

    async fn the_list_shows_whom_one_may_manage(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for name in ["ann", "bob", "cid"] {
            operator.post(USERS, json!({"username": name})).await.expect(201);
        }
        let first = operator.get(&format!("{USERS}?limit=2")).await.expect(200);
        assert_eq!((first.text_at("/items/0/username"), first.body["total"].as_u64()), ("ann", Some(4)));
        let cursor = first.text_at("/next_cursor");
        let next = operator.get(&format!("{USERS}?limit=2&cursor={cursor}")).await.expect(200);
        assert_eq!(next.text_at("/items/0/username"), "cid");
        assert_eq!(next.body.get("next_cursor"), None);
        let found = operator.get(&format!("{USERS}?q=BO")).await.expect(200);
        assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
        operator.get(&format!("{USERS}?limit=501")).await.expect(400);
        server.user("vera", &["viewer"]).await.get(USERS).await.expect(403);
    }
}
