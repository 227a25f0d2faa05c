//! Many sign-ins at once: what becomes of them, and of requests with a token meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

/// How many sign-ins are offered each second, whatever becomes of those before.
const OFFERED: u32 = 200;
/// For how long.
const SECONDS: u32 = 10;
/// How often somebody with a token asks meanwhile.
const CHECK_EVERY: Duration = Duration::from_millis(5);

/// What came of it.
#[derive(Default)]
pub struct Storm {
    /// Sign-ins that were answered with 200, a second.
    pub signed_in: f64,
    /// Those that were told to come again, a second.
    pub told_to_wait: f64,
    /// How long requests with a token took: the middle, and 99 of 100.
    pub checks: (Duration, Duration),
    /// The middle of the same when nothing else was asked.
    pub quiet: (Duration, Duration),
}

/// Sends it.
pub async fn send(address: &str, bodies: Vec<String>, token: &str) -> Storm {
    let client = client();
    let quiet = Arc::new(AtomicBool::new(false));
    let before =
        tokio::spawn(checks(client.clone(), address.to_owned(), token.to_owned(), quiet.clone()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    quiet.store(true, Ordering::Relaxed);
    let before = before.await.expect("requests with a token");

    let over = Arc::new(AtomicBool::new(false));
    let meanwhile =
        tokio::spawn(checks(client.clone(), address.to_owned(), token.to_owned(), over.clone()));
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / OFFERED);
    let mut sign_ins = JoinSet::new();
    let began = Instant::now();
    for number in 0..(OFFERED * SECONDS) as usize {
        ticks.tick().await;
        let body = bodies[number % bodies.len()].clone();
        sign_ins.spawn(sign_in(client.clone(), address.to_owned(), body));
    }
    let statuses = sign_ins.join_all().await;
    let took = began.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let meanwhile = meanwhile.await.expect("requests with a token");
    let rate = |status: u16| {
        let found = statuses.iter().filter(|found| **found == status).count();
        f64::from(u32::try_from(found).unwrap_or(0)) / took
    };
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "no other answers");
    Storm {
        signed_in: rate(200),
        told_to_wait: rate(503),
        checks: middle_and_p99(meanwhile),
        quiet: middle_and_p99(before),
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(512).build().expect("a client")
}

async fn sign_in(client: reqwest::Client, address: String, body: String) -> u16 {
    let request = client.post(format!("{address}/auth/login"));
    let request = request.header("content-type", "application/json").body(body);
    let answer = request.send().await.expect("an answer");
    let (status, waits) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    assert!(status != 503 || waits, "it is told when to come again");
    // Read to its end, so that the connection can be used again.
    let _ = answer.bytes().await;
    status
}

/// Asks with a token until it is over, at a fixed pace: a wait shows in all that should have been asked meanwhile.
async fn checks(
    client: reqwest::Client,
    address: String,
    token: String,
    over: Arc<AtomicBool>,
) -> Vec<Duration> {
    let mut ticks = tokio::time::interval(CHECK_EVERY);
    let mut asked = JoinSet::new();
    while !over.load(Ordering::Relaxed) {
        let due = ticks.tick().await;
        let request = client.get(format!("{address}/auth/me")).bearer_auth(&token);
        asked.spawn(async move {
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status().as_u16(), 200, "the token is good");
            let _ = answer.bytes().await;
            due.elapsed()
        });
    }
    asked.join_all().await
}

fn middle_and_p99(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    (at(50), at(99))
}
