//! Migrations: each crate exports its own, they run in the order of their names, all in one transaction under the
//! write lock, so that two servers that start at once do not meet.

use std::collections::BTreeSet;

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

/// Brings the schema up to this release. Refuses a database that has a step this release does not know. While servers may
/// run, [`ServerLock::enter`](crate::lock::ServerLock::enter) does it.
pub async fn migrate(database: &Database, steps: Vec<Migration>) -> Result<(), StoreError> {
    let pending = Pending::find(database, steps).await?;
    pending.apply(database.backend()).await?;
    pending.transaction.commit().await
}

/// The steps that a database lacks, in a transaction that holds the write lock.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) transaction: WriteTransaction,
    pub(crate) steps: Vec<Migration>,
    /// How many it has.
    pub(crate) applied: i64,
}

impl Pending {
    pub(crate) async fn find(
        database: &Database,
        mut steps: Vec<Migration>,
    ) -> Result<Self, StoreError> {
        steps.sort_by_key(|step| step.name);
        let transaction = database.write().await?;
        transaction.connection().execute_unprepared(TABLE).await?;
        let rows: Vec<Applied> =
            transaction.all("SELECT name FROM migration ORDER BY position", NONE).await?;
        let known: BTreeSet<&str> = steps.iter().map(|step| step.name).collect();
        if let Some(newer) = rows.iter().find(|row| !known.contains(row.name.as_str())) {
            return Err(StoreError::Newer(newer.name.clone()));
        }
        steps.retain(|step| rows.iter().all(|row| row.name != step.name));
        let applied = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(Self { transaction, steps, applied })
    }

    pub(crate) async fn apply(&self, backend: Backend) -> Result<(), StoreError> {
        for (step, position) in self.steps.iter().zip(self.applied + 1..) {
            run(&self.transaction, backend, step, position).await?;
        }
        Ok(())
    }
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
