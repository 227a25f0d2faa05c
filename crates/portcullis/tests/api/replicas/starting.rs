use std::net::SocketAddr;

use portcullis::{
    compose::{App, Outside},
    settings::Values,
};
use testkit::{FixedClock, OsEntropy};

use super::{Pair, number, soon};
use crate::harness::{PASSWORD, ROOT, Server};

/// What happens when a server with this `APP_KEY` starts.
async fn starts_with(url: &str, app_key: &str) -> Result<App, String> {
    let directory = testkit::directory();
    let data = directory.path().display().to_string();
    let values = Values::from_flags(&[("database", url), ("app_key", app_key), ("data", &data)]);
    let outside = Outside::new(FixedClock::default(), OsEntropy);
    let listening = SocketAddr::from(([127, 0, 0, 1], 8080));
    App::open(&values.unwrap(), outside, listening).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_first_starts_at_once_make_one_world() {
    for _ in 0..3 {
        let database = testkit::database().await;
        let (a, b) =
            tokio::join!(Server::beside(&database.url, &[]), Server::beside(&database.url, &[]));
        assert_eq!(
            number(&a, "SELECT COUNT(*) FROM audit_event WHERE action = 'system.first_start'")
                .await,
            1
        );
        assert_eq!(number(&a, "SELECT COUNT(*) FROM signing_key").await, 1);
        let made = format!("SELECT COUNT(*) FROM node WHERE name = '{ROOT}'");
        assert_eq!(number(&b, &made).await, 1);
        for (one, other) in [(&a, &b), (&b, &a)] {
            let client = one.sign_in("main", ROOT, PASSWORD).await;
            client.get("/auth/me").await.expect(200);
            let there = other.sign_in("main", ROOT, PASSWORD).await;
            there.get("/auth/me").await.expect(200);
        }
    }
}

const OTHER_KEY: &str = "YW4gb3RoZXIga2V5IHRoYXQgbm9ib2R5IGVsc2UgaGFzIGdvdA==";

/// It would retire the keys of the others, and end all their sessions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_app_key_is_refused_while_a_server_runs() {
    let pair = Pair::start().await;
    let root = pair.a.root().await;
    let refused = starts_with(&pair.database.url, OTHER_KEY).await.err().unwrap();
    assert!(refused.contains("APP_KEY is not that of the servers that run"), "{refused}");
    root.get("/auth/me").await.expect(200);
    assert_eq!(
        number(&pair.a, "SELECT COUNT(*) FROM signing_key WHERE retired_at IS NOT NULL").await,
        0
    );

    // Alone it may, as soon as PostgreSQL has noticed that they are gone.
    let Pair { a, b, database } = pair;
    a.stop().await;
    b.stop().await;
    soon("the start", async || match starts_with(&database.url, OTHER_KEY).await {
        Ok(app) => app.close().await.is_ok(),
        Err(_) => false,
    })
    .await;
}
