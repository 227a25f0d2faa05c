//! Migrations: each crate exports its own, they run in the order of their names, all in one transaction under the
//! write lock, so that two servers that start at once do not meet.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Backend, Database, StoreError, WriteTransaction, database::NONE, transaction::Run};

/// One step of the schema. A released step never changes.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `YYYYMMDD_what`: the order of all crates' steps together.
    pub name: &'static str,
    /// Statements, divided by `;` at the end of a line. `{uuid}` and `{bytes}` stand for the types whose names differ.
    pub sql: &'static str,
}

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, position BIGINT NOT NULL)";

#[derive(FromQueryResult)]
struct Applied {
    name: String,
}

/// Brings the schema up to this release. Refuses a database that has a step this release does not know.
pub async fn migrate(database: &Database, mut steps: Vec<Migration>) -> Result<(), StoreError> {
    steps.sort_by_key(|step| step.name);
    let transaction = database.write().await?;
    transaction.connection().execute_unprepared(TABLE).await?;
    let known: BTreeMap<&str, &Migration> = steps.iter().map(|step| (step.name, step)).collect();
    let applied: Vec<Applied> =
        transaction.all("SELECT name FROM migration ORDER BY position", NONE).await?;
    if let Some(newer) = applied.iter().find(|row| !known.contains_key(row.name.as_str())) {
        return Err(StoreError::Newer(newer.name.clone()));
    }
    let mut position = i64::try_from(applied.len()).unwrap_or(i64::MAX);
    for step in steps.iter().filter(|step| applied.iter().all(|row| row.name != step.name)) {
        position += 1;
        run(&transaction, database.backend(), step, position).await?;
    }
    transaction.commit().await
}

async fn run(
    transaction: &WriteTransaction,
    backend: Backend,
    step: &Migration,
    position: i64,
) -> Result<(), StoreError> {
    let (uuid, bytes) = match backend {
        Backend::Sqlite => ("BLOB", "BLOB"),
        Backend::Postgres => ("UUID", "BYTEA"),
    };
    let sql = step.sql.replace("{uuid}", uuid).replace("{bytes}", bytes);
    for statement in sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        transaction.connection().execute_unprepared(statement).await?;
    }
    let insert = "INSERT INTO migration (name, position) VALUES ($1, $2)";
    transaction.execute(insert, [step.name.into(), position.into()]).await?;
    Ok(())
}
