use kernel::{Problem, ProblemKind};
use sea_orm::{ConnAcquireErr, DbErr};
use store::{Database, Run, StoreError, Target};
use testkit::{Backend, on_both};

use crate::place::{Place, note};

on_both! {
    async fn what_is_there_already_is_a_duplicate(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        note(&database.single(), "a", 1).await.unwrap();
        let refused = note(&database.single(), "a", 2).await.unwrap_err();
        assert!(matches!(refused, StoreError::Duplicate(_)), "{refused:?}");
        assert_eq!(Problem::from(refused).kind(), ProblemKind::Conflict);
    }

    async fn what_is_not_there_is_a_reference(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let sql = "INSERT INTO mention (name) VALUES ($1)";
        let refused = database.single().execute(sql, ["nobody".into()]).await.unwrap_err();
        assert!(matches!(refused, StoreError::Reference(_)), "{refused:?}");
        note(&database.single(), "a", 1).await.unwrap();
        database.single().execute(sql, ["a".into()]).await.unwrap();
        let refused = database.single().execute("DELETE FROM note", []).await.unwrap_err();
        assert!(matches!(refused, StoreError::Reference(_)), "{refused:?}");
    }

    async fn a_mistake_in_sql_is_an_internal_error(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let refused = database.single().execute("SELECT nothing FROM nowhere", []).await.unwrap_err();
        assert!(matches!(refused, StoreError::Other(_)), "{refused:?}");
        assert_eq!(Problem::from(refused).kind(), ProblemKind::Internal);
    }

    async fn a_closed_database_is_unavailable(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        database.clone().close().await.unwrap();
        for refused in [database.read().await.map(drop), database.write().await.map(drop)] {
            assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        }
        let refused = note(&database.single(), "a", 1).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }

    async fn a_writer_that_waits_too_long_is_told_to_come_again(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let other = place.open().await;
        // Kept by the one connection that this handle writes with.
        let short = match backend {
            Backend::Sqlite => "PRAGMA busy_timeout = 50",
            Backend::Postgres => "SET lock_timeout = 50",
        };
        let write = other.write().await.unwrap();
        write.execute(short, []).await.unwrap();
        write.commit().await.unwrap();
        let held = database.write().await.unwrap();
        let refused = other.write().await.map(drop);
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        drop(held);
        let write = other.write().await.unwrap();
        note(&write, "a", 1).await.unwrap();
        write.commit().await.unwrap();
    }
}

#[test]
fn a_full_pool_is_unavailable() {
    let error = StoreError::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    assert!(matches!(error, StoreError::Unavailable(_)));
    let problem = Problem::from(error);
    assert_eq!(
        (problem.kind(), problem.retry_after_seconds()),
        (ProblemKind::Unavailable, Some(2))
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_is_unavailable_and_replaced() {
    let (place, database) = Place::ready(Backend::Postgres).await;
    let write = database.write().await.unwrap();
    let other = place.open().await;
    let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(other.single().number(sql, []).await.unwrap() > 0);
    let refused = note(&write, "a", 1).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(write);
    let write = database.write().await.unwrap();
    note(&write, "a", 1).await.unwrap();
    write.commit().await.unwrap();
    note(&database.single(), "b", 1).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_stops_the_start_without_the_password() {
    let target = Target::Postgres("postgres://me:sesame@127.0.0.1:1/nowhere".to_owned());
    let refused = Database::open(&target).await.unwrap_err();
    assert!(matches!(refused, StoreError::Open(_)), "{refused:?}");
    assert!(!format!("{refused} {refused:?} {target:?}").contains("sesame"));
}

#[test]
fn an_address_says_which_database_it_is() {
    assert_eq!("sqlite:/a/b".parse::<Target>().unwrap(), Target::Sqlite("/a/b".into()));
    assert!(matches!("postgresql://h/d".parse::<Target>(), Ok(Target::Postgres(_))));
    for wrong in ["", "mysql://h/d", "sqlite:", "/a/b"] {
        assert!(wrong.parse::<Target>().is_err(), "{wrong}");
    }
}
