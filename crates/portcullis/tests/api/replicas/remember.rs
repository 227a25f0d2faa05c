//! What a browser remembers is good once on all servers.

use futures::future::join_all;
use testkit::{Answer, Client};

use super::{Pair, soon};
use crate::{
    harness::Server,
    signin::remember::{copy, input, input_for_tokens, over, remember, times},
};

async fn pair() -> Pair {
    let settings = [("max_lag_milliseconds", "60000")];
    let database = testkit::database().await;
    let a = Server::beside(&database.url, &settings).await;
    let b = Server::beside(&database.url, &settings).await;
    a.user("jane", &[]).await;
    let pair = Pair { a, b, database };
    advance(&pair, 1).await;
    pair
}

async fn advance(pair: &Pair, seconds: i64) {
    for server in [&pair.a, &pair.b] {
        server.advance(seconds);
        let is_up = async || server.anonymous().get("/readyz").await.status == 200;
        soon("a look at the database", is_up).await;
    }
}

/// The harness says one public address for all servers of a database.
fn at(browser: &Client, server: &Server) -> Client {
    browser.at(&server.base).with_header("origin", "http://portcullis.test")
}

async fn at_once(pair: &Pair, browser: &Client) -> Vec<Answer> {
    let both = [&pair.a, &pair.b, &pair.a, &pair.b];
    let tabs = both.map(|server| at(browser, server));
    join_all(tabs.iter().map(remember)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_at_once_open_one_session() {
    let pair = pair().await;
    let login = at(&pair.a.anonymous().with_cookies(), &pair.a);
    login.post("/auth/login", input("jane")).await.expect(200);
    for round in 1..4 {
        advance(&pair, 3600).await;
        let answers = at_once(&pair, &copy(&pair.a, &login)).await;
        let first = answers[0].clone().expect(200).body["session_id"].clone();
        for answer in answers {
            assert_eq!(answer.expect(200).body["session_id"], first, "round {round}");
        }
        assert_eq!(times(&pair.a, "sign_in.remembered").await, round);
        // The browser itself learns the next cookie.
        remember(&at(&login, &pair.b)).await.expect(200);
        assert_eq!(times(&pair.a, "sign_in.remembered").await, round);
        login.at(&pair.b.base).get("/auth/me").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_theft_that_one_server_sees_ends_it_at_the_other() {
    let pair = pair().await;
    let login = at(&pair.a.anonymous().with_cookies(), &pair.a);
    login.post("/auth/login", input_for_tokens("jane")).await.expect(200);
    let stolen = copy(&pair.a, &login);
    let back = remember(&login).await.expect(200);
    let jane = pair.a.anonymous().with_bearer(back.text_at("/access_token"));
    jane.get("/auth/me").await.expect(200);
    advance(&pair, 60).await;
    for answer in at_once(&pair, &stolen).await {
        over(answer);
    }
    assert_eq!(times(&pair.a, "remember.reuse").await, 1);
    soon("the end of the session", async || jane.get("/auth/me").await.status == 401).await;
    over(remember(&at(&login, &pair.b)).await);
    remembered_elsewhere(&pair).await;
}

/// Another device of the same user goes on.
async fn remembered_elsewhere(pair: &Pair) {
    let other = at(&pair.b.anonymous().with_cookies(), &pair.b);
    other.post("/auth/login", input("jane")).await.expect(200);
    remember(&at(&other, &pair.a)).await.expect(200);
}
