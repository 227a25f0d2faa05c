//! What is good once is good once on all servers.

use futures::future::join_all;

use super::{Pair, soon};
use crate::{
    harness::Server,
    signin::second_factor::{PATIENT, challenge, reply, user_with_app, wrong_code},
};

async fn pair(more: &[(&str, &str)]) -> Pair {
    let settings = [&[("max_lag_milliseconds", "60000")], more].concat();
    let database = testkit::database().await;
    let a = Server::beside(&database.url, &settings).await;
    let b = Server::beside(&database.url, &settings).await;
    Pair { a, b, database }
}

async fn advance(pair: &Pair, seconds: i64) {
    for server in [&pair.a, &pair.b] {
        server.advance(seconds);
        let is_up = async || server.anonymous().get("/readyz").await.status == 200;
        soon("a look at the database", is_up).await;
    }
}

/// The statuses of these answers, given to both servers at once.
async fn at_once(pair: &Pair, answers: &[(String, &str, String)]) -> Vec<u16> {
    let both = [&pair.a, &pair.b];
    let given = answers
        .iter()
        .enumerate()
        .map(|(number, (token, kind, code))| reply(both[number % 2], token, kind, code));
    join_all(given).await.iter().map(|answer| answer.status.as_u16()).collect()
}

fn won(statuses: &[u16]) -> usize {
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
    statuses.iter().filter(|status| **status == 200).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_takes_what_is_good_once() {
    let pair = pair(&PATIENT).await;
    let (_, app) = user_with_app(&pair.a, "jane").await;
    pair.b.advance(30);
    for round in 0..3 {
        advance(&pair, 30).await;
        let (mut codes, mut papers) = (Vec::new(), Vec::new());
        for server in [&pair.a, &pair.b, &pair.a, &pair.b] {
            codes.push((challenge(server, "jane").await, "totp", app.code(&pair.a)));
            papers.push((challenge(server, "jane").await, "recovery", app.codes[round].clone()));
        }
        assert_eq!(won(&at_once(&pair, &codes).await), 1, "a code in round {round}");
        assert_eq!(won(&at_once(&pair, &papers).await), 1, "a recovery code in round {round}");
        // One token, shown to both with other codes.
        let token = challenge(&pair.a, "jane").await;
        let answers =
            [3, 6].map(|first| (token.clone(), "recovery", app.codes[first + round].clone()));
        assert_eq!(won(&at_once(&pair, &answers).await), 1, "a token in round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_look_at_no_more_codes_than_the_limit() {
    let pair = pair(&[]).await;
    let (_, app) = user_with_app(&pair.a, "jane").await;
    pair.b.advance(30);
    advance(&pair, 30).await;
    let mut answers = Vec::new();
    for server in [&pair.a, &pair.b, &pair.a, &pair.b] {
        let token = challenge(server, "jane").await;
        for _ in 0..4 {
            answers.push((token.clone(), "totp", wrong_code(&pair.a, &app)));
        }
    }
    let statuses = at_once(&pair, &answers).await;
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
}
