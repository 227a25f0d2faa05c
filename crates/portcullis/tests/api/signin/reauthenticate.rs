//! Who is signed in shows again who he is; and wherever a session gains something it is another one afterwards.

use base64::{Engine, prelude::BASE64_STANDARD};
use kernel::Clock;
use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{
    remember::{DAY, remember, remembered, set, showing, times},
    second_factor::{App, user_with_app, wrong_code},
    try_login,
};
use crate::{
    harness::{PASSWORD, Server},
    impersonation::{act_as, stand_in},
    tokens::bearer,
};

const AGAIN: &str = "/auth/reauthenticate";
const NEW: &str = "another horse battery";

fn password() -> Value {
    json!({"type": "password", "secret": PASSWORD})
}

fn code(challenge: &Answer, code: &str) -> Value {
    json!({"type": "totp", "authentication_id": challenge.text_at("/challenge/token"), "secret": code})
}

async fn session(client: &Client) -> Value {
    client.get("/auth/me").await.expect(200).body["session"].clone()
}

/// A change that asks for a fresh sign-in.
async fn change(client: &Client, address: &str) -> u16 {
    let address = json!({"email": format!("{address}@example.com")});
    client.put("/auth/profile", address).await.status.as_u16()
}

/// The cookies of a browser as they are now, in another one that keeps none.
fn copied(server: &Server, browser: &Client) -> Client {
    let cookie = |name| browser.cookie(name).unwrap();
    showing(server, &[("session", &cookie("session")), ("device", &cookie("device"))])
}

on_both! {
    async fn a_session_with_tokens_steps_up_and_ends_as_before(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let begun = try_login(&server, "jane", PASSWORD).await.expect(200);
        server.advance(300);
        let old = bearer(&server, begun.text_at("/access_token"));
        let before = old.get("/auth/sessions").await.expect(200).body;
        let stepped = old.post(AGAIN, password()).await.expect(200);
        assert_ne!(stepped.body["session_id"], begun.body["session_id"]);
        let jane = bearer(&server, stepped.text_at("/access_token"));
        assert_eq!(session(&jane).await["signed_in_at"], "2026-06-01T00:05:00Z");
        old.get("/auth/me").await.expect(401);
        let form = |token: &Answer| json!({"grant_type": "refresh_token", "refresh_token": token.text_at("/refresh_token")});
        server.anonymous().post("/auth/token", form(&begun)).await.expect(401);
        let list = jane.get("/auth/sessions").await.expect(200).body;
        let here = list["items"].as_array().unwrap().iter().find(|item| item["current"] == true).unwrap();
        let was = before["items"].as_array().unwrap().iter().find(|item| item["current"] == true).unwrap();
        for field in ["created_at", "expires_at", "device_name"] {
            assert_eq!(here[field], was[field], "{field}");
        }
        // Its life counts from the beginning still.
        set(&server, "session", json!({"absolute_hours": 1})).await;
        server.advance(3300 - 60);
        let next = server.anonymous().post("/auth/token", form(&stepped)).await;
        assert_eq!(next.status, 401, "unused for half an hour: {}", next.body_text());
        assert_eq!(times(&server, "sign_in.again").await, 1);
    }

    async fn its_life_counts_from_its_beginning(backend: Backend) {
        let server = Server::with_settings(backend, &[("session.absolute_hours", "1")]).await;
        server.user("jane", &[]).await;
        let jane = server.browser_of("jane").await;
        for _ in 0..3 {
            server.advance(1100);
            jane.post(AGAIN, password()).await.expect(200);
        }
        server.advance(299);
        jane.get("/auth/me").await.expect(200);
        server.advance(1);
        jane.get("/auth/me").await.expect(401);
    }

    async fn a_setting_that_gives_less_counts_the_beginning_too(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let begun = try_login(&server, "jane", PASSWORD).await.expect(200);
        server.advance(500);
        let stepped = bearer(&server, begun.text_at("/access_token")).post(AGAIN, password()).await.expect(200);
        set(&server, "token", json!({"access_minutes": 120})).await;
        let form = json!({"grant_type": "refresh_token", "refresh_token": stepped.text_at("/refresh_token")});
        let long = server.anonymous().post("/auth/token", form).await.expect(200);
        let jane = bearer(&server, long.text_at("/access_token"));
        set(&server, "session", json!({"absolute_hours": 1, "idle_minutes": 120})).await;
        server.advance(3099);
        jane.get("/auth/me").await.expect(200);
        server.advance(1);
        jane.get("/auth/me").await.expect(401);
    }

    async fn a_browser_steps_up_under_another_cookie(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = remembered(&server, "jane").await;
        server.advance(DAY);
        remember(&jane).await.expect(200);
        let (before, device) = (copied(&server, &jane), jane.cookie("device"));
        assert_eq!(change(&jane, "first").await, 403);
        let remembers = jane.cookie("remember");
        let stepped = jane.post(AGAIN, password()).await.expect(200);
        assert!(stepped.body.get("access_token").is_none());
        before.get("/auth/me").await.expect(401);
        assert_eq!(session(&jane).await["method"], "password");
        assert_eq!(change(&jane, "second").await, 200);
        // What the browser remembers stays as it is.
        assert_eq!((jane.cookie("remember"), jane.cookie("device")), (remembers, device));
        server.advance(DAY);
        remember(&jane).await.expect(200);
        assert_eq!(change(&jane, "third").await, 403);
    }

    async fn whoever_has_a_factor_shows_it_again(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let jane = app.sign_in(&server, "jane").await;
        server.advance(590);
        let asked = jane.post(AGAIN, password()).await.expect(200);
        assert!(asked.body.get("access_token").is_none());
        assert_eq!(change(&jane, "fourth").await, 200, "the session is what it was");
        let wrong = code(&asked, &wrong_code(&server, &app));
        server.anonymous().post("/auth/login", wrong).await.expect(401);
        let stepped = server.anonymous().post("/auth/login", code(&asked, &app.code(&server))).await.expect(200);
        jane.get("/auth/me").await.expect(401);
        let jane = bearer(&server, stepped.text_at("/access_token"));
        assert_eq!(session(&jane).await["method"], "password+totp");
        jane.post("/auth/recovery-codes", json!({})).await.expect(200);
        // In a browser the answer is its cookie.
        let jane = server.browser();
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "session": "cookie"});
        let asked = jane.post("/auth/login", input).await.expect(200);
        server.advance(30);
        jane.post("/auth/login", code(&asked, &app.code(&server))).await.expect(200);
        server.advance(700);
        let before = copied(&server, &jane);
        let asked = jane.post(AGAIN, password()).await.expect(200);
        let stepped = jane.post("/auth/login", code(&asked, &app.code(&server))).await.expect(200);
        assert!(stepped.body.get("access_token").is_none());
        before.get("/auth/me").await.expect(401);
        jane.post("/auth/recovery-codes", json!({})).await.expect(200);
    }

    async fn whoever_needs_a_factor_since_makes_one(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let other = server.sign_in("main", "jane", PASSWORD).await;
        server.operator().post("/api/v1/second-factor-rules", json!({"user": "jane@main"})).await.expect(201);
        let asked = jane.post(AGAIN, password()).await.expect(200);
        assert_eq!(asked.text_at("/challenge/type"), "enrol");
        let enrol = json!({"token": asked.text_at("/challenge/token"), "type": "totp"});
        let made = server.anonymous().post("/auth/enrol", enrol).await.expect(200);
        let now = testkit::totp(made.text_at("/key"), server.clock.now());
        let stepped = server.anonymous().post("/auth/login", code(&asked, &now)).await.expect(200);
        assert!(stepped.body["recovery_codes"].is_array());
        let stepped = bearer(&server, stepped.text_at("/access_token"));
        assert_eq!(session(&stepped).await["method"], "password+totp");
        jane.get("/auth/me").await.expect(401);
        other.get("/auth/me").await.expect(401);
    }

    async fn a_session_that_ended_meanwhile_does_not_come_back(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let jane = app.sign_in(&server, "jane").await;
        server.advance(30);
        let asked = jane.post(AGAIN, password()).await.expect(200);
        jane.post("/auth/logout", json!({})).await.expect(200);
        server.anonymous().post("/auth/login", code(&asked, &app.code(&server))).await.expect(401);
    }

    async fn a_wrong_password_counts_and_ends_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        for _ in 0..5 {
            jane.post(AGAIN, json!({"type": "password", "secret": "wrong"})).await.expect(401);
        }
        jane.post(AGAIN, password()).await.expect(429);
        try_login(&server, "jane", PASSWORD).await.expect(429);
        jane.get("/auth/me").await.expect(200);
    }

    async fn only_a_user_in_a_session_of_his_own_does_it(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        let jane = server.user("jane", &["viewer"]).await;
        server.anonymous().post(AGAIN, password()).await.expect(401);
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        server.anonymous().with_api_key(key.text_at("/key")).post(AGAIN, password()).await.expect(403);
        act_as(&server, &mia, "jane").await.post(AGAIN, password()).await.expect(403);
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("jane:{PASSWORD}")));
        server.anonymous().with_header("authorization", &basic).post(AGAIN, password()).await.expect(403);
        server.operator().post(AGAIN, password()).await.expect(403);
        for (input, pointer) in [(json!({"type": "totp", "secret": "1"}), Some("/type")), (json!({"type": "password", "secret": PASSWORD, "realm": "main"}), None)] {
            let refused = jane.post(AGAIN, input).await.expect(422);
            assert!(pointer.is_none() || refused.problem_pointer() == pointer);
        }
        let jane = server.browser_of("jane").await;
        jane.with_header("origin", "https://evil.example").post(AGAIN, password()).await.expect(403);
    }

    async fn a_planted_cookie_is_not_the_one_that_is_signed_in_with(backend: Backend) {
        let server = Server::start(backend).await;
        for name in ["jane", "mallory"] {
            server.user(name, &[]).await;
        }
        let mallory = server.browser_of("mallory").await;
        let (session, device) = (mallory.cookie("session").unwrap(), mallory.cookie("device").unwrap());
        let victim = showing(&server, &[("session", &session), ("device", &device)]);
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "session": "cookie"});
        let begun = victim.post("/auth/login", input).await.expect(200);
        let set: Vec<_> = begun.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
        assert!(set.iter().any(|cookie| cookie.starts_with("session=psc_") && !cookie.contains(&session)));
        assert_eq!(mallory.get("/auth/me").await.expect(200).text_at("/username"), "mallory");
    }

    async fn in_a_browser_another_factor_and_another_password_change_the_cookie(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = server.browser_of("jane").await;
        let before = copied(&server, &jane);
        App::enrol(&server, &jane).await;
        before.get("/auth/me").await.expect(401);
        let between = copied(&server, &jane);
        between.get("/auth/me").await.expect(200);
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        let changed = jane.post("/auth/password", change).await.expect(200);
        assert!(changed.body.get("access_token").is_none());
        between.get("/auth/me").await.expect(401);
        jane.get("/auth/me").await.expect(200);
    }

    async fn whoever_acts_in_somebodys_place_has_a_session_of_its_own(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let mia = server.browser_of("mia").await;
        let own = session(&mia).await["id"].clone();
        let path = "/api/v1/realms/main/users/jane/impersonate";
        let begun = mia.post(path, json!({"session": "cookie"})).await.expect(200);
        assert!(begun.body["session_id"] != own && session(&mia).await["id"] == begun.body["session_id"]);
        let acting = mia.cookie("impersonation").unwrap();
        mia.post("/auth/impersonation/end", json!({})).await.expect(200);
        let device = mia.cookie("device").unwrap();
        showing(&server, &[("impersonation", &acting), ("device", &device)]).get("/auth/me").await.expect(401);
        assert_eq!(session(&mia).await["id"], own);
    }
}
