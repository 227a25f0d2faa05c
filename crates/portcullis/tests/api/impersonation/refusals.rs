//! Escalation by impersonation, as it was thought of.

use http::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use super::{act_as, ask, stand_in};
use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
    tokens::bearer,
};

const NEW: &str = "another horse battery";

on_both! {
    async fn it_asks_the_permission_at_the_user(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        server.operator().post("/api/v1/realms", json!({"name": "elsewhere"})).await.expect(201);
        server.user_of("elsewhere", "eve", &[]).await;
        ask(&server.anonymous(), "jane").await.expect(401);
        ask(&server.user("viewer", &["viewer"]).await, "jane").await.expect(403);
        ask(&server.user_of("elsewhere", "stranger", &[]).await, "jane").await.expect(404);
        // Managing users is another permission.
        let role = json!({"name": "people", "rules": ["user_manage", "read"]});
        server.operator().post("/api/v1/roles", role).await.expect(201);
        ask(&server.user("officer", &["people"]).await, "jane").await.expect(403);
        mia.post("/api/v1/realms/elsewhere/users/eve/impersonate", json!({})).await.expect(403);
        ask(&mia, "nobody").await.expect(404);
        ask(&mia, "jane").await.expect(200);
    }

    async fn it_is_never_upwards(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("editor", &["editor"]).await;
        let refused = ask(&mia, "editor").await.expect(403);
        assert!(refused.body_text().contains("more than you hold"), "{}", refused.body_text());
        // Nor by a group.
        server.user("member", &[]).await;
        let operator = server.operator();
        operator.post("/api/v1/groups", json!({"name": "writers", "owner": "/$global"})).await.expect(201);
        let member = json!({"member": "/main/member"});
        operator.post("/api/v1/groups/%2F$global%2Fwriters/members", member).await.expect(200);
        ask(&mia, "member").await.expect(200);
        let given = json!({"subject": "/$global/writers", "role": "editor"});
        operator.post("/api/v1/assignments", given).await.expect(201);
        ask(&mia, "member").await.expect(403);
    }

    async fn nobody_is_a_superuser_by_it(backend: Backend) {
        let server = Server::start(backend).await;
        let second = json!({"username": "second", "superuser": true});
        server.operator().post("/api/v1/realms/main/users", second).await.expect(201);
        let adam = server.user("adam", &["admin"]).await;
        let root = server.root().await;
        for client in [&adam, &root] {
            ask(client, "second").await.expect(403);
        }
        ask(&root, "root").await.expect(409);
        // Whoever becomes one is left.
        let acting = act_as(&server, &root, "adam").await;
        acting.get("/auth/me").await.expect(200);
        root.patch("/api/v1/realms/main/users/adam", json!({"superuser": true})).await.expect(200);
        acting.get("/auth/me").await.expect(401);
    }

    async fn only_a_user_himself_begins_it(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &["admin"]).await;
        server.user("jane", &[]).await;
        let key = mia.post("/api/v1/api-keys", json!({"name": "k", "role": "admin"})).await.expect(201);
        let with_key = server.anonymous().with_api_key(key.text_at("/key"));
        with_key.get("/auth/me").await.expect(200);
        ask(&with_key, "jane").await.expect(403);
        let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("mia:{PASSWORD}"));
        let basic = server.anonymous().with_header("authorization", &format!("Basic {basic}"));
        basic.get("/auth/me").await.expect(200);
        ask(&basic, "jane").await.expect(403);
        ask(&server.operator(), "jane").await.expect(403);
        let operator = server.operator();
        operator.post("/api/v1/service-accounts", json!({"name": "robot"})).await.expect(201);
        let given = json!({"subject": "/$global/robot", "role": "admin"});
        operator.post("/api/v1/assignments", given).await.expect(201);
        let input = json!({"name": "k", "role": "admin", "owner": "/$global/robot"});
        let key = operator.post("/api/v1/api-keys", input).await.expect(201);
        ask(&server.anonymous().with_api_key(key.text_at("/key")), "jane").await.expect(403);
    }

    async fn it_does_not_nest(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &["admin"]).await;
        server.user("jane", &["admin"]).await;
        server.user("bob", &[]).await;
        let acting = act_as(&server, &mia, "jane").await;
        for name in ["bob", "mia", "jane"] {
            ask(&acting, name).await.expect(403);
        }
        ask(&mia, "bob").await.expect(200);
    }

    async fn an_old_sign_in_is_not_enough(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let begun = try_login(&server, "mia", PASSWORD).await.expect(200);
        server.advance(590);
        let begun = server.refresh(begun.text_at("/refresh_token")).await.expect(200);
        let mia = bearer(&server, begun.text_at("/access_token"));
        ask(&mia, "jane").await.expect(200);
        server.advance(11);
        let refused = ask(&mia, "jane").await.expect(403);
        assert!(refused.body_text().contains("10 minutes"), "{}", refused.body_text());
    }

    async fn who_must_change_the_password_does_that_first(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let reset = json!({"password": NEW, "must_change": true});
        server.operator().put("/api/v1/realms/main/users/mia/password", reset).await.expect(204);
        ask(&server.sign_in("main", "mia", NEW).await, "jane").await.expect(403);
    }

    async fn those_who_are_switched_off_are_not_stood_in_for(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        for (off, on) in [("disable", "enable"), ("lock", "unlock")] {
            let path = |verb: &str| format!("/api/v1/realms/main/users/jane/{verb}");
            let acting = act_as(&server, &mia, "jane").await;
            server.operator().post(&path(off), json!({})).await.expect(200);
            acting.get("/auth/me").await.expect(401);
            ask(&mia, "jane").await.expect(409);
            server.operator().post(&path(on), json!({})).await.expect(200);
        }
    }

    async fn wrong_input_names_its_field(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let path = "/api/v1/realms/main/users/jane/impersonate";
        for (input, pointer) in [
            (json!({"reason": "x".repeat(501)}), "/reason"),
            (json!({"session": "token"}), "/session"),
            (json!({"user": "root"}), "/user"),
        ] {
            assert_eq!(mia.post(path, input).await.expect(422).problem_pointer(), Some(pointer));
        }
    }

    async fn no_credential_is_changed_in_it(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &["admin"]).await;
        let jane = server.user("jane", &["admin"]).await;
        server.user("bob", &[]).await;
        let operator = server.operator();
        operator.post("/api/v1/service-accounts", json!({"name": "robot"})).await.expect(201);
        let robot = json!({"subject": "/$global/robot", "role": "viewer"});
        operator.post("/api/v1/assignments", robot).await.expect(201);
        let alias = json!({"kind": "phone", "value": "+32470123456"});
        operator.post("/api/v1/realms/main/users/bob/aliases", alias).await.expect(200);
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "admin"})).await.expect(201);
        let session = jane.get("/auth/me").await.expect(200).text_at("/session/id").to_owned();
        let acting = act_as(&server, &mia, "jane").await;
        for (method, path, body) in changes(key.text_at("/id"), &session) {
            let body = (!body.is_null()).then_some(body);
            let answer = acting.send(method.clone(), &path, body.clone()).await;
            assert_eq!(answer.status.as_u16(), 403, "{method} {path}: {}", answer.body_text());
        }
        // They are refused for what they are: the user herself may.
        is_as_before(&server, &jane, key.text_at("/key")).await;
        for (method, path, body) in changes(key.text_at("/id"), &session) {
            let body = (!body.is_null()).then_some(body);
            let answer = jane.send(method.clone(), &path, body).await;
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.body_text());
        }
    }

    async fn it_gives_nobody_anything(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &["admin"]).await;
        server.user("jane", &["admin"]).await;
        server.user("bob", &[]).await;
        let acting = act_as(&server, &mia, "jane").await;
        for subject in ["bob", "mia", "jane"] {
            let given = json!({"subject": format!("/main/{subject}"), "role": "viewer"});
            acting.post("/api/v1/assignments", given).await.expect(403);
        }
        acting.put("/auth/users/bob", json!({"roles": ["viewer"]})).await.expect(403);
        acting.patch("/api/v1/realms/main/users/mia", json!({"superuser": true})).await.expect(403);
    }
}

/// Each way to change a credential, or to make one: the last one ends the session that is used.
fn changes(key: &str, session: &str) -> Vec<(Method, String, Value)> {
    let (post, put, patch, delete) =
        (|| Method::POST, || Method::PUT, || Method::PATCH, || Method::DELETE);
    let bob = |rest: &str| format!("/api/v1/realms/main/users/bob{rest}");
    let world = json!({"users": [{"realm": "main", "username": "made2", "password": NEW}]});
    let robots = json!({"name": "r", "role": "viewer", "owner": "/$global/robot"});
    vec![
        (put(), "/auth/profile".into(), json!({"email": "mia@example.com"})),
        (put(), "/auth/profile".into(), json!({"metadata": {"a": 1}})),
        (post(), "/api/v1/api-keys".into(), json!({"name": "mine", "role": "admin"})),
        (post(), "/api/v1/api-keys".into(), robots),
        (delete(), format!("/api/v1/api-keys/{key}"), Value::Null),
        (put(), bob("/password"), json!({"password": NEW})),
        (post(), bob("/aliases"), json!({"value": "mia@example.org"})),
        (delete(), bob("/aliases/%2B32470123456"), Value::Null),
        (patch(), bob(""), json!({"email": "bob@example.com"})),
        (patch(), bob(""), json!({"username": "bobby"})),
        (post(), "/api/v1/realms/main/users".into(), json!({"username": "made", "password": NEW})),
        (
            post(),
            "/auth/users".into(),
            json!({"username": "auth-made", "password": NEW, "roles": []}),
        ),
        (post(), "/api/v1/world".into(), world),
        (delete(), "/api/v1/realms/main/users/bobby/sessions".into(), Value::Null),
        (post(), "/auth/password".into(), json!({"old_password": PASSWORD, "new_password": NEW})),
        (delete(), format!("/auth/sessions/{session}"), Value::Null),
    ]
}

async fn is_as_before(server: &Server, jane: &Client, key: &str) {
    jane.get("/auth/me").await.expect(200);
    server.anonymous().with_api_key(key).get("/auth/me").await.expect(200);
    server.sign_in("main", "jane", PASSWORD).await;
    server.sign_in("main", "bob", PASSWORD).await;
    for name in ["made", "made2", "auth-made"] {
        let path = format!("/api/v1/realms/main/users/{name}");
        server.operator().get(&path).await.expect(404);
    }
}
