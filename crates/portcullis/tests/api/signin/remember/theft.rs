//! What whoever has copied the cookie gets: nothing, and the user learns of it.

use protocol::secret_token::{Kind, SecretToken};
use secrecy::ExposeSecret;
use serde_json::json;
use testkit::{Backend, OsEntropy, on_both};

use super::{DAY, copy, input, input_for_tokens, over, remember, remembered, showing, times};
use crate::{
    harness::Server,
    letters::{ADDRESS, make, sent, start, to},
};

on_both! {
    async fn one_that_was_used_before_ends_all_that_came_of_it(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let (browser, elsewhere) = (remembered(&server, "jane").await, remembered(&server, "jane").await);
        let stolen = copy(&server, &browser);
        server.advance(DAY);
        remember(&browser).await.expect(200);
        browser.get("/auth/me").await.expect(200);
        server.advance(11);
        over(remember(&stolen).await);
        browser.get("/auth/me").await.expect(401);
        over(remember(&browser).await);
        assert_eq!(times(&server, "remember.reuse").await, 1);
        // Twice told is once ended; other devices remember still.
        over(remember(&stolen).await);
        assert_eq!(times(&server, "remember.reuse").await, 1);
        remember(&elsewhere).await.expect(200);
    }

    async fn one_from_long_before_does_so_at_once(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = server.browser();
        browser.post("/auth/login", input_for_tokens("jane")).await.expect(200);
        let stolen = copy(&server, &browser);
        for _ in 0..3 {
            remember(&browser).await.expect(200);
        }
        let back = remember(&browser).await.expect(200);
        over(remember(&stolen).await);
        server.anonymous().with_bearer(back.text_at("/access_token")).get("/auth/me").await.expect(401);
        let form = [("grant_type", "refresh_token"), ("refresh_token", back.text_at("/refresh_token"))];
        browser.post_form("/auth/token", &form).await.expect(401);
        over(remember(&browser).await);
    }

    async fn on_another_device_it_is_good_for_nothing_and_ends(backend: Backend) {
        let server = Server::start(backend).await;
        for name in ["jane", "mallory"] {
            server.user(name, &[]).await;
        }
        let others = remembered(&server, "mallory").await.cookie("device").unwrap();
        for device in [None, Some("x"), Some(others.as_str())] {
            let browser = remembered(&server, "jane").await;
            let secret = browser.cookie("remember").unwrap();
            let mut cookies = vec![("remember", secret.as_str())];
            cookies.extend(device.map(|device| ("device", device)));
            let answer = over(remember(&showing(&server, &cookies)).await);
            let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
            assert!(set.into_iter().all(|cookie| cookie.starts_with("remember=;")));
            browser.get("/auth/me").await.expect(401);
            over(remember(&browser).await);
        }
        assert_eq!(times(&server, "remember.reuse").await, 3);
    }

    async fn what_is_made_up_ends_nothing_and_tells_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        let (good, device) = (browser.cookie("remember").unwrap(), browser.cookie("device").unwrap());
        let session = browser.cookie("session").unwrap();
        let stranger = remembered(&server, "jane").await;
        let gone = stranger.cookie("remember").unwrap();
        stranger.post("/auth/forget", json!({})).await.expect(200);
        // The right id with another secret, well formed.
        let id = SecretToken::parse(Kind::Remember, &good).unwrap().id();
        let mixed = SecretToken::generate(Kind::Remember, id, &OsEntropy).to_text();
        let mixed = mixed.expose_secret().to_owned();
        let twice = format!("{good}; remember={good}");
        let mut answers = Vec::new();
        for made_up in ["", "x", &mixed, &gone, &session, &device, &twice] {
            let cookies = [("remember", made_up), ("device", device.as_str())];
            let answer = over(remember(&showing(&server, &cookies)).await);
            answers.push((answer.body["detail"].clone(), answer.header("set-cookie").map(str::to_owned)));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        over(remember(&showing(&server, &[("device", &device)])).await);
        assert_eq!(times(&server, "remember.reuse").await, 0);
        browser.get("/auth/me").await.expect(200);
        remember(&browser).await.expect(200);
        // It is no other credential.
        let nobody = server.anonymous();
        nobody.with_bearer(&good).get("/auth/me").await.expect(401);
        showing(&server, &[("session", &good), ("device", &device)]).get("/auth/me").await.expect(401);
    }

    async fn another_sites_page_uses_and_ends_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        server.advance(DAY);
        let before = browser.cookie("remember");
        let bare = copy(&server, &browser);
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            let foreign = bare.with_header(name, value);
            for path in ["/auth/remember", "/auth/forget", "/auth/logout"] {
                let refused = foreign.post(path, json!({})).await.expect(403);
                assert_eq!(refused.header("set-cookie"), None);
            }
        }
        bare.get("/auth/remember").await.expect(405);
        assert_eq!(browser.cookie("remember"), before);
        remember(&browser).await.expect(200);
    }

    async fn the_user_is_told_when_and_from_where(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", "jane@example.com", true).await;
        let browser = server.anonymous().with_cookies().with_header("origin", ADDRESS);
        let first = browser.post("/auth/login", input("jane")).await.expect(200);
        let set: Vec<_> = first.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
        let cookie = set.iter().find(|cookie| cookie.starts_with("__Secure-remember=")).unwrap();
        assert!(cookie.contains("; Path=/auth;") && cookie.contains("; Secure"), "{cookie}");
        let cookie = |name| browser.cookie(name).unwrap();
        let text = format!("__Secure-remember={}; __Host-device={}", cookie("__Secure-remember"), cookie("__Host-device"));
        remember(&browser).await.expect(200);
        server.advance(60);
        let stolen = server.anonymous().with_header("origin", ADDRESS).with_header("cookie", &text);
        over(remember(&stolen).await);
        let letters = sent(&server, &mail).await;
        let letter = to(&letters, "jane@example.com");
        assert!(letter.contains("A remembered sign-in was used by somebody else"), "{letter}");
        assert!(letter.contains("2026-06-01 00:01 UTC, from the address 127.0.0.1"), "{letter}");
    }
}
