//! With cookies: the session in somebody else's place hides the browser's own, and gives it back.

use serde_json::json;
use testkit::{Backend, Client, on_both};

use super::stand_in;
use crate::harness::{PASSWORD, Server};

const JANE: &str = "/api/v1/realms/main/users/jane/impersonate";

async fn who(browser: &Client) -> String {
    browser.get("/auth/me").await.expect(200).text_at("/username").to_owned()
}

on_both! {
    async fn it_is_itself_again_afterwards(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        let own = browser.cookie("session");
        let answer = browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        assert!(answer.body.get("access_token").is_none());
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.starts_with("impersonation=") && cookie.contains("HttpOnly"), "{cookie}");
        assert_eq!(who(&browser).await, "jane");
        assert_eq!(browser.cookie("session"), own);
        browser.post("/auth/impersonation/end", json!({})).await.expect(200);
        assert_eq!((browser.cookie("impersonation"), who(&browser).await.as_str()), (None, "mia"));
    }

    async fn when_it_is_over_the_browser_does_not_become_itself_unasked(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        let jane = server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        let begun = browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        jane.delete(&format!("/auth/sessions/{}", begun.text_at("/session_id"))).await.expect(204);
        browser.get("/auth/me").await.expect(401);
        let own = browser.cookie("session").unwrap();
        for more in ["impersonation=", "impersonation=x", "impersonation=a; impersonation=b"] {
            let device = browser.cookie("device").unwrap();
            let cookies = format!("session={own}; device={device}; {more}");
            server.anonymous().with_header("cookie", &cookies).get("/auth/me").await.expect(401);
        }
        browser.post("/auth/impersonation/end", json!({})).await.expect(200);
        assert_eq!(who(&browser).await, "mia");
    }

    async fn signing_out_ends_both(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        let device = browser.cookie("device").unwrap();
        let cookies = ["impersonation", "session"].map(|name| {
            format!("{name}={}; device={device}", browser.cookie(name).unwrap())
        });
        browser.post("/auth/logout", json!({})).await.expect(200);
        assert_eq!((browser.cookie("impersonation"), browser.cookie("session")), (None, None));
        for cookie in cookies {
            server.anonymous().with_header("cookie", &cookie).get("/auth/me").await.expect(401);
        }
    }

    async fn signing_in_anew_leaves_it(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        let input = json!({"type": "password", "authentication_id": "mia", "secret": PASSWORD,
            "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        assert_eq!((browser.cookie("impersonation"), who(&browser).await.as_str()), (None, "mia"));
    }

    async fn a_page_of_somebody_else_does_not_begin_it(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        let foreign = browser.with_header("origin", "https://evil.example");
        foreign.post(JANE, json!({"session": "cookie"})).await.expect(403);
        browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        let node = json!({"kind": "company", "name": "acme"});
        let refused = foreign.post("/api/v1/nodes", node).await.expect(403);
        assert!(refused.body_text().contains("from this site"), "{}", refused.body_text());
    }

    async fn neither_cookie_holds_the_other_kind(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let browser = server.browser_of("mia").await;
        browser.post(JANE, json!({"session": "cookie"})).await.expect(200);
        let [own, acting, device] = ["session", "impersonation", "device"].map(|name| browser.cookie(name).unwrap());
        let status = async |cookie: String| {
            server.anonymous().with_header("cookie", &format!("{cookie}; device={device}")).get("/auth/me").await.status.as_u16()
        };
        assert_eq!(status(format!("session={own}")).await, 200);
        assert_eq!(status(format!("impersonation={acting}")).await, 200);
        assert_eq!(status(format!("session={acting}")).await, 401);
        assert_eq!(status(format!("impersonation={own}")).await, 401);
    }
}
