//! Several servers on one PostgreSQL database.

mod brute_force;
mod following;
mod impersonation;
mod network;
mod one_time;
mod passkeys;
mod processes;
mod remember;
mod second_factor;
mod starting;

use std::time::Duration;

use testkit::TestDatabase;

use crate::harness::Server;

/// Two servers on one database, each following the other.
pub struct Pair {
    /// Where most of the writing is done.
    pub a: Server,
    /// Where it is looked at.
    pub b: Server,
    /// The database of both.
    pub database: TestDatabase,
}

impl Pair {
    /// Both are up, with the superuser `root`.
    pub async fn start() -> Self {
        let database = testkit::database().await;
        let a = Server::beside(&database.url, &[]).await;
        let b = Server::beside(&database.url, &[]).await;
        Self { a, b, database }
    }
}

/// Waits until it is so; much longer than it should take, as the time itself is measured elsewhere.
pub async fn soon<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    for _ in 0..1000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_so().await, "{what} did not come");
}

/// Runs SQL on the database.
pub async fn run(server: &Server, sql: &str) -> u64 {
    use store::Run;
    server.app.system().database().single().execute(sql, []).await.unwrap()
}

/// A number from the database.
pub async fn number(server: &Server, sql: &str) -> i64 {
    use store::Run;
    server.app.system().database().single().number(sql, []).await.unwrap()
}
