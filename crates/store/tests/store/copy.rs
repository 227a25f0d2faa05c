use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use store::{Database, Run, Target, change_log, copy::copy_sqlite};
use testkit::Backend;

use crate::place::{Place, note, notes, now};

/// A note and its entry in the log, again and again, until told to stop. Gives how many.
async fn keep_writing(database: Database, stop: Arc<AtomicBool>) -> i64 {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        let write = database.write().await.unwrap();
        let revision = change_log::append(&write, now(), "[]").await.unwrap();
        tokio::task::yield_now().await;
        note(&write, &revision.0.to_string(), 0).await.unwrap();
        write.commit().await.unwrap();
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_somebody_writes_is_of_one_moment() {
    let (place, database) = Place::ready(Backend::Sqlite).await;
    let Target::Sqlite(from) = &place.target else { panic!("SQLite") };
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn(keep_writing(database.clone(), stop.clone()));
    let mut last = 0;
    for number in 0..5 {
        let to = place.directory.path().join(format!("copy-{number}.db"));
        copy_sqlite(from, &to).await.unwrap();
        let copy = Database::open(&Target::Sqlite(to)).await.unwrap();
        let read = copy.read().await.unwrap();
        let head = i64::try_from(change_log::head(&read).await.unwrap().0).unwrap();
        assert_eq!(notes(&read).await, head, "the log and the rows are of one moment");
        assert!(head >= last);
        last = head;
        let sql = "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'";
        assert_eq!(read.number(sql, []).await.unwrap(), 1);
        drop(read);
        // It is a database like any other: it can be written to.
        note(&copy.single(), "new", 1).await.unwrap();
        copy.close().await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    let written = writer.await.unwrap();
    assert!(written > 0 && last > 0, "the writer worked meanwhile: {written}, {last}");
    assert_eq!(notes(&database.single()).await, written);
}

#[tokio::test]
async fn a_copy_overwrites_nothing() {
    let (place, database) = Place::ready(Backend::Sqlite).await;
    let Target::Sqlite(from) = &place.target else { panic!("SQLite") };
    let to = place.directory.path().join("there");
    std::fs::write(&to, "something").unwrap();
    assert!(copy_sqlite(from, &to).await.is_err());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "something");
    let missing = place.directory.path().join("missing.db");
    let refused = copy_sqlite(&missing, &place.directory.path().join("new")).await;
    assert!(refused.is_err());
    assert!(!missing.exists(), "a database that is not there is not made");
    drop(database);
}
