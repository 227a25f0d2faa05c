//! Nobody learns from the time that a refusal takes whether a user exists, or what about him.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use testkit::{Answer, Backend, on_both};

use super::{second_factor::user_with_app, try_login};
use crate::harness::Server;

/// How often each of two is tried.
const TRIES: usize = 60;
/// So many standard deviations are chance in one of a million runs; the most that this many tries can show is 9.4.
const APART: f64 = 5.0;
/// Nothing keeps off those who try.
const SETTINGS: [(&str, &str); 3] = [
    ("lockout.max_attempts", "1000"),
    ("lockout.source_attempts", "0"),
    ("throttle.sign_ins_per_minute", "0"),
];

/// How many standard deviations the rank sum of those that are marked is from what chance gives (Mann and Whitney).
pub(crate) fn rank_sum(mut times: Vec<(Duration, bool)>) -> f64 {
    times.sort_unstable();
    let marked = times.iter().filter(|(_, is_marked)| *is_marked).count() as f64;
    let all = times.len() as f64;
    let ranks = times.iter().enumerate().filter(|(_, (_, is_marked))| *is_marked);
    let sum: f64 = ranks.map(|(rank, _)| rank as f64 + 1.0).sum();
    let mean = marked * (all + 1.0) / 2.0;
    (sum - mean) / (marked * (all - marked) * (all + 1.0) / 12.0).sqrt()
}

/// That two names cannot be told apart by the time that `attempt` takes for them. Each comes first as often.
async fn take_the_same_time(names: [&str; 2], attempt: impl AsyncFn(&str) -> Answer) {
    let mut times = Vec::new();
    for round in 0..TRIES {
        for which in [round % 2, (round + 1) % 2] {
            let start = tokio::time::Instant::now();
            let answer = attempt(names[which]).await;
            times.push((start.elapsed(), which == 0));
            answer.expect(401);
        }
    }
    let z = rank_sum(times);
    assert!(z.abs() < APART, "{names:?} can be told apart by their time: z = {z}");
}

async fn start(backend: Backend) -> Server {
    let server = Server::with_settings(backend, &SETTINGS).await;
    server.user("jane", &[]).await;
    server
}

on_both! {
    async fn a_wrong_password_and_nobody(backend: Backend) {
        let server = start(backend).await;
        take_the_same_time(["jane", "nobody"], async |name| try_login(&server, name, "wrong").await).await;
    }

    async fn the_same_by_the_password_grant(backend: Backend) {
        let server = start(backend).await;
        let attempt = async |name: &str| {
            let form = [("grant_type", "password"), ("username", name), ("password", "wrong")];
            server.anonymous().post_form("/auth/token", &form).await
        };
        take_the_same_time(["jane", "nobody"], attempt).await;
    }

    async fn the_same_with_each_request(backend: Backend) {
        let server = start(backend).await;
        let attempt = async |name: &str| {
            let header = format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:wrong")));
            server.anonymous().with_header("authorization", &header).get("/auth/me").await
        };
        take_the_same_time(["jane", "nobody"], attempt).await;
    }

    async fn who_is_disabled_has_no_password_or_a_second_factor_and_nobody(backend: Backend) {
        let server = start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/realms/main/users/jane/disable", json!({})).await.expect(200);
        operator.post("/api/v1/realms/main/users", json!({"username": "silent"})).await.expect(201);
        user_with_app(&server, "careful").await;
        for name in ["jane", "silent", "careful"] {
            take_the_same_time([name, "nobody"], async |name| try_login(&server, name, "wrong").await).await;
        }
    }

    async fn a_realm_that_is_not_there(backend: Backend) {
        let server = start(backend).await;
        let attempt = async |realm: &str| {
            let input = json!({"type": "password", "authentication_id": "jane", "secret": "wrong", "realm": realm});
            server.anonymous().post("/auth/login", input).await
        };
        take_the_same_time(["main", "nowhere"], attempt).await;
    }
}

#[test]
fn what_differs_is_noticed() {
    let times = |by: u64| {
        let slow = (0..60).map(|n| (Duration::from_micros(1000 + 10 * (n * 37 % 60) + by), true));
        let fast = (0..60).map(|n| (Duration::from_micros(1000 + 10 * (n * 23 % 60)), false));
        slow.chain(fast).collect()
    };
    assert!(rank_sum(times(0)).abs() < 1.0);
    assert!(rank_sum(times(350)) > APART);
}
