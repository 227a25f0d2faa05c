//! A browser's session is good on the device that it began on.

use serde_json::json;
use testkit::{Answer, Backend, Client, on_both};

use super::remember::{DAY, input_for_tokens, remember, set, showing};
use crate::{
    harness::{PASSWORD, Server},
    impersonation::stand_in,
    network::{behind_a_proxy, from},
};

#[track_caller]
fn elsewhere(answer: Answer) {
    let answer = answer.expect(401);
    assert_eq!(answer.body["code"], "other-device", "{}", answer.body_text());
}

async fn refresh(client: &Client, token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    client.post_form("/auth/token", &form).await
}

on_both! {
    async fn a_copied_session_cookie_is_good_for_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        for name in ["jane", "mallory"] {
            server.user(name, &[]).await;
        }
        let (jane, mallory) = (server.browser_of("jane").await, server.browser_of("mallory").await);
        let session = jane.cookie("session").unwrap();
        let (own, others) = (jane.cookie("device").unwrap(), mallory.cookie("device").unwrap());
        let with = |more: &[(&str, &str)]| showing(&server, &[&[("session", session.as_str())], more].concat());
        for more in [vec![], vec![("device", "x")], vec![("device", others.as_str())], vec![("device", own.as_str()), ("device", own.as_str())]] {
            elsewhere(with(&more).get("/auth/me").await);
            with(&more).put("/auth/profile", json!({"full_name": "M"})).await.expect(401);
        }
        with(&[("device", &own)]).get("/auth/me").await.expect(200);
        jane.get("/auth/me").await.expect(200);
        // Only whoever has the session itself is told why.
        let made_up = showing(&server, &[("session", &session[..70]), ("device", &others)]);
        assert_eq!(made_up.get("/auth/me").await.expect(401).body["code"], "session-over");
    }

    async fn it_goes_wherever_the_device_goes(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        server.user("jane", &[]).await;
        let jane = server.browser_of("jane").await;
        for address in ["203.0.113.9", "198.51.100.7", "2001:db8::1"] {
            from(&jane, address).get("/auth/me").await.expect(200);
        }
    }

    async fn it_can_be_fixed_to_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = server.browser_of("jane").await;
        let bare = showing(&server, &[("session", &jane.cookie("session").unwrap())]);
        elsewhere(bare.get("/auth/me").await);
        set(&server, "session", json!({"fixed_to": "nothing"})).await;
        bare.get("/auth/me").await.expect(200);
        set(&server, "session", json!({"fixed_to": "device"})).await;
        elsewhere(bare.get("/auth/me").await);
        server.operator().put("/api/v1/settings/session", json!({"fixed_to": "network"})).await.expect(422);
    }

    async fn a_program_without_cookies_has_its_tokens_alone(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD});
        let begun = server.anonymous().post("/auth/login", input).await.expect(200);
        assert_eq!(begun.header("set-cookie"), None);
        refresh(&server.anonymous(), begun.text_at("/refresh_token")).await.expect(200);
    }

    async fn tokens_of_a_browser_that_remembers_are_renewed_there(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = server.browser();
        let begun = jane.post("/auth/login", input_for_tokens("jane")).await.expect(200);
        let token = begun.text_at("/refresh_token");
        for stranger in [server.anonymous(), showing(&server, &[("device", "x")])] {
            let refused = refresh(&stranger, token).await.expect(401);
            assert_eq!(refused.body["error"], "invalid_grant");
        }
        // What was refused has used up nothing.
        let next = refresh(&jane, token).await.expect(200);
        // A repeat within the grace is no way round.
        refresh(&server.anonymous(), token).await.expect(401);
        refresh(&jane, next.text_at("/refresh_token")).await.expect(200);
        server.advance(DAY);
        let back = remember(&jane).await.expect(200);
        refresh(&server.anonymous(), back.text_at("/refresh_token")).await.expect(401);
        refresh(&jane, back.text_at("/refresh_token")).await.expect(200);
    }

    async fn so_is_what_is_done_in_somebodys_place(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let mia = server.browser_of("mia").await;
        mia.post("/api/v1/realms/main/users/jane/impersonate", json!({"session": "cookie"})).await.expect(200);
        mia.get("/auth/me").await.expect(200);
        let copied = mia.cookie("impersonation").unwrap();
        elsewhere(showing(&server, &[("impersonation", &copied)]).get("/auth/me").await);
        // Signing out needs no device: nobody gains by it.
        showing(&server, &[("impersonation", &copied)]).post("/auth/logout", json!({})).await.expect(200);
        mia.get("/auth/me").await.expect(401);
    }

    async fn the_next_user_of_the_device_has_a_session_of_his_own(backend: Backend) {
        let server = Server::start(backend).await;
        for name in ["jane", "bob"] {
            server.user(name, &[]).await;
        }
        let shared = server.browser_of("jane").await;
        let janes = shared.cookie("session").unwrap();
        let input = json!({"type": "password", "authentication_id": "bob", "secret": PASSWORD, "session": "cookie"});
        shared.post("/auth/login", input).await.expect(200);
        assert_ne!(shared.cookie("session").unwrap(), janes);
        assert_eq!(shared.get("/auth/me").await.expect(200).text_at("/username"), "bob");
    }
}
