//! Devices that are known again: strangers do not lock their users out.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{fail, try_login};
use crate::{
    harness::{PASSWORD, Server},
    network::from,
};

fn input(name: &str, password: &str) -> Value {
    json!({"type": "password", "authentication_id": name, "secret": password, "session": "cookie"})
}

/// The device of a browser that signs in as this user, with the cookie that it has or none.
async fn sign_in(server: &Server, name: &str, device: Option<&str>) -> String {
    let client = device.map_or(server.anonymous(), |device| with_device(server, device));
    let answer = client.post("/auth/login", input(name, PASSWORD)).await.expect(200);
    device_of(&answer).unwrap()
}

fn device_of(answer: &Answer) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let cookie = set.into_iter().find_map(|cookie| cookie.strip_prefix("device="))?;
    cookie.split(';').next().map(str::to_owned)
}

fn with_device(server: &Server, device: &str) -> Client {
    server.anonymous().with_header("cookie", &format!("device={device}"))
}

async fn try_with(server: &Server, device: &str, name: &str, password: &str) -> Answer {
    with_device(server, device).post("/auth/login", input(name, password)).await
}

on_both! {
    async fn strangers_do_not_lock_out_a_known_device(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        fail(&server, "jane", 5).await;
        try_login(&server, "jane", PASSWORD).await.expect(429);
        try_with(&server, &device, "jane", "wrong").await.expect(401);
        try_with(&server, &device, "jane", PASSWORD).await.expect(200);
        // What the device does forgets nothing of what strangers did.
        try_login(&server, "jane", PASSWORD).await.expect(429);
    }

    async fn it_has_a_counter_of_its_own(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        for _ in 0..5 {
            try_with(&server, &device, "jane", "wrong").await.expect(401);
        }
        let locked = try_with(&server, &device, "jane", PASSWORD).await.expect(429);
        assert_eq!(locked.header("retry-after"), Some("900"));
        // Elsewhere the user is not locked.
        try_login(&server, "jane", PASSWORD).await.expect(200);
        server.advance(900);
        try_with(&server, &device, "jane", PASSWORD).await.expect(200);
    }

    async fn one_users_device_is_not_another_users(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("mallory", &[]).await;
        let device = sign_in(&server, "mallory", None).await;
        for _ in 0..5 {
            try_with(&server, &device, "jane", "wrong").await.expect(401);
        }
        try_with(&server, &device, "jane", PASSWORD).await.expect(429);
        try_login(&server, "jane", PASSWORD).await.expect(429);
        try_with(&server, &device, "nobody", "wrong").await.expect(401);
    }

    async fn two_users_of_one_browser_are_both_known(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        server.user("bob", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        assert_eq!(sign_in(&server, "bob", Some(&device)).await, device, "it keeps its cookie");
        for name in ["jane", "bob"] {
            fail(&server, name, 5).await;
            try_with(&server, &device, name, PASSWORD).await.expect(200);
        }
    }

    async fn what_is_no_device_of_ours_is_a_stranger(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        let (head, last) = device.split_at(device.len() - 1);
        let changed = format!("{head}{}", if last == "0" { "1" } else { "0" });
        fail(&server, "jane", 5).await;
        for wrong in ["", "x", &changed, &format!("{device}; device={device}")] {
            try_with(&server, wrong, "jane", PASSWORD).await.expect(429);
        }
        server.advance(900);
        assert_ne!(sign_in(&server, "jane", Some(&changed)).await, changed);
    }

    async fn a_lock_by_hand_counts_on_every_device(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        server.operator().post("/api/v1/realms/main/users/jane/lock", json!({})).await.expect(200);
        try_with(&server, &device, "jane", PASSWORD).await.expect(429);
    }

    async fn an_unlock_forgets_its_failures_and_a_reset_the_device(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        for _ in 0..5 {
            try_with(&server, &device, "jane", "wrong").await.expect(401);
        }
        let operator = server.operator();
        operator.post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
        try_with(&server, &device, "jane", PASSWORD).await.expect(200);
        let reset = json!({"password": PASSWORD});
        operator.put("/api/v1/realms/main/users/jane/password", reset).await.expect(204);
        fail(&server, "jane", 5).await;
        try_with(&server, &device, "jane", PASSWORD).await.expect(429);
    }

    async fn it_proves_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let answer = server.anonymous().post("/auth/login", input("jane", PASSWORD)).await.expect(200);
        let device = device_of(&answer).unwrap();
        with_device(&server, &device).get("/auth/me").await.expect(401);
        server.anonymous().with_header("cookie", &format!("session={device}")).get("/auth/me").await.expect(401);
        try_with(&server, &device, "jane", "").await.expect(401);
        let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
        let cookie = cookies.iter().find(|cookie| cookie.starts_with("device=")).unwrap();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        // Who keeps no cookies is given none.
        let tokens = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(device_of(&tokens), None);
    }

    async fn a_locked_source_keeps_no_known_device_off(backend: Backend) {
        let more = [("trusted_proxies", "127.0.0.1"), ("lockout.source_attempts", "2")];
        let server = Server::with_settings(backend, &more).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        let office = from(&server.anonymous(), "203.0.113.9");
        for _ in 0..2 {
            office.post("/auth/login", input("nobody", "wrong")).await.expect(401);
        }
        office.post("/auth/login", input("jane", PASSWORD)).await.expect(429);
        let jane = from(&with_device(&server, &device), "203.0.113.9");
        jane.post("/auth/login", input("jane", PASSWORD)).await.expect(200);
    }

    async fn devices_survive_a_restart_and_go_with_their_user(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        let server = server.restart(&[]).await;
        fail(&server, "jane", 5).await;
        try_with(&server, &device, "jane", PASSWORD).await.expect(200);
        try_with(&server, &device, "jane", "wrong").await.expect(401);
        server.operator().delete("/api/v1/realms/main/users/jane").await.expect(204);
        try_with(&server, &device, "jane", PASSWORD).await.expect(401);
    }

    async fn an_unused_one_is_forgotten_after_a_year(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let device = sign_in(&server, "jane", None).await;
        server.advance(366 * 24 * 3600);
        fail(&server, "jane", 5).await;
        try_with(&server, &device, "jane", PASSWORD).await.expect(429);
    }
}
