//! What is good once, shown to two servers at the same moment: one takes it. Codes and challenges are in `second_factor`;
//! links in letters beside what they are for.

use secrecy::ExposeSecret;
use serde_json::json;
use signin::FirstStart;

use super::{Pair, number, soon};
use crate::{
    harness::{PASSWORD, ROOT, Server},
    signin::try_login,
    tokens::{bearer, login},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_has_one_successor() {
    let pair = Pair::start().await;
    pair.a.user("jane", &[]).await;
    let mut session = login(&pair.a, "jane").await;
    for _ in 0..8 {
        let token = session.text_at("/refresh_token").to_owned();
        let (a, b) = tokio::join!(pair.a.refresh(&token), pair.b.refresh(&token));
        assert_eq!(
            a.clone().expect(200).body["refresh_token"],
            b.expect(200).body["refresh_token"]
        );
        session = a;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_one_ends_the_session_on_both() {
    let pair = Pair::start().await;
    pair.a.user("jane", &[]).await;
    let first = login(&pair.a, "jane").await;
    let second = pair.a.refresh(first.text_at("/refresh_token")).await.expect(200);
    for server in [&pair.a, &pair.b] {
        server.advance(11);
        let is_up = async || server.anonymous().get("/readyz").await.status == 200;
        soon("a look at the database", is_up).await;
    }
    pair.b.refresh(first.text_at("/refresh_token")).await.expect(401);
    pair.a.refresh(second.text_at("/refresh_token")).await.expect(401);
    pair.b.refresh(second.text_at("/refresh_token")).await.expect(401);
    let client = bearer(&pair.a, second.text_at("/access_token"));
    soon("the end", async || client.get("/auth/me").await.status == 401).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_of_the_first_start_makes_one_user() {
    let nobody = [("init_root_username", ""), ("init_root_password", "")];
    let database = testkit::database().await;
    let a = Server::beside(&database.url, &nobody).await;
    let b = Server::beside(&database.url, &nobody).await;
    let FirstStart::SetUp { token } = &b.first_start else {
        unreachable!("nobody was named, so there is a link")
    };
    let set_up = async |server: &Server, name: &str| {
        let token = token.expose_secret();
        let input = json!({"token": token, "username": name, "password": PASSWORD});
        server.anonymous().post("/auth/setup", input).await.status.as_u16()
    };
    let (first, second) = tokio::join!(set_up(&a, "anna"), set_up(&b, "otto"));
    assert!(matches!((first, second), (204, 403) | (403, 204)), "{first} {second}");
    let made = "SELECT COUNT(*) FROM node WHERE name IN ('anna', 'otto')";
    assert_eq!(number(&a, made).await, 1);
    try_login(&a, ROOT, PASSWORD).await.expect(401);
}
