//! The tables of conditions, run as SQL: over columns of their own types, and over JSON.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use kernel::ConditionText;
use policy::condition::{
    Facts, Predicate, Truth,
    sql::{Clause, Column, ColumnType, Columns, Dialect, Parameters},
};
use serde_json::Value;
use testkit::{Backend, on_both};

use crate::{
    databases::{Connection, quoted},
    tables,
};

/// Facts out of one JSON object.
pub struct World(pub Value);

impl World {
    fn member(&self, root: &str, name: &str) -> Option<Cow<'_, Value>> {
        self.0.get(root)?.get(name).map(Cow::Borrowed)
    }
}

impl Facts for World {
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.member("resource", name)
    }
    fn subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.member("subject", name)
    }
    fn action(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.member("action", name)
    }
    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>> {
        let start = self.0.get("context")?;
        path.iter().try_fold(start, |at, name| at.get(name)).map(Cow::Borrowed)
    }
    fn now(&self) -> Timestamp {
        tables::NOW.parse().unwrap()
    }
}

/// The tables, and those of their lines that speak of a resource's property as a moment alone.
const ALL: [&[(&str, Option<bool>)]; 7] = [
    tables::EQUALITY,
    tables::ORDER,
    tables::ALONE,
    tables::PRESENCE,
    tables::MEMBERSHIP,
    tables::TEXT_AND_SIZE,
    tables::MOMENTS,
];

/// The type of a column for a value, in this dialect's own words.
fn typed(value: &Value) -> (ColumnType, &'static str) {
    match value {
        Value::String(_) => (ColumnType::Text, "text"),
        Value::Number(number) if number.is_i64() => (ColumnType::Integer, "bigint"),
        Value::Number(_) => (ColumnType::Number, "double precision"),
        Value::Bool(_) => (ColumnType::Boolean, "boolean"),
        Value::Null | Value::Array(_) | Value::Object(_) => (ColumnType::Json, "jsonb"),
    }
}

fn column(name: &str, holds: Option<ColumnType>) -> Column {
    Column { name: format!("item.{name}").parse().unwrap(), holds }
}

/// The value as it is stored in a column of that type.
fn stored(value: &Value, holds: ColumnType, dialect: Dialect) -> String {
    match (value, holds) {
        (value, ColumnType::Json) => {
            let text = quoted(&value.to_string());
            if dialect == Dialect::Postgresql { format!("{text}::jsonb") } else { text }
        }
        (Value::String(text), _) => quoted(text),
        (value, _) => value.to_string(),
    }
}

/// One row with the properties of the world, each in a column of a type; and a column `missing` that is NULL.
async fn one_row(connection: &mut Connection, as_json: bool) -> Columns {
    let (facts, dialect) = (tables::facts(), connection.dialect());
    let mut columns =
        BTreeMap::from([("missing".to_owned(), column("missing", Some(ColumnType::Text)))]);
    let (mut made, mut values) = (vec!["missing text".to_owned()], vec!["NULL".to_owned()]);
    for (name, value) in facts["resource"].as_object().unwrap() {
        let (holds, sql) = if as_json { (ColumnType::Json, "jsonb") } else { typed(value) };
        columns.insert(name.clone(), column(name, Some(holds)));
        // Without a type SQLite keeps what it is given.
        made.push(if dialect == Dialect::Sqlite {
            format!("\"{name}\"")
        } else {
            format!("\"{name}\" {sql}")
        });
        values.push(stored(value, holds, dialect));
    }
    let sql = format!(
        "CREATE TABLE item ({}); INSERT INTO item VALUES ({})",
        made.join(", "),
        values.join(", ")
    );
    connection.run(&sql).await;
    columns
}

/// What the condition comes to, for the row that is there.
async fn truth(
    connection: &mut Connection,
    text: &str,
    facts: &World,
    columns: &Columns,
) -> Option<bool> {
    let predicate = Predicate::parse(&ConditionText(text.to_owned())).unwrap();
    let mut parameters = Parameters::new(connection.dialect());
    let sql = match predicate.to_sql(facts, columns, &mut parameters) {
        Clause::Settled(truth) => return settled(truth),
        Clause::Open(sql) => sql,
    };
    let sql = format!("SELECT CASE WHEN {sql} THEN 1 WHEN NOT {sql} THEN 0 END::bigint FROM item");
    let sql = if connection.dialect() == Dialect::Sqlite {
        sql.replace("END::bigint FROM", "END FROM")
    } else {
        sql
    };
    let (sql, values) = parameters.finish(&sql, 1);
    connection.numbers(&sql, &values).await[0][0].map(|truth| truth == 1)
}

pub fn settled(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

async fn all_tables(connection: &mut Connection, columns: &Columns) {
    let facts = World(tables::facts());
    for (text, expected) in ALL.into_iter().flatten() {
        let found = truth(connection, text, &facts, columns).await;
        assert_eq!(found, *expected, "{text}");
    }
}

on_both! {
    async fn columns_of_their_own_types(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let columns = one_row(&mut connection, false).await;
        all_tables(&mut connection, &columns).await;
    }

    async fn columns_of_json(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let columns = one_row(&mut connection, true).await;
        all_tables(&mut connection, &columns).await;
    }

    async fn columns_as_found(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let mut columns = one_row(&mut connection, false).await;
        for (name, column) in &mut columns {
            // Booleans and JSON cannot be told from what else SQLite stores.
            let plain = !matches!(column.holds, Some(ColumnType::Boolean | ColumnType::Json));
            if plain || backend == Backend::Postgres {
                column.holds = None;
            }
            assert!(!name.is_empty());
        }
        all_tables(&mut connection, &columns).await;
    }

    async fn moments_in_columns_of_time(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let facts = World(tables::facts());
        let kind = if backend == Backend::Sqlite { "text" } else { "timestamptz" };
        let (due, late) = (&facts.0["resource"]["due"], &facts.0["resource"]["late"]);
        let (due, late) = (due.as_str().unwrap(), late.as_str().unwrap());
        connection.run(&format!("CREATE TABLE item (due {kind}, late {kind}, missing {kind}); \
            INSERT INTO item VALUES ('{due}', '{late}', NULL)")).await;
        let columns: Columns = ["due", "late", "missing"]
            .map(|name| (name.to_owned(), column(name, Some(ColumnType::Timestamp)))).into();
        for (text, expected) in tables::MOMENTS {
            assert_eq!(truth(&mut connection, text, &facts, &columns).await, *expected, "{text}");
        }
        for (text, expected) in [
            ("has(resource.due) && !has(resource.missing)", Some(true)),
            ("resource.due == '2026-06-01T11:00:00Z'", None),
            ("size(resource.due) > 1 || resource.due in ['x']", None),
        ] {
            assert_eq!(truth(&mut connection, text, &facts, &columns).await, expected, "{text}");
        }
    }

    async fn a_name_without_a_column_is_unknown(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        connection.run("CREATE TABLE item (id int); INSERT INTO item VALUES (1)").await;
        let facts = World(tables::facts());
        for (text, expected) in [
            ("resource.status == 'open'", None),
            ("has(resource.status)", None),
            ("!has(resource.status)", None),
            ("resource.public || size(resource.tags) == 2 || 'a' in resource.tags", None),
            ("timestamp(resource.due) > now || resource.status.contains('')", None),
            ("subject.level == 4 && action.name == 'edit'", Some(true)),
            ("resource.public || subject.level == 4", Some(true)),
            ("resource.public && subject.level == 5", Some(false)),
        ] {
            let found = truth(&mut connection, text, &facts, &Columns::new()).await;
            assert_eq!(found, expected, "{text}");
        }
    }
}
