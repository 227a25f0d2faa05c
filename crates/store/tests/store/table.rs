//! Whole tables at the start of a server.

use store::{
    Database, DbErr, Run, StoreError,
    database::NONE,
    table::{Cells, Column, Table},
};
use testkit::{Backend, on_both};
use uuid::Uuid;

use crate::place::Place;

/// More than some portions, and not a multiple of them.
const MANY: i64 = 3_001;

const THINGS: Table = Table {
    name: "thing",
    joined: "JOIN note n ON n.name = t.name",
    columns: &[
        Column::Id("t.id"),
        Column::Id("t.parent"),
        Column::Text("t.name"),
        Column::Number("n.number"),
        Column::Number("t.until"),
        Column::Truth("t.is_odd"),
    ],
};

type Thing = (Uuid, Option<Uuid>, String, i64, Option<i64>, bool);

fn thing(cells: &mut Cells<'_>) -> Result<Thing, DbErr> {
    let (id, parent, name) = (cells.id()?, cells.optional_id()?, cells.text()?);
    Ok((id, parent, name, cells.number()?, cells.optional_number()?, cells.truth()?))
}

async fn filled(database: &Database, things: &[Thing]) {
    let write = database.write().await.unwrap();
    let id = match database.backend() {
        store::Backend::Sqlite => "BLOB",
        store::Backend::Postgres => "UUID",
    };
    let sql = format!(
        "CREATE TABLE thing (id {id} PRIMARY KEY, parent {id}, name TEXT NOT NULL, until BIGINT, is_odd BOOLEAN NOT NULL)"
    );
    write.execute(&sql, NONE).await.unwrap();
    for (id, parent, name, number, until, is_odd) in things.iter().cloned() {
        let sql = "INSERT INTO note (name, number) VALUES ($1, $2)";
        write.execute(sql, [name.clone().into(), number.into()]).await.unwrap();
        let sql = "INSERT INTO thing (id, parent, name, until, is_odd) VALUES ($1, $2, $3, $4, $5)";
        let values = [id.into(), parent.into(), name.into(), until.into(), is_odd.into()];
        write.execute(sql, values).await.unwrap();
    }
    write.commit().await.unwrap();
}

async fn found(database: &Database) -> Vec<Thing> {
    let read = database.read().await.unwrap();
    let found = read.table(&THINGS, thing, |rows| Ok(rows.collect::<Vec<_>>())).await;
    let mut found = found.unwrap();
    found.sort_unstable();
    found
}

fn many() -> Vec<Thing> {
    let id = |number: i64| Uuid::from_u128(u128::try_from(number).unwrap());
    let thing = |number: i64| {
        let (parent, until) =
            ((number > 0).then(|| id(number / 2)), (number % 3 == 0).then_some(-number));
        (id(number), parent, format!("thing {number}"), i64::MAX - number, until, number % 2 == 1)
    };
    (0..MANY).map(thing).collect()
}

on_both! {
    async fn every_row_comes_once_as_it_is(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, &many()).await;
        assert_eq!(found(&database).await, many());
    }

    async fn gaps_are_passed_over(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, &many()).await;
        let write = database.write().await.unwrap();
        let sql = "DELETE FROM thing WHERE name NOT LIKE '%7'";
        write.execute(sql, NONE).await.unwrap();
        write.commit().await.unwrap();
        let left: Vec<_> = many().into_iter().filter(|thing| thing.2.ends_with('7')).collect();
        assert_eq!(found(&database).await, left);
    }

    async fn an_empty_table_has_no_rows(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, &[]).await;
        assert_eq!(found(&database).await, []);
    }

    async fn a_text_separates_nothing(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let names = ["a,b;c", "", ";;,,", "ü\u{1}日本\n", "0"];
        let things: Vec<Thing> = (0_u8..)
            .zip(names)
            .map(|(i, name)| (Uuid::from_u128(i.into()), None, name.to_owned(), 0, None, false))
            .collect();
        filled(&database, &things).await;
        assert_eq!(found(&database).await, things);
    }

    async fn what_may_not_be_null_ends_it(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, &many()).await;
        let read = database.read().await.unwrap();
        let parents = Table { joined: "", columns: &[Column::Id("parent")], ..THINGS };
        let done = read.table(&parents, |cells| cells.id(), |rows| Ok(rows.count())).await;
        assert!(done.is_err());
        let ends = Table { joined: "", columns: &[Column::Number("until")], ..THINGS };
        let done = read.table(&ends, |cells| cells.number(), |rows| Ok(rows.count())).await;
        assert!(done.is_err());
    }

    async fn whoever_finds_a_fault_ends_the_reading(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        filled(&database, &many()).await;
        let read = database.read().await.unwrap();
        let fault = read.table(&THINGS, thing, |mut rows| {
            rows.next().map_or(Ok(()), |_| Err(StoreError::Corrupt("the first".into())))
        });
        assert!(matches!(fault.await, Err(StoreError::Corrupt(why)) if why == "the first"));
        // The connection is as good as before.
        assert_eq!(read.number("SELECT COUNT(*) FROM thing", []).await.unwrap(), MANY);
    }
}
