//! Whole tables, read on one thread and used on another.

use store::{Database, Run, StoreError};
use testkit::{Backend, on_both};

use crate::place::Place;

/// More than the blocks that may wait.
const MANY: i64 = 60_000;
const NUMBERS: &str = "SELECT number FROM note";

async fn filled(database: &Database, count: i64) {
    let write = database.write().await.unwrap();
    let sql = "WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < $1)
        INSERT INTO note (name, number) SELECT 'note ' || i, i FROM g";
    if count > 0 {
        write.execute(sql, [count.into()]).await.unwrap();
    }
    write.commit().await.unwrap();
}

async fn sum(database: &Database) -> Result<i64, StoreError> {
    let read = database.read().await.unwrap();
    read.stream(NUMBERS, |row| row.try_get_by_index::<i64>(0), |rows| Ok(rows.sum())).await
}

on_both! {
    async fn every_row_comes_once(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, MANY).await;
        assert_eq!(sum(&database).await.unwrap(), MANY * (MANY + 1) / 2);
    }

    async fn no_row_is_no_fault(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, 0).await;
        assert_eq!(sum(&database).await.unwrap(), 0);
    }

    async fn whoever_finds_a_fault_ends_the_reading(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, MANY).await;
        let read = database.read().await.unwrap();
        let fault = read.stream(NUMBERS, |row| row.try_get_by_index::<i64>(0), |mut rows| {
            rows.next().map_or(Ok(()), |_| Err(StoreError::Corrupt("the first".into())))
        });
        assert!(matches!(fault.await, Err(StoreError::Corrupt(why)) if why == "the first"));
        // The connection is as good as before.
        let count = read.number("SELECT COUNT(*) FROM note", []).await.unwrap();
        assert_eq!(count, MANY);
    }

    async fn a_row_that_cannot_be_read_ends_it(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, MANY).await;
        let read = database.read().await.unwrap();
        let sql = "SELECT CASE number WHEN 50000 THEN NULL ELSE number END FROM note";
        let done = read.stream(sql, |row| row.try_get_by_index::<i64>(0), |rows| Ok(rows.count()));
        assert!(done.await.is_err());
    }

    async fn a_statement_that_is_wrong_is_told(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let read = database.read().await.unwrap();
        let sql = "SELECT number FROM nowhere";
        let done = read.stream(sql, |row| row.try_get_by_index::<i64>(0), |rows| Ok(rows.count()));
        assert!(done.await.is_err());
    }
}
