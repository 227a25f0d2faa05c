//! A session that a browser has for what it remembers is not enough where more is at stake.

use std::{fs, path::Path};

use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::{DAY, remember, remembered, set};
use crate::{
    harness::{PASSWORD, Server},
    impersonation::stand_in,
};

const NO_FACTOR: &str = "/auth/factors/00000000-0000-7000-8000-000000000000";

/// What asks for a fresh sign-in, or for one at all: the file that asks, and how it is tried. The last one leaves nobody to try more.
fn trials() -> Vec<(&'static str, Method, String, Value)> {
    let (post, none) = (|| Method::POST, || json!({}));
    vec![
        (
            "signin/src/second_factor/create_factor.rs",
            post(),
            "/auth/factors".into(),
            json!({"type": "totp"}),
        ),
        (
            "signin/src/second_factor/confirm_factor.rs",
            post(),
            format!("{NO_FACTOR}/confirm"),
            json!({"code": "000000"}),
        ),
        ("signin/src/second_factor/delete_factor.rs", Method::DELETE, NO_FACTOR.into(), none()),
        (
            "signin/src/second_factor/make_recovery_codes.rs",
            post(),
            "/auth/recovery-codes".into(),
            none(),
        ),
        (
            "signin/src/update_profile.rs",
            Method::PUT,
            "/auth/profile".into(),
            json!({"email": "new@example.com"}),
        ),
        (
            "signin/src/impersonation.rs",
            post(),
            "/api/v1/realms/main/users/bob/impersonate".into(),
            none(),
        ),
        (
            "tokens/src/create_api_key.rs",
            post(),
            "/api/v1/api-keys".into(),
            json!({"name": "k", "role": "viewer"}),
        ),
        ("people/src/export.rs", post(), "/gdpr/export".into(), none()),
        ("people/src/export.rs", post(), "/gdpr/delete".into(), json!({"confirm": true})),
    ]
}

/// The files of our crates that ask for a fresh sign-in.
fn files_that_ask() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for one in fs::read_dir(crates).unwrap() {
        collect(crates, &one.unwrap().path().join("src"), &mut found);
    }
    found.sort();
    found
}

fn collect(crates: &Path, folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(crates, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let is_where_it_is_defined = text.contains("fn fresh_own_id(");
            let asks = text.contains("fresh_own_id(") || text.contains("need_sign_in(");
            if asks && !is_where_it_is_defined {
                found.push(path.strip_prefix(crates).unwrap().display().to_string());
            }
        }
    }
}

fn is_too_old(answer: &Answer) -> bool {
    answer.status == 403 && answer.body["type"] == "/problems/sign-in-too-old"
}

#[test]
fn each_operation_that_asks_for_a_fresh_sign_in_is_tried() {
    let mut tried: Vec<_> = trials().into_iter().map(|trial| trial.0.to_owned()).collect();
    tried.sort();
    tried.dedup();
    assert_eq!(tried, files_that_ask(), "the table above lacks what asks for a fresh sign-in");
}

async fn again(client: &Client) -> Answer {
    let input = json!({"type": "password", "secret": PASSWORD});
    client.post("/auth/reauthenticate", input).await.expect(200)
}

on_both! {
    async fn none_is_done_until_the_user_signs_in_again(backend: Backend) {
        let server = Server::start(backend).await;
        stand_in(&server, "jane").await;
        server.user("bob", &[]).await;
        let browser = remembered(&server, "jane").await;
        server.advance(DAY);
        remember(&browser).await.expect(200);
        for (file, method, path, body) in trials() {
            let refused = browser.send(method, &path, Some(body)).await;
            assert!(is_too_old(&refused), "{file}, {path}: {}", refused.body_text());
        }
        // What it may do without stays as it is.
        browser.put("/auth/profile", json!({"full_name": "Jane"})).await.expect(200);
        again(&browser).await;
        for (file, method, path, body) in trials() {
            let done = browser.send(method, &path, Some(body)).await;
            assert!(!is_too_old(&done) && done.status != 401, "{file}, {path}: {}", done.body_text());
        }
    }

    async fn how_fresh_is_a_setting(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let browser = remembered(&server, "jane").await;
        let address = |number: u32| json!({"email": format!("jane{number}@example.com")});
        server.advance(601);
        assert!(is_too_old(&browser.put("/auth/profile", address(1)).await));
        set(&server, "signin", json!({"fresh_minutes": 20})).await;
        browser.put("/auth/profile", address(2)).await.expect(200);
        set(&server, "signin", json!({"fresh_minutes": 1})).await;
        let refused = browser.put("/auth/profile", address(3)).await;
        assert!(is_too_old(&refused) && refused.body_text().contains("1 minutes"), "{}", refused.body_text());
        server.operator().put("/api/v1/settings/signin", json!({"fresh_minutes": 0})).await.expect(422);
    }
}
