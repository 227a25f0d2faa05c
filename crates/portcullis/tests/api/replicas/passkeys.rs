//! What is good once is good once on all servers: sign-ins by passkey.

use futures::future::join_all;
use serde_json::json;

use super::Pair;
use crate::{
    harness::Server,
    signin::passkey::{Machine, PATIENT, after_password, show, without_name},
};

async fn pair() -> Pair {
    let database = testkit::database().await;
    let lag = [("max_lag_milliseconds", "60000")];
    let a = Server::beside(&database.url, &[&lag[..], &PATIENT].concat()).await;
    let here = a.app.public_address().to_owned();
    let more = [("max_lag_milliseconds", "60000"), ("public_address", here.as_str()), PATIENT[1]];
    let b = Server::beside(&database.url, &more).await;
    Pair { a, b, database }
}

/// The statuses of these answers, given to both servers at once.
async fn at_once(pair: &Pair, answers: &[(String, String)]) -> Vec<u16> {
    let both = [&pair.a, &pair.b];
    let given = answers
        .iter()
        .enumerate()
        .map(|(number, (token, assertion))| show(both[number % 2], token, assertion));
    join_all(given).await.iter().map(|answer| answer.status.as_u16()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_takes_a_passkey() {
    let pair = pair().await;
    let jane = pair.a.user("jane", &[]).await;
    let mut machine = Machine::at(&pair.a, true).await;
    machine.enrol(&jane, "laptop").await;
    for round in 0..3 {
        // Begun at one, answered at both.
        let (token, options) = without_name(&pair.a).await;
        let assertion = machine.get(&options).await.unwrap();
        let statuses = at_once(&pair, &vec![(token, assertion); 4]).await;
        assert_eq!(won(&statuses), 1, "without a name in round {round}");
        let (token, options) = after_password(&pair.b, "jane").await;
        let assertion = machine.get(&options).await.unwrap();
        let statuses = at_once(&pair, &vec![(token, assertion); 4]).await;
        assert_eq!(won(&statuses), 1, "a second step in round {round}");
    }
    // Being used twice was not taken for a copy.
    let events = pair.a.operator().get("/api/v1/audit/events?limit=500").await.expect(200);
    assert!(!events.body_text().contains("passkey.copied"));
    // A passkey and its copy, at the same count.
    let copy = machine.passkeys().await.remove(0);
    let mut answers = Vec::new();
    for server in [&pair.a, &pair.b, &pair.a, &pair.b] {
        let (token, options) = without_name(server).await;
        machine.put(&copy).await;
        answers.push((token, machine.get(&options).await.unwrap()));
    }
    assert_eq!(won(&at_once(&pair, &answers).await), 1, "{}", json!(copy["signCount"]));
}

fn won(statuses: &[u16]) -> usize {
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
    statuses.iter().filter(|status| **status == 200).count()
}
