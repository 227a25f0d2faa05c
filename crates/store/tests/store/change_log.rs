use store::{Database, Run, change_log};
use testkit::{Backend, on_both};

use crate::place::{Place, note, notes, now};

on_both! {
    async fn revisions_have_no_gaps_however_many_write(backend: Backend) {
        let (place, database) = Place::ready(backend).await;
        let other = place.open().await;
        let tasks: Vec<_> = (0..8_i64).map(|writer| {
            let database = if writer % 2 == 0 { database.clone() } else { other.clone() };
            tokio::spawn(write_some(database, writer))
        }).collect();
        let mut committed = Vec::new();
        for task in tasks {
            committed.extend(task.await.unwrap());
        }
        committed.sort_unstable();
        let expected: Vec<u64> = (1..=u64::try_from(committed.len()).unwrap()).collect();
        assert_eq!(committed, expected);
        let read = database.read().await.unwrap();
        assert_eq!(change_log::head(&read).await.unwrap().0, u64::try_from(committed.len()).unwrap());
        assert_eq!(notes(&read).await, i64::try_from(committed.len()).unwrap());
        // Each entry tells of the very note that its commit wrote.
        let entries = change_log::after(&read, kernel::Revision(0), 1000).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.revision().0).collect::<Vec<_>>(), expected);
        for entry in entries {
            let sql = "SELECT COUNT(*) FROM note WHERE name = $1 AND number = $2";
            let values = [entry.changes.as_str().into(), i64::try_from(entry.revision().0).unwrap().into()];
            assert_eq!(read.number(sql, values).await.unwrap(), 1, "{entry:?}");
        }
    }

    async fn a_part_of_the_log_can_be_read(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        for number in 0..5 {
            let write = database.write().await.unwrap();
            change_log::append(&write, now(), &number.to_string()).await.unwrap();
            write.commit().await.unwrap();
        }
        let entries = change_log::after(&database.single(), kernel::Revision(1), 3).await.unwrap();
        let found: Vec<_> = entries.iter().map(|e| (e.revision().0, e.changes.as_str())).collect();
        assert_eq!(found, [(2, "1"), (3, "2"), (4, "3")]);
        assert!(change_log::after(&database.single(), kernel::Revision(u64::MAX), 3).await.unwrap().is_empty());
    }
}

/// Writes six times; every third time it is dropped before the commit. Gives the revisions of the others.
async fn write_some(database: Database, writer: i64) -> Vec<u64> {
    let mut committed = Vec::new();
    for round in 0..6 {
        let write = database.write().await.unwrap();
        let name = format!("{writer}-{round}");
        let revision = change_log::append(&write, now(), &name).await.unwrap();
        note(&write, &name, i64::try_from(revision.0).unwrap()).await.unwrap();
        if (writer + round) % 3 == 0 {
            drop(write);
        } else {
            write.commit().await.unwrap();
            committed.push(revision.0);
        }
    }
    committed
}

on_both! {
    async fn a_look_tells_one_history_from_another(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let single = database.single();
        assert_eq!(change_log::tip(&single).await.unwrap(), change_log::Tip::default());
        for second in [1, 2] {
            let write = database.write().await.unwrap();
            let at = jiff::Timestamp::from_second(second).unwrap();
            change_log::append(&write, at, "[]").await.unwrap();
            write.commit().await.unwrap();
        }
        let tip = change_log::tip(&single).await.unwrap();
        assert_eq!((tip.revision.0, tip.at, tip.epoch), (2, 2_000_000, 0));
        let known = change_log::look(&single, kernel::Revision(1)).await.unwrap();
        assert_eq!((known.revision.0, known.known_at), (2, Some(1_000_000)));
        assert_eq!(change_log::look(&single, kernel::Revision(3)).await.unwrap().known_at, None);
    }

    async fn old_entries_go_and_the_last_one_stays(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let at = |second| jiff::Timestamp::from_second(second).unwrap();
        for second in 1..=6 {
            let write = database.write().await.unwrap();
            change_log::append(&write, at(second), "[]").await.unwrap();
            write.commit().await.unwrap();
        }
        let single = database.single();
        assert_eq!(change_log::prune(&single, at(4), 2).await.unwrap(), 2);
        assert_eq!(change_log::prune(&single, at(4), 100).await.unwrap(), 1);
        assert_eq!(change_log::oldest(&single).await.unwrap(), Some(kernel::Revision(4)));
        assert_eq!(change_log::prune(&single, at(99), 100).await.unwrap(), 2);
        assert_eq!(change_log::oldest(&single).await.unwrap(), Some(kernel::Revision(6)));
        assert_eq!(change_log::tip(&single).await.unwrap().at, 6_000_000);
    }
}
