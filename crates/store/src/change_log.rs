//! The change log: what each commit changed, under a gapless revision taken from one head row in the same transaction.

use jiff::Timestamp;
use kernel::Revision;
use sea_orm::FromQueryResult;

use crate::{
    Migration, StoreError, WriteTransaction, database::NONE, time::micros, transaction::Run,
};

/// The tables of this module.
pub const MIGRATION: Migration = Migration {
    name: "20261121_change_log",
    sql: "
CREATE TABLE head (id BIGINT PRIMARY KEY CHECK (id = 1), revision BIGINT NOT NULL);
CREATE TABLE change_log (revision BIGINT PRIMARY KEY, at BIGINT NOT NULL, changes TEXT NOT NULL);
INSERT INTO head (id, revision) VALUES (1, 0);
",
};

/// One entry of the log.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Entry {
    revision: i64,
    /// What changed, as JSON that the writer of the entry understands.
    pub changes: String,
}

impl Entry {
    /// The revision that the entry made.
    pub fn revision(&self) -> Revision {
        Revision(self.revision.unsigned_abs())
    }
}

#[derive(FromQueryResult)]
struct Head {
    revision: i64,
}

/// The revision of the last commit, as this transaction sees it.
pub async fn head(run: &impl Run) -> Result<Revision, StoreError> {
    let head: Option<Head> = run.one("SELECT revision FROM head WHERE id = 1", NONE).await?;
    let head = head.ok_or_else(|| StoreError::Corrupt("the head row is missing".into()))?;
    Ok(Revision(head.revision.unsigned_abs()))
}

/// Takes the next revision and writes its entry.
pub async fn append(
    transaction: &WriteTransaction,
    at: Timestamp,
    changes: &str,
) -> Result<Revision, StoreError> {
    let sql = "UPDATE head SET revision = revision + 1 WHERE id = 1 RETURNING revision";
    let head: Option<Head> = transaction.one(sql, NONE).await?;
    let head = head.ok_or_else(|| StoreError::Corrupt("the head row is missing".into()))?;
    let sql = "INSERT INTO change_log (revision, at, changes) VALUES ($1, $2, $3)";
    transaction.execute(sql, [head.revision.into(), micros(at).into(), changes.into()]).await?;
    Ok(Revision(head.revision.unsigned_abs()))
}

/// The entries after a revision, oldest first, at most `limit`.
pub async fn after(
    run: &impl Run,
    revision: Revision,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let after = i64::try_from(revision.0).unwrap_or(i64::MAX);
    let sql =
        "SELECT revision, changes FROM change_log WHERE revision > $1 ORDER BY revision LIMIT $2";
    run.all(sql, [after.into(), limit.into()]).await
}
