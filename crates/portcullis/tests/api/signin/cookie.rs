//! The session of a browser.

use serde_json::json;
use testkit::{Backend, Client, on_both};

use crate::harness::{PASSWORD, Server};

async fn browser(server: &Server, name: &str) -> Client {
    let browser = server.anonymous().with_cookies();
    let input = json!({"type": "password", "authentication_id": name, "secret": PASSWORD,
        "session": "cookie"});
    let answer = browser.post("/auth/login", input).await.expect(200);
    assert!(
        answer.body.get("access_token").is_none() && answer.body.get("refresh_token").is_none()
    );
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    browser
}

on_both! {
    async fn a_cookie_instead_of_tokens(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = browser(&server, "jane").await;
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!((&me["username"], &me["authentication_method"]), (&json!("jane"), &json!("cookie")));
        let same_site = jane.with_header("origin", &server.base);
        same_site.post("/auth/logout", json!({})).await.expect(200);
        assert_eq!(jane.cookie("session"), None);
    }

    async fn the_old_cookie_is_dead_after_logout(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = browser(&server, "jane").await;
        let cookies = ["session", "device"].map(|name| format!("{name}={}", jane.cookie(name).unwrap()));
        let cookie = cookies.join("; ");
        server.anonymous().with_header("cookie", &cookie).get("/auth/me").await.expect(200);
        jane.with_header("origin", &server.base).post("/auth/logout", json!({})).await.expect(200);
        server.anonymous().with_header("cookie", &cookie).get("/auth/me").await.expect(401);
    }

    async fn a_write_from_another_site_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = browser(&server, "jane").await;
        let profile = json!({"full_name": "Jane"});
        jane.put("/auth/profile", profile.clone()).await.expect(403);
        let foreign = jane.with_header("origin", "https://evil.example");
        foreign.put("/auth/profile", profile.clone()).await.expect(403);
        jane.with_header("origin", &server.base).put("/auth/profile", profile).await.expect(200);
    }

    async fn it_ends_unused_and_when_the_user_is_switched_off(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = browser(&server, "jane").await;
        for _ in 0..3 {
            server.advance(29 * 60);
            jane.get("/auth/me").await.expect(200);
        }
        server.advance(30 * 60);
        jane.get("/auth/me").await.expect(401);
        let jane = browser(&server, "jane").await;
        let root = server.root().await;
        root.put("/auth/users/jane", json!({"disabled": true})).await.expect(200);
        jane.get("/auth/me").await.expect(401);
    }

    async fn a_made_up_cookie_is_nobody(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = browser(&server, "jane").await;
        let mut cookie = jane.cookie("session").unwrap();
        cookie.replace_range(40..41, if &cookie[40..41] == "A" { "B" } else { "A" });
        for value in [cookie.as_str(), "", "x"] {
            let header = format!("session={value}");
            server.anonymous().with_header("cookie", &header).get("/auth/me").await.expect(401);
        }
    }
}
