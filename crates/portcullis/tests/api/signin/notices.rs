//! Users are told by mail of what somebody else may have done.

use serde_json::json;
use testkit::{Backend, Client, MailServer, on_both};

use super::{fail, try_login};
use crate::{
    harness::{PASSWORD, Server},
    letters::{make, sent, start, to, wait_for},
};

const JANE: &str = "jane@example.com";
const PATH: &str = "/api/v1/realms/main/users/jane";

/// A browser of its own, at an address that is not another one's.
fn browser(server: &Server, agent: &str) -> Client {
    let browser = server.anonymous().with_cookies().with_header("user-agent", agent);
    browser.with_header("sec-fetch-site", "same-origin")
}

async fn sign_in(client: &Client) {
    let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
        "session": "cookie"});
    client.post("/auth/login", input).await.expect(200);
}

async fn subjects(server: &Server, mail: &MailServer) -> Vec<String> {
    let letters = sent(server, mail).await;
    let subject = |letter: &String| {
        let (_, rest) = letter.split_once("Subject: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    };
    letters.iter().map(subject).collect()
}

const NEW_DEVICE: &str = "A sign-in from a new device";

on_both! {
    async fn a_sign_in_from_elsewhere_is_told_once(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", JANE, true).await;
        let (home, away) = (browser(&server, "home"), browser(&server, "away"));
        sign_in(&home).await;
        assert!(subjects(&server, &mail).await.is_empty(), "there is nothing to compare the first with");
        sign_in(&home).await;
        sign_in(&away).await;
        let letters = sent(&server, &mail).await;
        assert_eq!(letters.len(), 1);
        let letter = to(&letters, JANE);
        assert!(letter.contains(NEW_DEVICE) && letter.contains("2026-06-01 00:00 UTC, from the address 127.0.0.1"), "{letter}");
        assert!(!letter.contains("away"), "nothing that a stranger may have typed");
        for known in [&home, &away] {
            sign_in(known).await;
        }
        // A known device is known wherever it is.
        sign_in(&home.with_header("user-agent", "home, version 2")).await;
        assert!(subjects(&server, &mail).await.is_empty());
    }

    async fn so_is_one_without_cookies_and_one_with_each_request(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", JANE, true).await;
        sign_in(&browser(&server, "home")).await;
        let with = |agent: &str| server.anonymous().with_header("user-agent", agent);
        let login = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD});
        with("program").post("/auth/login", login).await.expect(200);
        assert_eq!(subjects(&server, &mail).await, [NEW_DEVICE]);
        let form = [("grant_type", "password"), ("username", "jane"), ("password", PASSWORD)];
        with("other program").post_form("/auth/token", &form).await.expect(200);
        assert_eq!(subjects(&server, &mail).await, [NEW_DEVICE]);
        // jane:correct horse battery
        let basic = "Basic amFuZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=";
        with("third program").with_header("authorization", basic).get("/auth/me").await.expect(200);
        assert_eq!(subjects(&server, &mail).await, [NEW_DEVICE]);
        for (agent, sent) in [("third program", 0), ("program", 0)] {
            with(agent).with_header("authorization", basic).get("/auth/me").await.expect(200);
            assert_eq!(subjects(&server, &mail).await.len(), sent, "{agent}");
        }
    }

    async fn another_users_device_and_a_year_of_silence_are_new(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", JANE, true).await;
        make(&server, "mallory", "mallory@example.com", true).await;
        sign_in(&browser(&server, "home")).await;
        let shared = browser(&server, "shared");
        let input = json!({"type": "password", "authentication_id": "mallory", "secret": PASSWORD,
            "session": "cookie"});
        shared.post("/auth/login", input).await.expect(200);
        sign_in(&shared).await;
        assert_eq!(subjects(&server, &mail).await, [NEW_DEVICE]);
        server.advance(366 * 24 * 3600);
        sign_in(&browser(&server, "home")).await;
        assert_eq!(subjects(&server, &mail).await, [NEW_DEVICE]);
    }

    async fn a_lock_is_told_once_a_day(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", JANE, true).await;
        fail(&server, "jane", 5).await;
        wait_for(&server, "lockout.notice", 1).await;
        let letters = sent(&server, &mail).await;
        assert!(to(&letters, JANE).contains("Too many failed sign-ins"));
        for round in 0..3 {
            server.advance(900);
            fail(&server, "jane", 5).await;
            try_login(&server, "jane", PASSWORD).await.expect(429);
            assert!(subjects(&server, &mail).await.is_empty(), "{round}");
        }
        server.advance(24 * 3600);
        fail(&server, "jane", 5).await;
        wait_for(&server, "lockout.notice", 2).await;
        assert_eq!(subjects(&server, &mail).await, ["Too many failed sign-ins"]);
        // A name that is nobody's is locked in the same way, and nobody is told.
        fail(&server, "nobody", 5).await;
        assert!(subjects(&server, &mail).await.is_empty());
    }

    async fn a_new_key_and_another_address_are_told(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", JANE, false).await;
        let operator = server.operator();
        let viewer = json!({"subject": "/main/jane", "role": "viewer"});
        operator.post("/api/v1/assignments", viewer).await.expect(201);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let key = json!({"name": "see evil.example", "role": "viewer"});
        let key = jane.post("/api/v1/api-keys", key).await.expect(201);
        let letters = sent(&server, &mail).await;
        let letter = to(&letters, JANE);
        assert!(letter.contains("Subject: A new API key"), "{letter}");
        assert!(!letter.contains("evil") && !letter.contains(key.text_at("/key")));
        operator.patch(PATH, json!({"email": "other@example.com"})).await.expect(200);
        let letters = sent(&server, &mail).await;
        assert!(to(&letters, JANE).contains("Your e-mail address was changed"));
        assert!(!letters[0].contains("other@example.com"));
        operator.patch(PATH, json!({"email": "other@example.com", "full_name": "J"})).await.expect(200);
        assert!(subjects(&server, &mail).await.is_empty());
        let world = json!({"users": [{"realm": "main", "username": "jane", "email": JANE,
            "email_verified": true}]});
        operator.post("/api/v1/world", world).await.expect(200);
        assert!(to(&sent(&server, &mail).await, "other@example.com").contains("was changed"));
        assert_eq!(operator.get(PATH).await.expect(200).body["email_verified"], json!(true));
    }
}
