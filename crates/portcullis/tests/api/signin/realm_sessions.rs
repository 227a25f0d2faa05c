//! The sessions of all users of a realm.

use kernel::{Clock, SessionId};
use serde_json::{Value, json};
use store::Run;
use testkit::{Backend, Client, OsEntropy, on_both};

use super::{
    remember::{over, remember, remembered, times},
    try_login,
};
use crate::{
    harness::{PASSWORD, Server},
    impersonation::{act_as, is_alive, stand_in},
};

const MAIN: &str = "/api/v1/realms/main/sessions";

/// Somebody of `main` who manages the users of a realm, and holds nothing else.
async fn officer(server: &Server, name: &str, realm: &str) -> Client {
    let client = server.user(name, &[]).await;
    let operator = server.operator();
    let role = json!({"name": "people", "rules": ["user_manage"]});
    let made = operator.post("/api/v1/roles", role).await.status.as_u16();
    assert!([201, 409].contains(&made), "{made}");
    let given = json!({"subject": format!("/main/{name}"), "role": "people", "node": realm});
    operator.post("/api/v1/assignments", given).await.expect(201);
    client
}

/// Takes one user out of what the officer manages.
async fn except(server: &Server, officer: &str, user: &str) {
    let role = json!({"name": "not", "rules": ["!user_manage"]});
    server.operator().post("/api/v1/roles", role).await.expect(201);
    let given = json!({"subject": format!("/main/{officer}"), "role": "not", "node": format!("/main/{user}")});
    server.operator().post("/api/v1/assignments", given).await.expect(201);
}

fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["username"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

on_both! {
    async fn they_are_listed_where_one_manages_the_user(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        server.user_of("staff", "sue", &[]).await;
        for name in ["jane", "bob"] {
            server.user(name, &[]).await;
        }
        remembered(&server, "jane").await;
        let olga = officer(&server, "olga", "/main").await;
        except(&server, "olga", "bob").await;
        let list = olga.get(MAIN).await.expect(200).body;
        assert_eq!(names(&list), ["jane", "olga"]);
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.iter().filter(|item| item["remembered"] == true).count(), 1);
        assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1);
        assert!(!list.to_string().contains("psc_"));
        let whole = server.operator().get(MAIN).await.expect(200).body;
        assert_eq!(names(&whole), ["bob", "jane", "olga"]);
        // By pages, without one twice.
        let (mut path, mut seen) = (format!("{MAIN}?limit=1"), Vec::new());
        loop {
            let page = olga.get(&path).await.expect(200).body;
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("{MAIN}?limit=1&cursor={next}");
        }
        let all: Vec<_> = items.iter().map(|item| item["id"].clone()).collect();
        assert_eq!(seen, all);
        // What is over is not shown.
        server.advance(1800);
        assert!(server.operator().get(MAIN).await.expect(200).body["items"].as_array().unwrap().is_empty());
    }

    async fn others_see_and_end_none(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        let jane = server.user("jane", &[]).await;
        let elsewhere = officer(&server, "olga", "/staff").await;
        let one = officer(&server, "otto", "/main/jane").await;
        let viewer = server.user("vic", &["viewer"]).await;
        for (client, status) in [(&server.anonymous(), 401), (&jane, 404), (&elsewhere, 404), (&one, 404), (&viewer, 403)] {
            client.delete(MAIN).await.expect(status);
        }
        for (client, status) in [(&server.anonymous(), 401), (&jane, 404), (&viewer, 403)] {
            client.get(MAIN).await.expect(status);
        }
        assert!(elsewhere.get(MAIN).await.expect(200).body["items"].as_array().unwrap().is_empty());
        assert_eq!(names(&one.get(MAIN).await.expect(200).body), ["jane"]);
        server.operator().delete("/api/v1/realms/nowhere/sessions").await.expect(404);
        server.operator().get(&format!("{MAIN}?limit=0")).await.expect(400);
        jane.get("/auth/me").await.expect(200);
    }

    async fn all_end_but_the_one_that_asks(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        let sue = server.user_of("staff", "sue", &[]).await;
        let (jane, bob) = (server.user("jane", &[]).await, server.user("bob", &[]).await);
        let browser = remembered(&server, "jane").await;
        let olga = officer(&server, "olga", "/main").await;
        except(&server, "olga", "bob").await;
        let bobs = remembered(&server, "bob").await;
        let ended = olga.delete(MAIN).await.expect(200).body;
        assert_eq!(ended, json!({"sessions_ended": 2, "devices_forgotten": 1}));
        for (client, alive) in [(&jane, false), (&browser, false), (&bob, true), (&sue, true), (&olga, true)] {
            assert_eq!(is_alive(client).await, alive);
        }
        over(remember(&browser).await);
        remember(&bobs).await.expect(200);
        assert_eq!(times(&server, "realm.end_sessions").await, 1);
        assert_eq!(olga.delete(MAIN).await.expect(200).body, json!({"sessions_ended": 0, "devices_forgotten": 0}));
        let server = server.restart(&[]).await;
        assert_eq!(names(&server.operator().get(MAIN).await.expect(200).body), ["bob", "olga"]);
    }

    async fn with_them_ends_what_was_begun_from_them(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let acting = act_as(&server, &mia, "jane").await;
        let ended = server.operator().delete(MAIN).await.expect(200).body;
        assert_eq!(ended["sessions_ended"], 3);
        assert!(!is_alive(&mia).await && !is_alive(&acting).await);
        assert_eq!(times(&server, "impersonation.end").await, 2);
        let mia = server.sign_in("main", "mia", PASSWORD).await;
        act_as(&server, &mia, "jane").await.delete(MAIN).await.expect(403);
    }

    async fn very_many_end_in_one_commit(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = try_login(&server, "jane", PASSWORD).await.expect(200);
        let single = server.app.system().database().single();
        let copy = "INSERT INTO session (id, user_id, realm, created_at, last_seen_at, expires_at, method)
            SELECT $1, user_id, realm, created_at, last_seen_at, expires_at, method FROM session WHERE id = $2";
        let from: uuid::Uuid = jane.text_at("/session_id").parse().unwrap();
        for _ in 0..1200 {
            single.execute(copy, [SessionId::new(server.clock.now(), &OsEntropy).0.into(), from.into()]).await.unwrap();
        }
        let before = single.number("SELECT COUNT(*) FROM audit_event", []).await.unwrap();
        let ended = server.operator().delete(MAIN).await.expect(200).body;
        assert_eq!(ended["sessions_ended"], 1202);
        assert_eq!(single.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL", []).await.unwrap(), 0);
        assert_eq!(single.number("SELECT COUNT(*) FROM audit_event", []).await.unwrap(), before + 1);
    }
}
