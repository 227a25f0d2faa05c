use std::time::Duration;

use sea_orm::FromQueryResult;
use store::{Run, StoreError};
use testkit::{Backend, on_both};
use tokio::time::{sleep, timeout};

use crate::place::{Place, note, notes};

#[derive(FromQueryResult)]
struct Pair {
    one: String,
    two: i64,
}

on_both! {
    async fn a_dropped_write_leaves_nothing(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        note(&write, "a", 1).await.unwrap();
        drop(write);
        let write = database.write().await.unwrap();
        assert_eq!(notes(&write).await, 0);
    }

    async fn writers_of_one_handle_take_turns(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let first = database.write().await.unwrap();
        let waiting = { let database = database.clone(); tokio::spawn(async move { database.write().await }) };
        sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        note(&first, "a", 1).await.unwrap();
        first.commit().await.unwrap();
        let second = timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap().unwrap();
        assert_eq!(notes(&second).await, 1);
    }

    async fn writers_of_two_servers_take_turns(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let other = place.open().await;
        let first = database.write().await.unwrap();
        let waiting = tokio::spawn(async move { other.write().await });
        sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        note(&first, "a", 1).await.unwrap();
        first.commit().await.unwrap();
        let second = timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap().unwrap();
        assert_eq!(notes(&second).await, 1, "the second begins where the first ended");
        drop(second);
    }

    async fn a_writer_sees_what_was_committed_whatever_the_server_prefers(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        if place.url().is_some() {
            let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''', current_database()); END $$";
            database.single().execute(sql, []).await.unwrap();
        }
        let other = place.open().await;
        let first = place.open().await.write().await.unwrap();
        let waiting = tokio::spawn(async move { other.write().await });
        sleep(Duration::from_millis(100)).await;
        note(&first, "a", 1).await.unwrap();
        first.commit().await.unwrap();
        let second = waiting.await.unwrap().unwrap();
        assert_eq!(notes(&second).await, 1);
        note(&second, "b", 1).await.unwrap();
        second.commit().await.unwrap();
    }

    async fn a_reader_sees_one_moment(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let read = database.read().await.unwrap();
        assert_eq!(notes(&read).await, 0);
        let write = database.write().await.unwrap();
        note(&write, "a", 1).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(notes(&read).await, 0);
        assert_eq!(notes(&database.read().await.unwrap()).await, 1);
    }

    async fn a_reader_does_not_wait_for_a_writer(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        note(&write, "a", 1).await.unwrap();
        let read = timeout(Duration::from_secs(2), database.read()).await.unwrap().unwrap();
        assert_eq!(notes(&read).await, 0);
        write.commit().await.unwrap();
    }

    async fn a_failed_statement_is_the_end_of_its_transaction(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        note(&write, "a", 1).await.unwrap();
        assert!(matches!(note(&write, "a", 2).await, Err(StoreError::Duplicate(_))));
        assert!(matches!(write.commit().await, Err(StoreError::Broken)));
        assert_eq!(notes(&database.read().await.unwrap()).await, 0);
        note(&database.single(), "a", 1).await.unwrap();
    }

    async fn writers_that_are_given_up_leave_the_lock_free(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        for round in 0..60 {
            let database = database.clone();
            let task = tokio::spawn(async move {
                let write = database.write().await.unwrap();
                note(&write, "x", 1).await.unwrap();
                sleep(Duration::from_secs(60)).await;
            });
            sleep(Duration::from_micros(50 * round)).await;
            task.abort();
        }
        let write = timeout(Duration::from_secs(10), database.write()).await.unwrap().unwrap();
        assert_eq!(notes(&write).await, 0);
        note(&write, "x", 1).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn single_statements_need_no_lock(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        note(&database.single(), "a", 1).await.unwrap();
        let take = "UPDATE note SET number = 0 WHERE name = $1 AND number = 1 RETURNING name AS one, number AS two";
        let first: Option<Pair> = database.single().one(take, ["a".into()]).await.unwrap();
        let again: Option<Pair> = database.single().one(take, ["a".into()]).await.unwrap();
        assert_eq!(first.map(|pair| (pair.one, pair.two)), Some(("a".to_owned(), 0)));
        assert!(again.is_none());
    }

    async fn one_time_statements_are_won_by_one(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        note(&database.single(), "a", 1).await.unwrap();
        let tasks: Vec<_> = (0..8).map(|_| {
            let database = database.clone();
            tokio::spawn(async move {
                database.single().execute("UPDATE note SET number = 0 WHERE number = 1", []).await.unwrap()
            })
        }).collect();
        let mut won = 0;
        for task in tasks {
            won += task.await.unwrap();
        }
        assert_eq!(won, 1);
    }

    async fn parameters_may_repeat_and_come_in_any_order(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let sql = "INSERT INTO note (name, number) VALUES ($2, $1 + $1)";
        database.single().execute(sql, [21_i64.into(), "a".into()]).await.unwrap();
        let sql = "SELECT name AS one, number AS two FROM note WHERE (name = $3 OR name = $1) AND number = $2 AND name = $3";
        let pair: Option<Pair> =
            database.single().one(sql, ["b".into(), 42_i64.into(), "a".into()]).await.unwrap();
        assert_eq!(pair.map(|pair| (pair.one, pair.two)), Some(("a".to_owned(), 42)));
    }

    async fn texts_and_bytes_come_back_as_they_were(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let name = "'; DROP TABLE note; -- $1 ?1 \u{1f512}";
        let bytes: Vec<u8> = (0..=255).collect();
        let sql = "INSERT INTO note (name, number, body) VALUES ($1, $2, $3)";
        database.single().execute(sql, [name.into(), i64::MIN.into(), bytes.clone().into()]).await.unwrap();
        let sql = "SELECT COUNT(*) FROM note WHERE name = $1 AND number = $2 AND body = $3";
        let found = database.single().number(sql, [name.into(), i64::MIN.into(), bytes.into()]).await.unwrap();
        assert_eq!(found, 1);
    }
}
