//! Passwords tried on two servers at once: together no more are looked at than the limit says.

use futures::future::join_all;
use serde_json::json;

use super::{Pair, soon};
use crate::{
    harness::{PASSWORD, Server},
    signin::try_login,
};

/// Two servers that hashing does not make lose sight of the database: that is tried elsewhere.
async fn pair() -> Pair {
    let patient = [("max_lag_milliseconds", "60000")];
    let database = testkit::database().await;
    let a = Server::beside(&database.url, &patient).await;
    let b = Server::beside(&database.url, &patient).await;
    Pair { a, b, database }
}

/// How many of these tries, sent to both servers at once, were looked at; the others were told to wait.
async fn looked_at(pair: &Pair, name: &str, tries: usize) -> usize {
    let both = [&pair.a, &pair.b];
    let tries = (0..tries).map(|number| try_login(both[number % 2], name, "wrong"));
    let answers = join_all(tries).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
    statuses.iter().filter(|status| **status == 401).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_look_at_no_more_tries_than_the_limit() {
    let pair = pair().await;
    pair.a.user("jane", &[]).await;
    for round in 0..4 {
        for name in ["jane", "nobody"] {
            assert_eq!(looked_at(&pair, name, 24).await, 5, "{name} in round {round}");
        }
        try_login(&pair.b, "jane", PASSWORD).await.expect(429);
        // Each round begins when the lock is over.
        for server in [&pair.a, &pair.b] {
            server.advance(900);
            let is_up = async || server.anonymous().get("/readyz").await.status == 200;
            soon("a look at the database", is_up).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_knows_what_was_tried_at_the_other() {
    let pair = pair().await;
    pair.a.user("jane", &[]).await;
    for name in ["jane", "nobody"] {
        for server in [&pair.a, &pair.b, &pair.a, &pair.b, &pair.a] {
            try_login(server, name, "wrong").await.expect(401);
        }
        for server in [&pair.a, &pair.b] {
            try_login(server, name, PASSWORD).await.expect(429);
        }
    }
    pair.b.operator().post("/api/v1/realms/main/users/jane/unlock", json!({})).await.expect(200);
    try_login(&pair.a, "jane", PASSWORD).await.expect(200);
}
