//! Wrong codes count where wrong passwords count.

use serde_json::json;
use testkit::{Backend, MailServer, on_both};

use super::{App, challenge, events, reply, user_with_app, wrong_code};
use crate::{
    harness::{PASSWORD, Server},
    signin::{fail, try_login},
};

async fn miss(server: &Server, app: &App, name: &str) {
    let token = challenge(server, name).await;
    reply(server, &token, "totp", &wrong_code(server, app)).await.expect(401);
}

on_both! {
    async fn wrong_codes_lock_over_all_challenges(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, app) = user_with_app(&server, "jane").await;
        let waiting = challenge(&server, "jane").await;
        // The password step in between forgets nothing.
        for _ in 0..5 {
            miss(&server, &app, "jane").await;
        }
        let locked = try_login(&server, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
        reply(&server, &waiting, "totp", &app.code(&server)).await.expect(429);
        reply(&server, &waiting, "recovery", &app.codes[0]).await.expect(429);
        jane.get("/auth/me").await.expect(200);
        let events = events(&server).await;
        assert!(events.contains("wrong code") && events.contains("sign_in.wrong_codes"));
        server.advance(900);
        app.sign_in(&server, "jane").await;
    }

    async fn passwords_and_codes_share_the_count(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        fail(&server, "jane", 2).await;
        miss(&server, &app, "jane").await;
        miss(&server, &app, "jane").await;
        fail(&server, "jane", 1).await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
    }

    async fn the_whole_sign_in_forgets_them(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        for _ in 0..2 {
            miss(&server, &app, "jane").await;
            fail(&server, "jane", 3).await;
            app.sign_in(&server, "jane").await;
            server.advance(30);
        }
    }

    async fn no_other_use_of_the_password_forgets_them(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, app) = user_with_app(&server, "jane").await;
        for _ in 0..4 {
            miss(&server, &app, "jane").await;
        }
        let form = [("grant_type", "password"), ("username", "jane"), ("password", PASSWORD)];
        server.anonymous().post_form("/auth/token", &form).await.expect(403);
        let change = json!({"old_password": PASSWORD, "new_password": "another horse battery"});
        jane.post("/auth/password", change).await.expect(204);
        let back = json!({"password": PASSWORD});
        server.operator().put("/api/v1/realms/main/users/jane/password", back).await.expect(204);
        miss(&server, &app, "jane").await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
        server.operator().post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        app.sign_in(&server, "jane").await;
    }

    async fn a_known_device_has_its_own_count(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let browser = server.anonymous().with_cookies();
        let first = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "session": "cookie"});
        let begun = browser.post("/auth/login", first.clone()).await.expect(200);
        let answer = |token: &str, code: String| {
            json!({"type": "totp", "authentication_id": token, "secret": code})
        };
        let right = answer(begun.text_at("/challenge/token"), app.code(&server));
        browser.post("/auth/login", right).await.expect(200);
        // The device alone, signed out.
        let device = format!("device={}", browser.cookie("device").unwrap());
        let browser = server.anonymous().with_header("cookie", &device);
        server.advance(30);
        for _ in 0..5 {
            miss(&server, &app, "jane").await;
        }
        try_login(&server, "jane", PASSWORD).await.expect(429);
        let begun = browser.post("/auth/login", first).await.expect(200);
        let right = answer(begun.text_at("/challenge/token"), app.code(&server));
        browser.post("/auth/login", right).await.expect(200);
        try_login(&server, "jane", PASSWORD).await.expect(429);
    }

    async fn the_user_is_told_that_somebody_knows_the_password(backend: Backend) {
        let mail = MailServer::start().await;
        let port = mail.port.to_string();
        let settings = [("mail.host", "127.0.0.1"), ("mail.port", port.as_str()), ("mail.tls", "none"),
            ("mail.from", "Portcullis <id@example.com>")];
        let server = Server::with_settings(backend, &settings).await;
        let user = json!({"username": "jane", "email": "jane@example.com", "password": PASSWORD});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let app = App::enrol(&server, &jane).await;
        for _ in 0..5 {
            miss(&server, &app, "jane").await;
        }
        let sent = mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap();
        let letters = mail.letters();
        assert_eq!((sent, letters.len()), (2, 2));
        assert!(letters.iter().any(|letter| letter.contains("A second factor was added")));
        assert!(letters.iter().any(|letter| letter.contains("Somebody who knows the password")));
    }
}
