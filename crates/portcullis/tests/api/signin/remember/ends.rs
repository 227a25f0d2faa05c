//! What ends it: whatever ends sessions, and what the sign-in would no longer be enough for.

use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use super::{DAY, copy, input, over, remember, remembered, times};
use crate::{
    harness::{PASSWORD, Server},
    impersonation::stand_in,
    signin::{second_factor::App, try_login},
    tokens::bearer,
};

const JANE: &str = "/api/v1/realms/main/users/jane";
const NEW: &str = "another horse battery";

/// A server with jane, and her browser, which remembers her.
async fn start(backend: Backend) -> (Server, Client) {
    let server = Server::start(backend).await;
    server.user("jane", &[]).await;
    let browser = remembered(&server, "jane").await;
    (server, browser)
}

/// jane, signed in anew elsewhere with tokens.
async fn elsewhere(server: &Server) -> Client {
    bearer(server, try_login(server, "jane", PASSWORD).await.expect(200).text_at("/access_token"))
}

async fn is_empty(client: &Client) -> bool {
    let list = client.get("/auth/remembered-devices").await.expect(200).body;
    list["items"].as_array().unwrap().is_empty()
}

on_both! {
    async fn signing_out_forgets_it(backend: Backend) {
        let (server, browser) = start(backend).await;
        let before = copy(&server, &browser);
        browser.post("/auth/logout", json!({})).await.expect(200);
        assert_eq!((browser.cookie("remember"), browser.cookie("session")), (None, None));
        over(remember(&before).await);
        // Also when the session is over long since, and with what was used up a moment ago.
        let browser = remembered(&server, "jane").await;
        let before = copy(&server, &browser);
        server.advance(2 * DAY);
        browser.post("/auth/logout", json!({})).await.expect(200);
        over(remember(&before).await);
        assert_eq!(times(&server, "remember.reuse").await, 0);
    }

    async fn forgetting_ends_its_sessions_and_no_other(backend: Backend) {
        let (server, browser) = start(backend).await;
        let other = remembered(&server, "jane").await;
        remember(&browser).await.expect(200);
        let session = format!("session={}; device={}", browser.cookie("session").unwrap(), browser.cookie("device").unwrap());
        let before = copy(&server, &browser);
        let answer = browser.post("/auth/forget", json!({})).await.expect(200);
        assert_eq!(answer.body, json!({"status": "forgotten"}));
        assert_eq!((browser.cookie("remember"), browser.cookie("session")), (None, None));
        server.anonymous().with_header("cookie", &session).get("/auth/me").await.expect(401);
        over(remember(&before).await);
        remember(&other).await.expect(200);
        // Whoever has nothing is told the same.
        assert_eq!(browser.post("/auth/forget", json!({})).await.expect(200).body, answer.body);
        server.anonymous().post("/auth/forget", json!({})).await.expect(200);
        assert_eq!(times(&server, "remember.forget").await, 1);
    }

    async fn a_session_ended_from_elsewhere_does_not_come_back(backend: Backend) {
        let (server, browser) = start(backend).await;
        let here = elsewhere(&server).await;
        let list = here.get("/auth/sessions").await.expect(200).body;
        let items = list["items"].as_array().unwrap();
        let ids: Vec<_> = items.iter().filter(|item| item["remembered"] == true).map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 1, "{list}");
        here.delete(&format!("/auth/sessions/{}", ids[0])).await.expect(204);
        browser.get("/auth/me").await.expect(401);
        over(remember(&browser).await);
        here.get("/auth/me").await.expect(200);
    }

    async fn a_device_without_a_session_is_listed_and_ended(backend: Backend) {
        let (server, browser) = start(backend).await;
        server.user("bob", &[]).await;
        let bob = remembered(&server, "bob").await;
        server.advance(2 * DAY);
        let here = elsewhere(&server).await;
        let list = here.get("/auth/remembered-devices").await.expect(200).body;
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 1);
        assert_eq!((&items[0]["signed_in_at"], &items[0]["expires_at"]), (&json!("2026-06-01T00:00:00Z"), &json!("2026-07-01T00:00:00Z")));
        assert!(!list.to_string().contains("prm_"));
        let path = format!("/auth/remembered-devices/{}", items[0]["id"].as_str().unwrap());
        remember(&bob).await.expect(200);
        bob.delete(&path).await.expect(404);
        here.delete(&path).await.expect(204);
        here.delete(&path).await.expect(404);
        over(remember(&browser).await);
        remember(&bob).await.expect(200);
    }

    async fn another_password_ends_it_everywhere(backend: Backend) {
        let (server, browser) = start(backend).await;
        let other = remembered(&server, "jane").await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        browser.post("/auth/password", change).await.expect(200);
        over(remember(&other).await);
        // The session that changed it goes on, and is remembered no more.
        let list = browser.get("/auth/sessions").await.expect(200).body;
        assert_eq!((&list["items"][0]["current"], &list["items"][0]["remembered"]), (&json!(true), &json!(false)));
        over(remember(&browser).await);
        for must_change in [false, true] {
            let reset = json!({"password": PASSWORD, "must_change": false});
            server.operator().put(&format!("{JANE}/password"), reset).await.expect(204);
            let browser = remembered(&server, "jane").await;
            let reset = json!({"password": NEW, "must_change": must_change});
            server.operator().put(&format!("{JANE}/password"), reset).await.expect(204);
            over(remember(&browser).await);
        }
    }

    async fn a_factor_of_ones_own_ends_it_and_so_does_their_reset(backend: Backend) {
        let (server, browser) = start(backend).await;
        let jane = elsewhere(&server).await;
        let app = App::enrol(&server, &jane).await;
        over(remember(&browser).await);
        let browser = server.browser();
        let asked = browser.post("/auth/login", input("jane")).await.expect(200);
        let answer = json!({"type": "totp", "authentication_id": asked.text_at("/challenge/token"), "secret": app.code(&server)});
        browser.post("/auth/login", answer).await.expect(200);
        server.operator().delete(&format!("{JANE}/factors")).await.expect(204);
        over(remember(&browser).await);
    }

    async fn an_administrator_ends_it_with_the_sessions(backend: Backend) {
        let (server, browser) = start(backend).await;
        server.advance(2 * DAY);
        server.operator().delete(&format!("{JANE}/sessions")).await.expect(204);
        over(remember(&browser).await);
    }

    async fn who_is_switched_off_does_not_come_back(backend: Backend) {
        let (server, browser) = start(backend).await;
        let operator = server.operator();
        let no = async || {
            let refused = remember(&browser).await.expect(401);
            assert_eq!((&refused.body["code"], refused.header("set-cookie")), (&json!("user-inactive"), None));
        };
        for (off, on) in [("disable", "enable"), ("lock", "unlock")] {
            operator.post(&format!("{JANE}/{off}"), json!({})).await.expect(200);
            no().await;
            operator.post(&format!("{JANE}/{on}"), json!({})).await.expect(200);
            remember(&browser).await.expect(200);
        }
        operator.patch(JANE, json!({"expires_at": "2026-06-02T00:00:00Z"})).await.expect(200);
        server.advance(DAY);
        no().await;
        operator.delete(JANE).await.expect(204);
        over(remember(&browser).await);
    }

    async fn strangers_who_fail_do_not_keep_it_off(backend: Backend) {
        let (server, browser) = start(backend).await;
        crate::signin::fail(&server, "jane", 5).await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
        remember(&browser).await.expect(200);
    }

    async fn a_realm_that_shares_its_users_no_more_ends_it(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        for name in ["staff", "clients"] {
            operator.post("/api/v1/realms", json!({"name": name})).await.expect(201);
        }
        operator.post("/api/v1/realm-connections", json!({"from": "clients", "to": "staff"})).await.expect(204);
        server.user_of("clients", "dave", &[]).await;
        let at = async |realm: &str| {
            let browser = server.browser();
            let mut told = input("dave");
            told["realm"] = Value::from(realm);
            browser.post("/auth/login", told).await.expect(200);
            browser
        };
        let (staff, clients) = (at("staff").await, at("clients").await);
        remember(&staff).await.expect(200);
        operator.delete("/api/v1/realm-connections/clients/staff").await.expect(204);
        over(remember(&staff).await);
        remember(&clients).await.expect(200);
    }

    async fn another_sign_in_in_the_browser_takes_its_place(backend: Backend) {
        let (server, browser) = start(backend).await;
        server.user("bob", &[]).await;
        let before = copy(&server, &browser);
        let plain = json!({"type": "password", "authentication_id": "bob", "secret": PASSWORD, "session": "cookie"});
        browser.post("/auth/login", plain).await.expect(200);
        assert_eq!(browser.cookie("remember"), None);
        over(remember(&before).await);
        assert_eq!(browser.get("/auth/me").await.expect(200).text_at("/username"), "bob");
        browser.post("/auth/login", input("jane")).await.expect(200);
        browser.post("/auth/login", input("bob")).await.expect(200);
        assert!(is_empty(&elsewhere(&server).await).await);
        server.advance(DAY);
        remember(&browser).await.expect(200);
        assert_eq!(browser.get("/auth/me").await.expect(200).text_at("/username"), "bob");
    }

    async fn acting_in_somebodys_place_is_not_remembered(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        let jane = server.user("jane", &[]).await;
        let path = "/api/v1/realms/main/users/jane/impersonate";
        let browser = remembered(&server, "mia").await;
        browser.post(path, json!({"session": "cookie", "remember": true})).await.expect(422);
        browser.post(path, json!({"session": "cookie"})).await.expect(200);
        assert!(is_empty(&jane).await);
        browser.get("/auth/remembered-devices").await.expect(403);
        let list = jane.get("/auth/sessions").await.expect(200).body;
        assert!(list["items"].as_array().unwrap().iter().all(|item| item["remembered"] == false));
        // Who comes back is himself.
        remember(&browser).await.expect(200);
        assert_eq!(browser.cookie("impersonation"), None);
        assert_eq!(browser.get("/auth/me").await.expect(200).text_at("/username"), "mia");
    }

    async fn it_is_told_to_its_user_and_kept_for_few_devices(backend: Backend) {
        let (server, _) = start(backend).await;
        for _ in 0..22 {
            server.advance(1);
            remembered(&server, "jane").await;
        }
        let jane = elsewhere(&server).await;
        let list = jane.get("/auth/remembered-devices").await.expect(200).body;
        assert_eq!(list["items"].as_array().unwrap().len(), 20);
        let file = jane.post("/gdpr/export", json!({})).await.expect(200).body;
        let told = file["remembered_devices"].as_array().unwrap();
        assert_eq!((told.len(), &told[0]["method"]), (20, &json!("password")));
        assert!(!file.to_string().contains("prm_"));
    }
}
