//! Who is remembered comes back without showing anything.

use futures::future::join_all;
use serde_json::json;
use testkit::{Answer, Backend, on_both};

use super::{DAY, copy, input, input_for_tokens, over, remember, remembered, set, showing, times};
use crate::{
    harness::{PASSWORD, Server},
    network::{behind_a_proxy, from},
    signin::{
        second_factor::{challenge, user_with_app},
        try_login,
    },
};

fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    set.map(str::to_owned).find(|cookie| cookie.starts_with(&format!("{name}=")))
}

on_both! {
    async fn a_browser_comes_back_after_its_session_has_ended(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = server.browser();
        let first = browser.post("/auth/login", input("jane")).await.expect(200);
        let cookie = set_cookie(&first, "remember").unwrap();
        for attribute in ["remember=prm_", "; Path=/auth;", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let signed_in = browser.get("/auth/me").await.expect(200).body["session"].clone();
        server.advance(DAY + 1);
        browser.get("/auth/me").await.expect(401);
        let (before, session) = (browser.cookie("remember"), browser.cookie("session"));
        let back = remember(&browser).await.expect(200);
        assert!(back.body.get("access_token").is_none() && back.body.get("refresh_token").is_none());
        assert_eq!(back.body["remembered"], true);
        assert_eq!(back.header("cache-control"), Some("no-store"));
        assert_ne!(back.body["session_id"], first.body["session_id"]);
        assert!(browser.cookie("remember") != before && browser.cookie("session") != session);
        let me = browser.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["session"]["method"]), (&json!("jane"), &json!("remember")));
        assert_eq!(me["session"]["signed_in_at"], signed_in["signed_in_at"]);
        let list = browser.get("/auth/sessions").await.expect(200).body;
        let here = list["items"].as_array().unwrap().iter().find(|item| item["current"] == true).unwrap();
        assert_eq!((&here["remembered"], &here["created_at"]), (&json!(true), &json!("2026-06-02T00:00:01Z")));
        assert_eq!(here["signed_in_at"], signed_in["signed_in_at"]);
        assert_eq!(times(&server, "sign_in.remembered").await, 1);
    }

    async fn so_does_one_with_tokens(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = server.browser();
        let first = browser.post("/auth/login", input_for_tokens("jane")).await.expect(200);
        assert!(browser.cookie("session").is_none() && browser.cookie("device").is_some());
        server.advance(DAY + 1);
        let back = remember(&browser).await.expect(200);
        assert!(browser.cookie("session").is_none());
        assert_ne!(back.body["session_id"], first.body["session_id"]);
        let me = server.anonymous().with_bearer(back.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).text_at("/session/signed_in_at"), "2026-06-01T00:00:00Z");
        let form = [("grant_type", "refresh_token"), ("refresh_token", back.text_at("/refresh_token"))];
        let next = browser.post_form("/auth/token", &form).await.expect(200);
        // The session counts from its own beginning, the sign-in does not come nearer.
        let me = server.anonymous().with_bearer(next.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).text_at("/session/signed_in_at"), "2026-06-01T00:00:00Z");
        // Two requests that were under way together have the same session, and the token that is the present one.
        let before = copy(&server, &browser);
        let one = remember(&browser).await.expect(200);
        let form = [("grant_type", "refresh_token"), ("refresh_token", one.text_at("/refresh_token"))];
        let used = browser.post_form("/auth/token", &form).await.expect(200);
        let other = remember(&before).await.expect(200);
        assert_eq!(one.body["session_id"], other.body["session_id"]);
        assert_eq!(used.body["refresh_token"], other.body["refresh_token"]);
    }

    async fn the_life_of_a_session_counts_from_its_own_beginning(backend: Backend) {
        let server = Server::with_settings(backend, &[("session.absolute_hours", "1")]).await;
        server.user("jane", &[]).await;
        let (cookie, tokens) = (remembered(&server, "jane").await, server.browser());
        tokens.post("/auth/login", input_for_tokens("jane")).await.expect(200);
        server.advance(10 * DAY);
        remember(&cookie).await.expect(200);
        let back = remember(&tokens).await.expect(200);
        let bearer = server.anonymous().with_bearer(back.text_at("/access_token"));
        server.advance(599);
        bearer.get("/auth/me").await.expect(200);
        for _ in 0..3 {
            cookie.get("/auth/me").await.expect(200);
            server.advance(1000);
        }
        cookie.get("/auth/me").await.expect(200);
        server.advance(1);
        cookie.get("/auth/me").await.expect(401);
    }

    async fn requests_that_are_under_way_together_get_one_session(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        server.advance(3600);
        let tabs: Vec<_> = (0..6).map(|_| copy(&server, &browser)).collect();
        let answers = join_all(tabs.iter().map(remember)).await;
        let of = |answer: &Answer, name: &str| {
            let cookie = set_cookie(answer, name).unwrap();
            cookie.split(';').next().unwrap().to_owned()
        };
        let first = answers[0].clone().expect(200);
        for answer in answers {
            let answer = answer.expect(200);
            assert_eq!(answer.body["session_id"], first.body["session_id"]);
            for name in ["session", "remember"] {
                assert_eq!(of(&answer, name), of(&first, name));
            }
        }
        assert_eq!(times(&server, "sign_in.remembered").await, 1);
        // Within ten seconds still, and not later.
        server.advance(10);
        assert_eq!(remember(&tabs[0]).await.expect(200).body["session_id"], first.body["session_id"]);
        let next = of(&first, "remember");
        let device = browser.cookie("device").unwrap();
        let next = next.strip_prefix("remember=").unwrap();
        remember(&showing(&server, &[("remember", next), ("device", &device)])).await.expect(200);
    }

    async fn a_browser_has_one_session(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        let count = async || browser.get("/auth/sessions").await.expect(200).body["items"].as_array().unwrap().len();
        // Beside that of the harness.
        assert_eq!(count().await, 2);
        // One page may be under way with the session that another has just opened.
        remember(&browser).await.expect(200);
        assert_eq!(count().await, 3);
        server.advance(60);
        remember(&browser).await.expect(200);
        assert_eq!(count().await, 2);
        let tokens = server.browser();
        tokens.post("/auth/login", input_for_tokens("jane")).await.expect(200);
        for _ in 0..2 {
            server.advance(60);
            remember(&tokens).await.expect(200);
        }
        assert_eq!(count().await, 5);
    }

    async fn it_ends_unused_and_after_a_time_in_any_case(backend: Backend) {
        let settings = [("remember.days", "2"), ("remember.absolute_days", "5")];
        let server = Server::with_settings(backend, &settings).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        for _ in 0..2 {
            server.advance(2 * DAY - 1);
            remember(&browser).await.expect(200);
        }
        server.advance(DAY + 1);
        let last = remember(&browser).await.expect(200);
        let cookie = set_cookie(&last, "remember").unwrap();
        assert!(cookie.ends_with("Max-Age=1"), "{cookie}");
        // No session outlives it.
        let list = browser.get("/auth/sessions").await.expect(200);
        assert_eq!(list.text_at("/items/0/expires_at"), "2026-06-06T00:00:00Z");
        server.advance(1);
        browser.get("/auth/me").await.expect(401);
        let gone = set_cookie(&over(remember(&browser).await), "remember").unwrap();
        assert!(gone.contains("Max-Age=0"), "{gone}");
        assert_eq!(browser.cookie("remember"), None);
        let unused = remembered(&server, "jane").await;
        server.advance(2 * DAY);
        over(remember(&unused).await);
    }

    async fn the_settings_of_now_count(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let [one, other, third] = [remembered(&server, "jane").await, remembered(&server, "jane").await, remembered(&server, "jane").await];
        server.advance(DAY);
        set(&server, "remember", json!({"days": 1})).await;
        over(remember(&one).await);
        set(&server, "remember", json!({"days": 30, "absolute_days": 1})).await;
        over(remember(&other).await);
        set(&server, "remember", json!({"days": 0, "absolute_days": 90})).await;
        over(remember(&third).await);
        let browser = server.browser();
        let answer = browser.post("/auth/login", input("jane")).await.expect(200);
        assert!(answer.body.get("remembered").is_none() && browser.cookie("remember").is_none());
        set(&server, "remember", json!({"days": 30})).await;
        // What was over when it was shown does not wake up.
        over(remember(&one).await);
    }

    async fn a_second_factor_is_remembered_with_it(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let browser = server.browser();
        let asked = browser.post("/auth/login", input("jane")).await.expect(200);
        assert!(browser.cookie("remember").is_none());
        let answer = json!({"type": "totp", "authentication_id": asked.text_at("/challenge/token"),
            "secret": app.code(&server)});
        assert_eq!(browser.post("/auth/login", answer).await.expect(200).body["remembered"], true);
        server.advance(DAY);
        remember(&browser).await.expect(200);
        // It stands for no factor where one is asked.
        let refused = browser.post("/auth/recovery-codes", json!({})).await.expect(403);
        assert_eq!(refused.text_at("/type"), "/problems/sign-in-too-old");
        // A rule that asks for what was shown changes nothing.
        server.operator().post("/api/v1/second-factor-rules", json!({"user": "jane@main"})).await.expect(201);
        server.advance(DAY);
        remember(&browser).await.expect(200);
    }

    async fn a_rule_made_since_asks_for_a_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        server.operator().post("/api/v1/second-factor-rules", json!({"realm": "main"})).await.expect(201);
        over(remember(&browser).await);
        assert_eq!(try_login(&server, "jane", PASSWORD).await.expect(200).text_at("/challenge/type"), "enrol");
    }

    async fn it_is_said_at_the_first_step_alone(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        let answer = json!({"type": "totp", "authentication_id": token, "secret": app.code(&server), "remember": true});
        let refused = server.anonymous().post("/auth/login", answer).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/remember"));
        let told = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "remember": "yes"});
        server.anonymous().post("/auth/login", told).await.expect(422);
        // Nobody is remembered unasked.
        server.user("bob", &[]).await;
        let browser = server.browser();
        let input = json!({"type": "password", "authentication_id": "bob", "secret": PASSWORD, "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        assert_eq!(browser.cookie("remember"), None);
        over(remember(&browser).await);
    }

    async fn another_address_is_the_same_device(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        for address in ["203.0.113.9", "198.51.100.7", "2001:db8::1"] {
            let there = from(&browser, address);
            there.get("/auth/me").await.expect(200);
            remember(&there).await.expect(200);
            there.get("/auth/me").await.expect(200);
            server.advance(60);
        }
    }

    async fn it_survives_a_restart_and_no_other_key(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        let old = copy(&server, &browser);
        server.advance(60);
        remember(&browser).await.expect(200);
        let second = copy(&server, &browser);
        let server = server.restart(&[]).await;
        let at = |client: &testkit::Client| client.at(&server.base).with_header("origin", &server.base);
        remember(&at(&second)).await.expect(200);
        server.advance(60);
        over(remember(&at(&old)).await);
        assert_eq!(times(&server, "remember.reuse").await, 1);
        let browser = remembered(&server, "jane").await;
        let server = server.restart(&[("app_key", "Zm91cnRlZW4gcHVycGxlIGNvd3MgYXJlIG92ZXIgdGhlcmU=")]).await;
        over(remember(&browser.at(&server.base).with_header("origin", &server.base)).await);
    }

    async fn a_password_that_must_be_changed_is_changed_first(backend: Backend) {
        let server = Server::start(backend).await;
        let user = json!({"username": "jane", "password": PASSWORD, "must_change_password": true});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let browser = server.browser();
        let answer = browser.post("/auth/login", input("jane")).await.expect(200);
        assert!(answer.body.get("remembered").is_none() && browser.cookie("remember").is_none());
        // One that expires while it is remembered.
        set(&server, "password", json!({"valid_days": 10})).await;
        server.user("bob", &[]).await;
        let browser = remembered(&server, "bob").await;
        server.advance(11 * DAY);
        assert_eq!(remember(&browser).await.expect(200).body["password_change_required"], true);
        browser.get("/auth/me").await.expect(403);
    }
}
