//! The own factors: made, confirmed, listed, removed.

use serde_json::json;
use testkit::{Backend, on_both};

use super::{App, challenge, events, reply, too_old, try_login, user_with_app, wrong_code};
use crate::harness::{PASSWORD, Server};

on_both! {
    async fn an_app_counts_once_it_is_confirmed(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let other = server.sign_in("main", "jane", PASSWORD).await;
        let made = jane.post("/auth/factors", json!({"type": "totp", "name": "phone"})).await.expect(201);
        let app = App { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let uri = made.text_at("/uri");
        assert!(uri.starts_with("otpauth://totp/Portcullis:jane?secret="), "{uri}");
        assert!(uri.contains(&app.key) && app.key.len() == 32);
        assert!(made.text_at("/qr_code").contains("<svg"));
        server.sign_in("main", "jane", PASSWORD).await;

        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        let wrong = json!({"code": wrong_code(&server, &app)});
        let wrong = jane.post(&confirm, wrong).await.expect(422);
        assert_eq!(wrong.problem_pointer(), Some("/code"));
        let right = json!({"code": app.code(&server)});
        let confirmed = jane.post(&confirm, right.clone()).await.expect(200).body;
        assert_eq!(confirmed["factor"]["name"], "phone");
        assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
        jane.post(&confirm, right).await.expect(404);
        other.get("/auth/me").await.expect(401);
        jane.get("/auth/me").await.expect(200);

        let asked = try_login(&server, "jane", PASSWORD).await.expect(200).body;
        assert_eq!(asked["challenge"]["type"], "totp");
        assert_eq!(asked["challenge"]["expires_in"], 300);
        assert_eq!(asked["challenge"]["options"], json!({"methods": ["totp", "recovery"]}));
        server.advance(30);
        let jane = app.sign_in(&server, "jane").await;
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!(me["session"]["method"], "password+totp");
        let list = jane.get("/auth/factors").await.expect(200).body;
        assert_eq!((&list["items"][0]["type"], &list["recovery_codes_left"]), (&json!("totp"), &json!(10)));
        assert!(list["warning"].is_null() && list["items"].as_array().unwrap().len() == 1);
        let events = events(&server).await;
        assert!(events.contains("factor.confirm") && events.contains("password+totp"));
        assert!(!events.contains(&app.key) && !events.contains("pch_"));
    }

    async fn a_factor_waits_an_hour_for_its_first_code(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let made = jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let first = App { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        // A second try takes the place of the first.
        jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        jane.post(&confirm, json!({"code": first.code(&server)})).await.expect(404);
        let made = jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        server.advance(3600);
        let app = App { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        jane.post(&confirm, json!({"code": app.code(&server)})).await.expect(404);
    }

    async fn factors_change_only_after_a_fresh_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, app) = user_with_app(&server, "jane").await;
        let id = jane.get("/auth/factors").await.expect(200).text_at("/items/0/id").to_owned();
        let path = format!("/auth/factors/{id}");
        // Opened before there was a factor.
        too_old(jane.post("/auth/factors", json!({"type": "totp"})).await);
        too_old(jane.post("/auth/recovery-codes", json!({})).await);
        too_old(jane.delete(&path).await);
        let jane = app.sign_in(&server, "jane").await;
        jane.post("/auth/recovery-codes", json!({})).await.expect(200);
        server.advance(599);
        jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        // Access tokens live for 10 minutes, so it is renewed.
        let token = challenge(&server, "jane").await;
        let login = reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        server.advance(601);
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": login.text_at("/refresh_token")});
        let renewed = server.anonymous().post("/auth/token", refresh).await.expect(200);
        let jane = server.anonymous().with_bearer(renewed.text_at("/access_token"));
        assert_eq!(jane.get("/auth/me").await.expect(200).body["session"]["method"], "password+totp");
        too_old(jane.post("/auth/factors", json!({"type": "totp"})).await);
        too_old(jane.delete(&path).await);
        too_old(jane.post("/auth/recovery-codes", json!({})).await);
        let jane = app.sign_in(&server, "jane").await;
        jane.delete(&path).await.expect(204);
        jane.delete(&path).await.expect(404);
        let list = jane.get("/auth/factors").await.expect(200).body;
        assert_eq!((list["items"].as_array().unwrap().len(), &list["recovery_codes_left"]), (0, &json!(0)));
        server.sign_in("main", "jane", PASSWORD).await;
    }

    async fn what_is_no_factor_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        for kind in ["recovery", "email", "sms"] {
            let refused = jane.post("/auth/factors", json!({"type": kind})).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/type"), "{kind}");
        }
        let long = json!({"type": "totp", "name": "x".repeat(65)});
        assert_eq!(jane.post("/auth/factors", long).await.expect(422).problem_pointer(), Some("/name"));
        jane.post("/auth/recovery-codes", json!({})).await.expect(409);
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        key.get("/auth/factors").await.expect(403);
        key.post("/auth/factors", json!({"type": "totp"})).await.expect(403);
    }

    async fn another_users_factor_is_not_there(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, _) = user_with_app(&server, "jane").await;
        let id = jane.get("/auth/factors").await.expect(200).text_at("/items/0/id").to_owned();
        let mallory = server.user("mallory", &[]).await;
        mallory.delete(&format!("/auth/factors/{id}")).await.expect(404);
        let waiting = server.user("bob", &[]).await;
        let made = waiting.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let app = App { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        mallory.post(&confirm, json!({"code": app.code(&server)})).await.expect(404);
        mallory.get("/api/v1/realms/main/users/jane/factors").await.expect(404);
    }

    async fn two_apps_are_both_good(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, phone) = user_with_app(&server, "jane").await;
        let jane = phone.sign_in(&server, "jane").await;
        let tablet = App::enrol(&server, &jane).await;
        assert!(tablet.codes.is_empty(), "the codes of the first one stay");
        for app in [&phone, &tablet] {
            app.sign_in(&server, "jane").await.get("/auth/me").await.expect(200);
        }
    }

    async fn a_user_who_goes_takes_them_along(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let token = challenge(&server, "jane").await;
        server.operator().delete("/api/v1/realms/main/users/jane").await.expect(204);
        reply(&server, &token, "totp", &app.code(&server)).await.expect(401);
        server.user("jane", &[]).await;
    }
}
