//! It ends when its time is over, and when whoever acts may do so no longer.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{act_as, ask, is_alive, stand_in};
use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
    tokens::bearer,
};

const NEW: &str = "another horse battery";

/// Somebody who acts in the place of somebody else.
struct Scene {
    server: Server,
    /// Who acts, signed in as himself.
    mia: Client,
    /// The session in the other's place.
    begun: Answer,
    acting: Client,
}

impl Scene {
    async fn begin(backend: Backend) -> Self {
        Self::with_settings(backend, &[]).await
    }

    async fn with_settings(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let server = Server::with_settings(backend, settings).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &["viewer"]).await;
        let begun = ask(&mia, "jane").await.expect(200);
        let acting = bearer(&server, begun.text_at("/access_token"));
        let scene = Self { server, mia, begun, acting };
        assert!(is_alive(&scene.acting).await);
        scene
    }

    async fn user(&self, name: &str, verb: &str) {
        let path = format!("/api/v1/realms/main/users/{name}/{verb}");
        self.server.operator().post(&path, json!({})).await.expect(200);
    }

    /// The token and the refresh token are dead, and nothing was written in the other's place.
    async fn is_over(&self) {
        assert!(!is_alive(&self.acting).await);
        self.server.refresh(self.begun.text_at("/refresh_token")).await.expect(401);
        let node = json!({"kind": "company", "name": "x"});
        self.acting.post("/api/v1/nodes", node).await.expect(401);
    }

    async fn assignment(&self, subject: &str, role: &str) -> String {
        let path = format!("/api/v1/assignments?subject=%2Fmain%2F{subject}");
        let list = self.server.operator().get(&path).await.expect(200).body;
        let items = list["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["role"].to_string().contains(role));
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }
}

on_both! {
    async fn when_the_impersonator_is_locked_or_disabled(backend: Backend) {
        let scene = Scene::begin(backend).await;
        for (off, on) in [("lock", "unlock"), ("disable", "enable")] {
            scene.user("mia", off).await;
            scene.is_over().await;
            scene.user("mia", on).await;
        }
    }

    async fn when_the_impersonator_expires(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &["viewer"]).await;
        server.user("bob", &[]).await;
        let [as_jane, as_bob] = [act_as(&server, &mia, "jane").await, act_as(&server, &mia, "bob").await];
        let end = json!({"expires_at": "2026-06-01T00:05:00Z"});
        server.operator().patch("/api/v1/realms/main/users/mia", end).await.expect(200);
        // What she holds ends sooner now than what Jane holds.
        assert!(!is_alive(&as_jane).await);
        server.advance(299);
        assert!(is_alive(&as_bob).await);
        server.advance(1);
        assert!(!is_alive(&as_bob).await);
    }

    async fn when_the_impersonator_is_removed(backend: Backend) {
        let scene = Scene::begin(backend).await;
        scene.server.operator().delete("/api/v1/realms/main/users/mia").await.expect(204);
        scene.is_over().await;
        let sessions = "/api/v1/realms/main/users/jane/sessions";
        let left = scene.server.operator().get(sessions).await.expect(200).body;
        assert!(!left.to_string().contains("impersonation\""), "{left}");
    }

    async fn when_the_impersonator_signs_out(backend: Backend) {
        let address = [("public_address", "http://portcullis.test")];
        let scene = Scene::with_settings(backend, &address).await;
        scene.mia.post("/auth/logout", json!({})).await.expect(200);
        scene.is_over().await;
        let server = scene.server.restart(&address).await;
        assert!(!is_alive(&bearer(&server, scene.begun.text_at("/access_token"))).await);
    }

    async fn when_the_impersonators_sessions_are_ended(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let path = "/api/v1/realms/main/users/mia/sessions";
        scene.server.operator().delete(path).await.expect(204);
        scene.is_over().await;
    }

    async fn when_a_refresh_token_of_the_impersonator_is_used_twice(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let own = try_login(&server, "mia", PASSWORD).await.expect(200);
        let mia = bearer(&server, own.text_at("/access_token"));
        let acting = act_as(&server, &mia, "jane").await;
        server.refresh(own.text_at("/refresh_token")).await.expect(200);
        server.advance(11);
        server.refresh(own.text_at("/refresh_token")).await.expect(401);
        assert!(!is_alive(&acting).await);
    }

    async fn when_the_impersonator_gets_another_password(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        scene.mia.post("/auth/password", change).await.expect(204);
        assert!(is_alive(&scene.mia).await);
        scene.is_over().await;
        // By an administrator.
        let acting = act_as(&scene.server, &scene.mia, "jane").await;
        let reset = json!({"password": "one more horse battery"});
        scene.server.operator().put("/api/v1/realms/main/users/mia/password", reset).await.expect(204);
        assert!(!is_alive(&acting).await);
    }

    async fn when_the_impersonators_password_expires(backend: Backend) {
        let server = Server::with_settings(backend, &[("password.valid_days", "1")]).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        server.advance(24 * 3600 - 300);
        let mia = server.sign_in("main", "mia", PASSWORD).await;
        let acting = act_as(&server, &mia, "jane").await;
        server.advance(299);
        assert!(is_alive(&acting).await);
        server.advance(1);
        for client in [&mia, &acting] {
            client.get("/auth/me").await.expect(403);
        }
    }

    async fn when_the_impersonator_loses_the_permission(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let given = scene.assignment("mia", "help").await;
        scene.server.operator().delete(&format!("/api/v1/assignments/{given}")).await.expect(204);
        scene.is_over().await;
        assert!(is_alive(&scene.mia).await);
    }

    async fn when_the_permission_is_denied(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let role = json!({"name": "not", "rules": ["!user:impersonate"]});
        scene.server.operator().post("/api/v1/roles", role).await.expect(201);
        let given = json!({"subject": "/main/mia", "role": "not", "node": "/main/jane"});
        scene.server.operator().post("/api/v1/assignments", given).await.expect(201);
        scene.is_over().await;
    }

    async fn when_the_permission_ends_by_itself(backend: Backend) {
        let server = Server::start(backend).await;
        let mia = server.user("mia", &[]).await;
        server.user("jane", &[]).await;
        let operator = server.operator();
        let role = json!({"name": "help", "rules": ["user:impersonate"]});
        operator.post("/api/v1/roles", role).await.expect(201);
        let given = json!({"subject": "/main/mia", "role": "help", "node": "/main",
            "expires_at": "2026-06-01T00:05:00Z"});
        operator.post("/api/v1/assignments", given).await.expect(201);
        let acting = act_as(&server, &mia, "jane").await;
        server.advance(299);
        assert!(is_alive(&acting).await);
        server.advance(1);
        assert!(!is_alive(&acting).await);
    }

    async fn when_the_impersonator_holds_less_than_the_user(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let given = scene.assignment("mia", "viewer").await;
        scene.server.operator().delete(&format!("/api/v1/assignments/{given}")).await.expect(204);
        scene.is_over().await;
    }

    async fn when_the_user_gets_more_than_the_impersonator_holds(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let more = json!({"roles": ["viewer", "editor"]});
        scene.server.root().await.put("/auth/users/jane", more).await.expect(200);
        scene.is_over().await;
    }

    async fn when_the_user_is_switched_off_or_gets_another_password(backend: Backend) {
        let scene = Scene::begin(backend).await;
        scene.user("jane", "lock").await;
        scene.is_over().await;
        scene.user("jane", "unlock").await;
        let acting = act_as(&scene.server, &scene.mia, "jane").await;
        let reset = json!({"password": NEW});
        scene.server.operator().put("/api/v1/realms/main/users/jane/password", reset).await.expect(204);
        assert!(!is_alive(&acting).await);
    }

    async fn after_an_hour_whatever_is_refreshed(backend: Backend) {
        let scene = Scene::begin(backend).await;
        let mut last = scene.begun.clone();
        for expires_in in [600, 600, 600, 300] {
            scene.server.advance(if expires_in == 300 { 10 * 60 } else { 15 * 60 });
            last = scene.server.refresh(last.text_at("/refresh_token")).await.expect(200);
            assert_eq!(last.body["expires_in"], expires_in);
        }
        scene.server.advance(299);
        assert!(is_alive(&bearer(&scene.server, last.text_at("/access_token"))).await);
        scene.server.advance(1);
        scene.server.refresh(last.text_at("/refresh_token")).await.expect(401);
        assert!(!is_alive(&bearer(&scene.server, last.text_at("/access_token"))).await);
    }

    async fn not_later_than_the_impersonators_own_session(backend: Backend) {
        let settings = [("session.absolute_hours", "1"), ("session.impersonation_minutes", "600")];
        let server = Server::with_settings(backend, &settings).await;
        let mia = stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        server.advance(540);
        let mut last = ask(&mia, "jane").await.expect(200);
        for _ in 0..5 {
            server.advance(10 * 60);
            last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
        }
        assert_eq!(last.body["expires_in"], 60);
        server.advance(60);
        server.refresh(last.text_at("/refresh_token")).await.expect(401);
        assert!(!is_alive(&bearer(&server, last.text_at("/access_token"))).await);
    }

    async fn at_once_when_the_setting_gives_less(backend: Backend) {
        let scene = Scene::begin(backend).await;
        scene.server.advance(299);
        let less = json!({"impersonation_minutes": 5});
        scene.server.operator().put("/api/v1/settings/session", less).await.expect(200);
        assert!(is_alive(&scene.acting).await);
        scene.server.advance(1);
        scene.is_over().await;
    }

    async fn unused_and_its_use_is_use_of_the_own_session(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "mia").await;
        server.user("jane", &[]).await;
        let own = try_login(&server, "mia", PASSWORD).await.expect(200);
        let mia = bearer(&server, own.text_at("/access_token"));
        let mut last = ask(&mia, "jane").await.expect(200);
        server.advance(25 * 60);
        last = server.refresh(last.text_at("/refresh_token")).await.expect(200);
        server.advance(25 * 60);
        let own = server.refresh(own.text_at("/refresh_token")).await.expect(200);
        server.advance(5 * 60);
        server.refresh(last.text_at("/refresh_token")).await.expect(401);
        server.refresh(own.text_at("/refresh_token")).await.expect(200);
    }

    async fn when_whoever_acts_ends_it(backend: Backend) {
        let scene = Scene::begin(backend).await;
        // With the own token nothing ends.
        scene.mia.post("/auth/impersonation/end", json!({})).await.expect(200);
        assert!(is_alive(&scene.acting).await && is_alive(&scene.mia).await);
        scene.acting.post("/auth/impersonation/end", json!({})).await.expect(200);
        scene.is_over().await;
        assert!(is_alive(&scene.mia).await);
        scene.acting.post("/auth/impersonation/end", json!({})).await.expect(200);
        // Signing out of it leaves the own session too.
        let acting = act_as(&scene.server, &scene.mia, "jane").await;
        acting.post("/auth/logout", json!({})).await.expect(200);
        assert!(!is_alive(&acting).await && is_alive(&scene.mia).await);
        let ends = "/api/v1/audit/events?event_type=LOGOUT";
        let ends = scene.server.operator().get(ends).await.expect(200).body;
        let ends = ends["items"].as_array().unwrap().iter();
        let count = |action: &str| ends.clone().filter(|event| event["action"] == action).count();
        assert_eq!((count("impersonation.end"), count("sign_out")), (4, 1));
    }

    async fn with_a_token_that_has_expired_it_can_be_ended(backend: Backend) {
        let scene = Scene::begin(backend).await;
        scene.server.advance(11 * 60);
        assert!(!is_alive(&scene.acting).await);
        scene.acting.post("/auth/impersonation/end", Value::Null).await.expect(200);
        scene.server.refresh(scene.begun.text_at("/refresh_token")).await.expect(401);
    }
}
