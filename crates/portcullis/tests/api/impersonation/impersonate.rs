use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{act_as, ask, id, stand_in};
use crate::{
    harness::Server,
    tokens::{bearer, decide},
};

fn claims(token: &str) -> Value {
    let text = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64.decode(text).unwrap()).unwrap()
}

on_both! {
    async fn it_is_the_users_session_marked_with_who_acts(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        let jane = server.user("jane", &["viewer"]).await;
        server.advance(1);
        let answer = ask(&mia, "jane").await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let acting = bearer(&server, answer.text_at("/access_token"));
        let me = acting.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["impersonator"]), (&json!("jane"), &json!("mia@main")));
        assert_eq!(me["session"]["method"], "impersonation");
        let said = claims(answer.text_at("/access_token"));
        let own = mia.get("/auth/me").await.expect(200).body;
        assert_eq!(own["impersonator"], Value::Null);
        assert_eq!(said["sub"], id(&server, "jane").await);
        let actor = json!({"sub": id(&server, "mia").await, "sid": own["session"]["id"]});
        assert_eq!((&said["act"], &said["sid"]), (&actor, &answer.body["session_id"]));
        // What the user may, and not what the impersonator may.
        assert_eq!(decide(&acting, "read").await, "allow");
        let question = json!({"permission": "user:impersonate", "node": "/main"});
        for (client, expected) in [(&mia, "allow"), (&acting, "deny")] {
            let answer = client.post("/api/v1/access/decide", question.clone()).await.expect(200);
            assert_eq!(answer.body["decision"], expected);
        }
        // The user sees it.
        let list = jane.get("/auth/sessions").await.expect(200).body;
        let marks: Vec<&Value> =
            list["items"].as_array().unwrap().iter().map(|item| &item["impersonator"]).collect();
        assert_eq!(marks, [&Value::Null, &json!("mia@main")]);
        jane.delete(&format!("/auth/sessions/{}", answer.text_at("/session_id"))).await.expect(204);
        acting.get("/auth/me").await.expect(401);
        mia.get("/auth/me").await.expect(200);
    }

    async fn refreshing_keeps_the_mark(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let mut last = ask(&mia, "jane").await.expect(200);
        for _ in 0..3 {
            server.advance(60);
            let next = server.refresh(last.text_at("/refresh_token")).await.expect(200);
            let [before, after] = [&last, &next].map(|answer| claims(answer.text_at("/access_token")));
            assert_eq!((&after["act"], &after["sid"]), (&before["act"], &before["sid"]));
            let acting = bearer(&server, next.text_at("/access_token"));
            assert_eq!(acting.get("/auth/me").await.expect(200).text_at("/impersonator"), "mia@main");
            last = next;
        }
    }

    async fn a_restart_keeps_it(backend: Backend) {
        let address = [("public_address", "http://portcullis.test")];
        let server = Server::with_settings(backend, &address).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let begun = ask(&mia, "jane").await.expect(200);
        let server = server.restart(&address).await;
        let next = server.refresh(begun.text_at("/refresh_token")).await.expect(200);
        for answer in [begun, next] {
            let acting = bearer(&server, answer.text_at("/access_token"));
            assert_eq!(acting.get("/auth/me").await.expect(200).text_at("/impersonator"), "mia@main");
        }
    }

    async fn every_event_says_who_acts(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &["admin"]).await;
        server.user("jane", &["admin"]).await;
        let [mia_id, jane_id] = [id(&server, "mia").await, id(&server, "jane").await];
        let path = "/api/v1/realms/main/users/jane/impersonate";
        let begun = mia.post(path, json!({"reason": "ticket 17"})).await.expect(200);
        let acting = bearer(&server, begun.text_at("/access_token"));
        acting.post("/api/v1/nodes", json!({"kind": "company", "name": "acme"})).await.expect(201);
        acting.get("/api/v1/settings/session").await.expect(200);
        acting.put("/auth/profile", json!({"full_name": "J"})).await.expect(403);
        acting.post("/auth/logout", json!({})).await.expect(200);
        let events = server.operator().get("/api/v1/audit/events?limit=200").await.expect(200).body;
        let events = events["items"].as_array().unwrap();
        let of = |action: &str| -> Vec<&Value> {
            events.iter().filter(|event| event["action"] == action).collect()
        };
        for action in ["node.create", "sign_out"] {
            let event = of(action)[0];
            let who = (&event["user_id"], &event["impersonator_id"]);
            assert_eq!(who, (&json!(jane_id), &json!(mia_id)), "{event}");
        }
        // Both get to know of the beginning and the end.
        for action in ["impersonation.start", "impersonation.end"] {
            let mut about: Vec<&str> =
                of(action).iter().map(|event| event["resource"]["id"].as_str().unwrap()).collect();
            about.sort_unstable();
            let mut both = [mia_id.as_str(), jane_id.as_str()];
            both.sort_unstable();
            assert_eq!(about, both, "{action}");
            for event in of(action) {
                assert_eq!(event["metadata"]["user"], json!(jane_id));
                assert_eq!(event["metadata"]["impersonator"], json!(mia_id));
            }
        }
        assert!(of("impersonation.start").iter().all(|event| event["reason"] == "ticket 17"));
        let verified = server.operator().get("/api/v1/audit/verify").await.expect(200);
        assert_eq!(verified.body["valid"], json!(true));
    }

    async fn a_refusal_is_audited_though_the_user_had_the_same_one(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        let jane = server.user("jane", &["viewer"]).await;
        let acting = act_as(&server, &mia, "jane").await;
        for client in [&jane, &acting] {
            client.post("/api/v1/nodes", json!({"kind": "company", "name": "x"})).await.expect(403);
        }
        let path = "/api/v1/audit/events?event_type=ACCESS_DENIED";
        let events = server.operator().get(path).await.expect(200).body;
        let mut marked: Vec<bool> = events["items"].as_array().unwrap().iter()
            .map(|event| event["impersonator_id"].is_string()).collect();
        marked.sort_unstable();
        assert_eq!(marked, [false, true]);
    }

    async fn an_expired_password_of_the_user_is_no_matter(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        let user = json!({"username": "jane", "password": crate::harness::PASSWORD,
            "must_change_password": true});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let acting = act_as(&server, &mia, "jane").await;
        acting.get("/auth/me").await.expect(200);
        let change = json!({"old_password": crate::harness::PASSWORD, "new_password": "another horse battery"});
        acting.post("/auth/password", change).await.expect(403);
    }
}
