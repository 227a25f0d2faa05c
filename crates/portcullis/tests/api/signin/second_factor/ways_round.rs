//! Ways that might get round a second factor, and do not.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use testkit::{Backend, on_both};

use super::{App, challenge, reply, user_with_app};
use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
};

const JANE: &str = "/api/v1/realms/main/users/jane";
const NEW: &str = "another horse battery";

on_both! {
    async fn the_password_grant_asks_for_it(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let form = [("grant_type", "password"), ("username", "jane"), ("password", PASSWORD)];
        let asked = server.anonymous().post_form("/auth/token", &form).await.expect(403);
        assert_eq!((asked.text_at("/error"), asked.text_at("/challenge/type")), ("mfa_required", "totp"));
        assert_eq!(asked.header("cache-control"), Some("no-store"));
        assert!(asked.body["access_token"].is_null());
        let token = asked.text_at("/challenge/token");
        // As what it is not.
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)];
        server.anonymous().post_form("/auth/token", &refresh).await.expect(401);
        let key = [("grant_type", "client_credentials"), ("client_secret", token)];
        server.anonymous().post_form("/auth/token", &key).await.expect(401);
        let answer = reply(&server, token, "totp", &app.code(&server)).await.expect(200);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        jane.get("/auth/me").await.expect(200);
    }

    async fn a_password_with_the_request_is_not_enough(backend: Backend) {
        let server = Server::start(backend).await;
        let basic = |name: &str| {
            let text = BASE64_STANDARD.encode(format!("{name}:{PASSWORD}"));
            server.anonymous().with_header("authorization", &format!("Basic {text}"))
        };
        server.user("bob", &[]).await;
        user_with_app(&server, "jane").await;
        basic("bob").get("/auth/me").await.expect(200);
        basic("jane").get("/auth/me").await.expect(401);
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        basic("jane").post("/auth/password", change).await.expect(401);
        server.operator().put("/api/v1/settings/second_factor", json!({"required_of": "everybody"})).await.expect(200);
        basic("bob").get("/auth/me").await.expect(401);
    }

    async fn api_keys_are_credentials_of_their_own(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &["viewer"]).await;
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        App::enrol(&server, &jane).await;
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        key.get("/auth/me").await.expect(200);
    }

    async fn another_password_takes_no_factor_away(backend: Backend) {
        let server = Server::start(backend).await;
        let (jane, app) = user_with_app(&server, "jane").await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        jane.post("/auth/password", change).await.expect(204);
        let asked = try_login(&server, "jane", NEW).await.expect(200);
        reply(&server, asked.text_at("/challenge/token"), "totp", &app.code(&server)).await.expect(200);
        let reset = json!({"password": PASSWORD});
        server.operator().put(&format!("{JANE}/password"), reset).await.expect(204);
        challenge(&server, "jane").await;
    }

    async fn a_password_that_must_be_changed_comes_after_the_factor(backend: Backend) {
        let server = Server::start(backend).await;
        let (_, app) = user_with_app(&server, "jane").await;
        let reset = json!({"password": PASSWORD, "must_change": true});
        server.operator().put(&format!("{JANE}/password"), reset).await.expect(204);
        let token = challenge(&server, "jane").await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        server.anonymous().with_bearer(&token).post("/auth/password", change.clone()).await.expect(401);
        let answer = reply(&server, &token, "totp", &app.code(&server)).await.expect(200);
        assert_eq!(answer.body["password_change_required"], true);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        jane.get("/auth/factors").await.expect(403);
        let whole = jane.post("/auth/password", change).await.expect(200);
        let jane = server.anonymous().with_bearer(whole.text_at("/access_token"));
        assert_eq!(jane.get("/auth/me").await.expect(200).body["session"]["method"], "password+totp");
    }

    async fn a_sign_in_that_began_before_the_factor_asks_for_it(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let refresh = {
            let login = try_login(&server, "jane", PASSWORD).await.expect(200);
            login.text_at("/refresh_token").to_owned()
        };
        App::enrol(&server, &jane).await;
        let renew = json!({"grant_type": "refresh_token", "refresh_token": refresh});
        server.anonymous().post("/auth/token", renew).await.expect(401);
    }
}
