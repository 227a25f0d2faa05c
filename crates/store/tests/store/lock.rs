use std::time::Duration;

use store::{Run, StoreError, lock::ServerLock};
use testkit::{Backend, on_both};
use tokio::time::sleep;

use crate::place::Place;

on_both! {
    async fn a_second_server_is_refused(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let directory = place.directory.path();
        assert!(!ServerLock::is_held(directory));
        let lock = ServerLock::take(directory, &database, place.url()).await.unwrap();
        assert!(ServerLock::is_held(directory));
        let second = ServerLock::take(directory, &place.open().await, place.url()).await;
        assert!(matches!(second, Err(StoreError::Locked(_))), "{second:?}");
        drop(lock);
        assert!(!ServerLock::is_held(directory));
        drop(take_soon(&place, directory).await);
    }

    async fn a_lock_outlives_the_attempt_to_take_it(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let directory = place.directory.path();
        let _lock = ServerLock::take(directory, &database, place.url()).await.unwrap();
        for _ in 0..3 {
            assert!(ServerLock::take(directory, &database, place.url()).await.is_err());
            assert!(ServerLock::is_held(directory));
        }
    }
}

/// PostgreSQL notices a moment later that the connection is gone.
async fn take_soon(place: &Place, directory: &std::path::Path) -> ServerLock {
    for _ in 0..100 {
        if let Ok(lock) = ServerLock::take(directory, &place.open().await, place.url()).await {
            return lock;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the lock is still held");
}

#[tokio::test]
async fn on_postgres_another_directory_does_not_help() {
    let (place, database) = Place::ready(Backend::Postgres).await;
    let elsewhere = testkit::directory();
    let lock = ServerLock::take(place.directory.path(), &database, place.url()).await.unwrap();
    let second = ServerLock::take(elsewhere.path(), &place.open().await, place.url()).await;
    assert!(matches!(second, Err(StoreError::Locked(_))), "{second:?}");
    drop(second);
    assert!(!ServerLock::is_held(elsewhere.path()), "a refused attempt leaves no lock behind");
    drop(lock);
    drop(take_soon(&place, elsewhere.path()).await);
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let (place, database) = Place::ready(Backend::Sqlite).await;
    let missing = place.directory.path().join("missing");
    let refused = ServerLock::take(&missing, &database, None).await.unwrap_err();
    assert!(refused.to_string().contains("missing"), "{refused}");
    assert!(!ServerLock::is_held(&missing));
}

/// Cuts the connections that hold a lock, as a network would.
async fn cut(database: &store::Database) {
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

#[tokio::test]
async fn a_lost_connection_is_taken_again_or_noticed() {
    let (place, database) = Place::ready(Backend::Postgres).await;
    let elsewhere = testkit::directory();
    let lock = ServerLock::take(place.directory.path(), &database, place.url()).await.unwrap();
    cut(&database).await;
    hold_soon(&lock).await.unwrap();
    let second = ServerLock::take(elsewhere.path(), &place.open().await, place.url()).await;
    assert!(matches!(second, Err(StoreError::Locked(_))), "{second:?}");
    drop(second);

    cut(&database).await;
    let _second = take_soon(&place, elsewhere.path()).await;
    let lost = hold_soon(&lock).await;
    assert!(matches!(lost, Err(StoreError::Locked(_))), "{lost:?}");
}
