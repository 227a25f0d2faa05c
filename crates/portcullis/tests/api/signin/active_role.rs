//! In which of the own roles a request acts.

use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use crate::{
    harness::{PASSWORD, Server},
    tokens::decide,
};

/// A server where users act in this mode; `jane` holds the roles `reader` (`see`), by a department `writer` (`write`), and at
/// `/acme` one that `/acme` owns, `clerk@/acme` (`file`).
async fn world(backend: Backend, mode: &str) -> (Server, Client) {
    let server = Server::start(backend).await;
    let world = json!({
        "users": [{"realm": "main", "username": "jane", "password": PASSWORD,
            "groups": ["sales"]}],
        "nodes": [{"path": "/acme", "kind": "company"}],
        "groups": [{"name": "sales", "kind": "department"}],
        "roles": [
            {"name": "reader", "rules": ["see"]},
            {"name": "writer", "rules": ["write"]},
            {"name": "other", "rules": ["see", "write"]},
            {"name": "clerk", "owner": "/acme", "rules": ["file"]},
        ],
        "assignments": [
            {"user": "jane@main", "role": "reader"},
            {"group": "sales", "role": "writer"},
            {"user": "jane@main", "role": "clerk@/acme", "node": "/acme"},
        ],
    });
    server.operator().post("/api/v1/world", world).await.expect(200);
    set_mode(&server, mode).await;
    let jane = server.sign_in("main", "jane", PASSWORD).await;
    (server, jane)
}

async fn set_mode(server: &Server, mode: &str) {
    server.operator().put("/api/v1/settings/roles", json!({"mode": mode})).await.expect(200);
}

fn within(client: &Client, role: &str) -> Client {
    client.with_header("x-role", role)
}

/// Whether the caller may see, write, and file at `/acme`.
async fn may(client: &Client) -> [bool; 3] {
    let file = json!({"permission": "file", "node": "/acme"});
    let file = client.post("/api/v1/access/decide", file).await.expect(200);
    [
        decide(client, "see").await == "allow",
        decide(client, "write").await == "allow",
        file.body["decision"] == "allow",
    ]
}

on_both! {
    async fn in_all_of_them_unless_the_setting_says_otherwise(backend: Backend) {
        let (_server, jane) = world(backend, "union").await;
        assert_eq!(may(&jane).await, [true, true, true]);
        for role in ["reader", "union", "no such role"] {
            assert_eq!(may(&within(&jane, role)).await, [true, true, true], "{role}");
        }
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!(me["held_roles"], json!(["clerk@/acme", "reader", "writer"]));
        assert_eq!((&me["default_role"], &me["active_role"]), (&Value::Null, &Value::Null));
    }

    async fn a_request_chooses_one_or_all(backend: Backend) {
        let (server, jane) = world(backend, "choice").await;
        let role = server.operator().get("/api/v1/roles/writer").await.expect(200);
        for (role, expected) in [
            ("reader", [true, false, false]),
            ("writer", [false, true, false]),
            ("writer@/$global", [false, true, false]),
            (role.text_at("/id"), [false, true, false]),
            ("clerk@/acme", [false, false, true]),
            ("union", [true, true, true]),
        ] {
            assert_eq!(may(&within(&jane, role)).await, expected, "{role}");
        }
        // Nothing said: the first by name, or the one that she chose.
        assert_eq!(may(&jane).await, [false, false, true]);
        let chosen = jane.put("/auth/default-role", json!({"role": "reader"})).await.expect(200);
        assert_eq!(chosen.body, json!({"default_role": "reader"}));
        assert_eq!(may(&jane).await, [true, false, false]);
        let me = within(&jane, "writer").get("/auth/me").await.expect(200).body;
        assert_eq!((&me["default_role"], &me["active_role"]), (&json!("reader"), &json!("writer")));
        let server = server.restart(&[]).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        assert_eq!(may(&jane).await, [true, false, false]);
        jane.put("/auth/default-role", json!({"role": null})).await.expect(200);
        assert_eq!(may(&jane).await, [false, false, true]);
    }

    async fn a_role_that_one_does_not_hold_is_refused(backend: Backend) {
        let (server, jane) = world(backend, "choice").await;
        let other = server.operator().get("/api/v1/roles/other").await.expect(200);
        let id = other.text_at("/id");
        for role in ["other", "nobodys", id, "reader@/acme", "clerk", "", "a/b", "reader@", "*"] {
            within(&jane, role).get("/auth/me").await.expect(401);
        }
        let given = server.operator().get("/api/v1/assignments?subject=%2Fmain%2Fjane").await.expect(200);
        let given = given.body["items"].as_array().unwrap().iter()
            .find(|item| item["role"].to_string().contains("reader")).unwrap()["id"].clone();
        within(&jane, "reader").get("/auth/me").await.expect(200);
        let path = format!("/api/v1/assignments/{}", given.as_str().unwrap());
        server.operator().delete(&path).await.expect(204);
        within(&jane, "reader").get("/auth/me").await.expect(401);
    }

    async fn one_alone_is_the_default_role_or_the_first(backend: Backend) {
        let (server, jane) = world(backend, "single").await;
        for client in [jane.clone(), within(&jane, "writer"), within(&jane, "union")] {
            assert_eq!(may(&client).await, [false, false, true]);
        }
        let path = "/api/v1/realms/main/users/jane/default-role";
        server.operator().put(path, json!({"role": "writer"})).await.expect(200);
        for client in [jane.clone(), within(&jane, "reader"), within(&jane, "union")] {
            assert_eq!(may(&client).await, [false, true, false]);
        }
        // A default role that is lost is none.
        let left = "/api/v1/groups/%2F$global%2Fsales/members/%2Fmain%2Fjane";
        server.operator().delete(left).await.expect(204);
        assert_eq!(may(&jane).await, [false, false, true]);
        assert_eq!(jane.get("/auth/me").await.expect(200).text_at("/active_role"), "clerk@/acme");
        // Who holds none may nothing, and is not refused for it.
        let bob = server.user("bob", &[]).await;
        assert_eq!(may(&bob).await, [false, false, false]);
    }

    async fn a_deny_of_another_role_is_not_escaped(backend: Backend) {
        let (server, jane) = world(backend, "choice").await;
        let never = json!({"name": "never", "rules": ["!see"]});
        server.operator().post("/api/v1/roles", never).await.expect(201);
        assert_eq!(may(&within(&jane, "reader")).await, [true, false, false]);
        let given = json!({"subject": "/main/jane", "role": "never"});
        server.operator().post("/api/v1/assignments", given).await.expect(201);
        assert_eq!(may(&within(&jane, "reader")).await, [false, false, false]);
        assert_eq!(may(&within(&jane, "union")).await, [false, true, true]);
    }

    async fn a_superuser_is_none_in_a_role(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        for mode in ["union", "choice", "single"] {
            set_mode(&server, mode).await;
            root.get("/api/v1/world").await.expect(200);
            assert_eq!(root.get("/auth/me").await.expect(200).body["superuser"], json!(true));
            root.patch("/api/v1/realms/main/users/root", json!({"superuser": true})).await.expect(200);
        }
        set_mode(&server, "choice").await;
        let limited = within(&root, "admin");
        let me = limited.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["superuser"], &me["active_role"]), (&json!(false), &json!("admin")));
        assert_eq!(decide(&limited, "settings:access").await, "deny");
        assert_eq!(decide(&root, "settings:access").await, "allow");
        let second = json!({"username": "second", "superuser": true});
        limited.post("/api/v1/realms/main/users", second.clone()).await.expect(403);
        within(&root, "union").post("/api/v1/realms/main/users", second).await.expect(201);
    }

    async fn lists_and_giving_keep_to_it(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let world = json!({
            "users": [{"realm": "main", "username": "jane", "password": PASSWORD},
                {"realm": "main", "username": "bob"}],
            "nodes": [{"path": "/a", "kind": "company"}, {"path": "/b", "kind": "company"}],
            "roles": [{"name": "of-a", "rules": ["node:read", "see"]},
                {"name": "of-b", "rules": ["node:read", "read", "access:assign"]}],
            "assignments": [{"user": "jane@main", "role": "of-a", "node": "/a"},
                {"user": "jane@main", "role": "of-b", "node": "/b"}],
        });
        operator.post("/api/v1/world", world).await.expect(200);
        set_mode(&server, "choice").await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        for (role, expected) in
            [("of-a", vec!["a"]), ("of-b", vec!["b"]), ("union", vec!["a", "b"])]
        {
            let jane = within(&jane, role);
            let list = jane.get("/api/v1/nodes?kind=company").await.expect(200).body;
            let names: Vec<&str> = list["items"].as_array().unwrap().iter()
                .map(|item| item["name"].as_str().unwrap()).collect();
            assert_eq!(names, expected, "{role}");
            let asked = json!({"permission": "node:read", "kind": "company"});
            let nodes = jane.post("/api/v1/access/nodes", asked).await.expect(200);
            assert_eq!(nodes.body["total"], json!(expected.len()), "{role}");
        }
        let given = json!({"subject": "/main/bob", "role": "of-b", "node": "/b"});
        let refused = within(&jane, "of-a").post("/api/v1/assignments", given.clone()).await;
        assert!(refused.status.is_client_error(), "{}", refused.body_text());
        let key = json!({"name": "k", "role": "of-b"});
        within(&jane, "of-a").post("/api/v1/api-keys", key.clone()).await.expect(403);
        within(&jane, "of-b").post("/api/v1/api-keys", key).await.expect(201);
    }

    async fn keys_act_in_their_one_role(backend: Backend) {
        let (server, jane) = world(backend, "choice").await;
        let input = json!({"name": "k", "role": "writer"});
        let jane_in_all = within(&jane, "union");
        let key = jane_in_all.post("/api/v1/api-keys", input).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        for mode in ["union", "choice", "single"] {
            set_mode(&server, mode).await;
            assert_eq!(may(&key).await, [false, true, false], "{mode}");
            assert_eq!(may(&within(&key, "writer")).await, [false, true, false], "{mode}");
            assert_eq!(may(&within(&key, "union")).await, [false, true, false], "{mode}");
            let status = within(&key, "reader").get("/auth/me").await.status.as_u16();
            assert_eq!(status, if mode == "choice" { 401 } else { 200 }, "{mode}");
        }
    }

    async fn a_default_role_is_one_that_the_user_holds(backend: Backend) {
        let (server, jane) = world(backend, "union").await;
        let path = "/api/v1/realms/main/users/jane/default-role";
        for role in ["other", "nobodys"] {
            for (client, path) in [(&jane, "/auth/default-role"), (&server.operator(), path)] {
                let refused = client.put(path, json!({"role": role})).await.expect(422);
                assert_eq!(refused.problem_pointer(), Some("/role"), "{role}");
                assert!(!refused.body_text().contains("no role"), "{}", refused.body_text());
            }
        }
        jane.put(path, json!({"role": "reader"})).await.expect(404);
        server.user("viewer", &["viewer"]).await.put(path, json!({"role": "reader"})).await.expect(403);
        server.operator().put(path, json!({"role": "clerk@/acme"})).await.expect(200);
        assert_eq!(jane.get("/auth/me").await.expect(200).text_at("/default_role"), "clerk@/acme");
        let user = "/api/v1/realms/main/users/jane";
        let told = server.operator().get(user).await.expect(200);
        assert_eq!(told.text_at("/default_role"), "clerk@/acme");
        server.operator().put(path, json!({"role": null})).await.expect(200);
        assert_eq!(server.operator().get(user).await.expect(200).body["default_role"], Value::Null);
        server.operator().put(path, json!({"role": "reader"})).await.expect(200);
        server.operator().delete("/api/v1/realms/main/users/jane").await.expect(204);
    }

    async fn a_header_that_comes_twice_is_none(backend: Backend) {
        let (server, jane) = world(backend, "choice").await;
        let token = jane.post("/auth/logout", json!({})).await;
        assert!(token.status.is_success());
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD});
        let begun = server.anonymous().post("/auth/login", input).await.expect(200);
        let status = async |roles: &[&str]| {
            let lines: String = roles.iter().map(|role| format!("X-Role: {role}\r\n")).collect();
            raw(&server.base, begun.text_at("/access_token"), &lines).await
        };
        assert_eq!(status(&["reader"]).await, "200");
        assert_eq!(status(&["reader", "reader"]).await, "401");
        assert_eq!(status(&["reader", "union"]).await, "401");
    }

    async fn it_counts_for_somebody_elses_place_too(backend: Backend) {
        let (server, _jane) = world(backend, "single").await;
        let root = server.root().await;
        let acting = crate::impersonation::act_as(&server, &root, "jane").await;
        assert_eq!(may(&acting).await, [false, false, true]);
        acting.put("/auth/default-role", json!({"role": "writer"})).await.expect(403);
        set_mode(&server, "choice").await;
        assert_eq!(may(&within(&acting, "writer")).await, [false, true, false]);
        within(&acting, "admin").get("/auth/me").await.expect(401);
    }

    async fn whoever_acts_in_anothers_place_does_so_in_his_one_role(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = crate::impersonation::stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        set_mode(&server, "choice").await;
        crate::impersonation::ask(&within(&mia, "viewer"), "jane").await.expect(403);
        let mia = within(&mia, "help");
        let acting = crate::impersonation::act_as(&server, &mia, "jane").await;
        assert!(crate::impersonation::is_alive(&acting).await);
        set_mode(&server, "single").await;
        // The first by name: `help`.
        assert!(crate::impersonation::is_alive(&acting).await);
        mia.put("/auth/default-role", json!({"role": "viewer"})).await.expect(200);
        assert!(!crate::impersonation::is_alive(&acting).await);
    }
}

/// The status of `GET /auth/me` with these lines of headers.
async fn raw(base: &str, token: &str, lines: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /auth/me HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{lines}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}
