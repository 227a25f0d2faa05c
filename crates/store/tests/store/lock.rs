use std::time::Duration;

use store::{Database, Migration, Run, StoreError, lock::ServerLock};
use tempfile::TempDir;
use testkit::{Backend, on_both};
use tokio::time::sleep;

use crate::place::{Place, steps};

const LATER: Migration =
    Migration { name: "20261130_later", sql: "CREATE TABLE later (id BIGINT PRIMARY KEY)" };

fn later() -> Vec<Migration> {
    [steps(), vec![LATER]].concat()
}

on_both! {
    async fn a_second_server_in_one_directory_is_refused(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let directory = place.directory.path();
        assert!(!ServerLock::is_held(directory));
        let lock = ServerLock::take(directory, place.url()).unwrap();
        lock.enter(&database, steps()).await.unwrap();
        for _ in 0..3 {
            let second = ServerLock::take(directory, place.url());
            assert!(matches!(second, Err(StoreError::Locked(_))), "{second:?}");
            assert!(ServerLock::is_held(directory));
        }
        lock.hold().await.unwrap();
        drop(lock);
        assert!(!ServerLock::is_held(directory));
        ServerLock::take(directory, place.url()).unwrap().enter(&database, later()).await.unwrap();
    }
}

/// A server with a directory of its own.
struct Server {
    _directory: TempDir,
    lock: ServerLock,
    database: Database,
}

impl Server {
    async fn new(place: &Place) -> Self {
        let directory = testkit::directory();
        let lock = ServerLock::take(directory.path(), place.url()).unwrap();
        Self { lock, database: place.open().await, _directory: directory }
    }

    async fn enter(&self, steps: Vec<Migration>) -> Result<(), StoreError> {
        self.lock.enter(&self.database, steps).await
    }

    async fn epoch(&self) -> i64 {
        self.database.single().number("SELECT epoch FROM head", []).await.unwrap()
    }
}

/// PostgreSQL notices a moment later that a connection is gone.
async fn enter_soon(server: &Server, steps: &[Migration]) {
    for _ in 0..200 {
        if server.enter(steps.to_vec()).await.is_ok() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the lock is still held");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_they_share_and_a_new_schema_waits_until_all_are_gone() {
    let place = Place::empty(Backend::Postgres).await;
    let (one, other) = (Server::new(&place).await, Server::new(&place).await);
    let (first, second) = tokio::join!(one.enter(steps()), other.enter(steps()));
    first.unwrap();
    second.unwrap();
    assert_eq!(one.epoch().await, 0, "a new database was nobody's before");

    let newer = Server::new(&place).await;
    let refused = newer.enter(later()).await;
    assert!(
        matches!(&refused, Err(StoreError::InUse(text)) if text.contains("schema")),
        "{refused:?}"
    );
    assert!(!crate::place::has_table(&one.database, "later").await);
    one.lock.hold().await.unwrap();
    drop(one);
    assert!(matches!(newer.enter(later()).await, Err(StoreError::InUse(_))));
    drop(other);
    enter_soon(&newer, &later()).await;
    assert_eq!(newer.epoch().await, 1);
    // And another one of the new release beside it.
    Server::new(&place).await.enter(later()).await.unwrap();
}

/// Cuts the connections that hold a lock, as a network would.
async fn cut(database: &Database) {
    let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = 'portcullis server' AND datname = current_database()";
    assert!(database.single().number(sql, []).await.unwrap() > 0, "nothing held the lock");
}

async fn hold_soon(lock: &ServerLock) -> Result<(), StoreError> {
    for _ in 0..100 {
        match lock.hold().await {
            Err(StoreError::Locked(text)) => return Err(StoreError::Locked(text)),
            Err(_) => sleep(Duration::from_millis(50)).await,
            Ok(()) => return Ok(()),
        }
    }
    panic!("the database does not answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_lock_is_taken_again_and_what_was_missed_shows() {
    let place = Place::empty(Backend::Postgres).await;
    let (one, newer) = (Server::new(&place).await, Server::new(&place).await);
    one.enter(steps()).await.unwrap();
    cut(&newer.database).await;
    hold_soon(&one.lock).await.unwrap();
    assert!(matches!(newer.enter(later()).await, Err(StoreError::InUse(_))));

    cut(&newer.database).await;
    enter_soon(&newer, &later()).await;
    // The lock can be shared again, and the epoch tells that it was not for a while.
    hold_soon(&one.lock).await.unwrap();
    assert_eq!(one.epoch().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_alone_is_refused_beside_another_server() {
    let place = Place::empty(Backend::Postgres).await;
    let (one, other) = (Server::new(&place).await, Server::new(&place).await);
    one.enter(steps()).await.unwrap();
    other.enter(steps()).await.unwrap();
    let write = one.database.write().await.unwrap();
    let refused = one.lock.change_alone(&write, "a reason").await;
    assert!(matches!(&refused, Err(StoreError::InUse(text)) if text == "a reason"), "{refused:?}");
    drop(write);
    drop(other);
    for _ in 0..100 {
        let write = one.database.write().await.unwrap();
        if one.lock.change_alone(&write, "a reason").await.is_ok() {
            write.commit().await.unwrap();
            assert_eq!(one.epoch().await, 1);
            // It shares again.
            Server::new(&place).await.enter(steps()).await.unwrap();
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the lock is still held");
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let place = Place::empty(Backend::Sqlite).await;
    let missing = place.directory.path().join("missing");
    let refused = ServerLock::take(&missing, None).unwrap_err();
    assert!(refused.to_string().contains("missing"), "{refused}");
    assert!(!ServerLock::is_held(&missing));
}
