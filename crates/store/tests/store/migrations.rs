use store::{Migration, Run, StoreError, migration::migrate};
use testkit::{Backend, on_both};

use crate::place::{NOTE, Place, has_table, steps};

const SECOND: Migration =
    Migration { name: "20261123_second", sql: "CREATE TABLE second (id {uuid} PRIMARY KEY)" };
const BROKEN: Migration = Migration {
    name: "20261124_broken",
    sql: "CREATE TABLE third (id BIGINT);\nINSERT INTO nowhere (id) VALUES (1);\n",
};

on_both! {
    async fn each_step_is_applied_once(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        crate::place::note(&database.single(), "kept", 1).await.unwrap();
        migrate(&database, steps()).await.unwrap();
        migrate(&database, [steps(), vec![SECOND]].concat()).await.unwrap();
        migrate(&database, [steps(), vec![SECOND]].concat()).await.unwrap();
        let read = database.read().await.unwrap();
        assert_eq!(crate::place::notes(&read).await, 1);
        assert_eq!(read.number("SELECT COUNT(*) FROM migration", []).await.unwrap(), 5);
        assert_eq!(read.number("SELECT MAX(position) FROM migration", []).await.unwrap(), 5);
    }

    async fn steps_run_in_the_order_of_their_names(backend: Backend) {
        let place = Place::empty(backend).await;
        let database = place.open().await;
        let later = Migration { name: "20261125_later", sql: "INSERT INTO note (name, number) VALUES ('a', 1)" };
        migrate(&database, vec![later, NOTE]).await.unwrap();
        assert_eq!(crate::place::notes(&database.single()).await, 1);
    }

    async fn two_servers_may_start_at_once(backend: Backend) {
        let place = Place::empty(backend).await;
        let handles = [place.open().await, place.open().await, place.open().await];
        let tasks = handles.map(|database| tokio::spawn(async move { migrate(&database, steps()).await }));
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let database = place.open().await;
        assert_eq!(database.single().number("SELECT COUNT(*) FROM migration", []).await.unwrap(), 4);
    }

    async fn a_newer_database_is_left_alone(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        migrate(&database, [steps(), vec![SECOND]].concat()).await.unwrap();
        let other = Migration { name: "20261101_other", sql: "CREATE TABLE other (id BIGINT)" };
        let refused = migrate(&database, [steps(), vec![other]].concat()).await;
        match refused {
            Err(StoreError::Newer(name)) => assert_eq!(name, SECOND.name),
            other => panic!("{other:?}"),
        }
        assert!(!has_table(&database, "other").await);
        assert_eq!(database.single().number("SELECT COUNT(*) FROM migration", []).await.unwrap(), 5);
    }

    async fn a_failed_step_leaves_nothing_of_its_run(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        assert!(migrate(&database, [steps(), vec![SECOND, BROKEN]].concat()).await.is_err());
        assert!(!has_table(&database, "second").await);
        assert!(!has_table(&database, "third").await);
        assert_eq!(database.single().number("SELECT COUNT(*) FROM migration", []).await.unwrap(), 4);
        migrate(&database, [steps(), vec![SECOND]].concat()).await.unwrap();
        assert!(has_table(&database, "second").await);
    }

    async fn the_first_run_is_one_transaction_too(backend: Backend) {
        let place = Place::empty(backend).await;
        let database = place.open().await;
        assert!(migrate(&database, [steps(), vec![BROKEN]].concat()).await.is_err());
        assert!(!has_table(&database, "migration").await);
        assert!(!has_table(&database, "note").await);
    }
}
