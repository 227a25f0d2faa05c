//! The change log: what each commit changed, under a gapless revision taken from one head row in the same transaction.
//! On PostgreSQL each commit also tells those who listen ([`crate::watch`]).

use jiff::Timestamp;
use kernel::Revision;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use crate::{
    Migration, StoreError, WriteTransaction, database::NONE, time::micros, transaction::Run,
};

/// The tables of this module.
pub const MIGRATIONS: &[Migration] = &[TABLES, EPOCH];

const TABLES: Migration = Migration {
    name: "20261121_change_log",
    sql: "
CREATE TABLE head (id BIGINT PRIMARY KEY CHECK (id = 1), revision BIGINT NOT NULL);
CREATE TABLE change_log (revision BIGINT PRIMARY KEY, at BIGINT NOT NULL, changes TEXT NOT NULL);
INSERT INTO head (id, revision) VALUES (1, 0);
",
};

const EPOCH: Migration = Migration {
    name: "20261124_head_epoch",
    sql: "ALTER TABLE head ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0",
};

/// The PostgreSQL channel on which each commit tells its revision.
pub const CHANNEL: &str = "portcullis_revision";

/// Where a history stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tip {
    /// The revision of the last commit.
    pub revision: Revision,
    /// When its entry was written, in microseconds; 0 before the first. It tells this revision from one of the same
    /// number in another history: a restored copy, a standby that had not seen the last commits.
    pub at: i64,
    /// How often somebody had the database alone, to change what running servers rely on.
    pub epoch: i64,
}

/// What a look at the head tells whoever knows a [`Tip`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The revision of the last commit.
    pub revision: Revision,
    /// As in [`Tip`].
    pub epoch: i64,
    /// When the entry of the known revision was written; none: the log does not have it (any more).
    pub known_at: Option<i64>,
}

/// The SQL of a look; its parameter is the known revision.
pub(crate) const LOOK: &str = "SELECT head.revision, head.epoch, change_log.at AS known_at FROM head \
    LEFT JOIN change_log ON change_log.revision = $1 WHERE head.id = 1";
/// The SQL of [`after`]; its parameters are the revision and the limit.
pub(crate) const AFTER: &str = "SELECT revision, at, changes FROM change_log WHERE revision > $1 \
    ORDER BY revision LIMIT $2";

/// One entry of the log.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Entry {
    pub(crate) revision: i64,
    /// When it was written, in microseconds.
    pub at: i64,
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

/// Where the history stands, as this transaction sees it.
pub async fn tip(run: &impl Run) -> Result<Tip, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        revision: i64,
        epoch: i64,
        at: Option<i64>,
    }
    let sql = "SELECT head.revision, head.epoch, change_log.at FROM head
        LEFT JOIN change_log ON change_log.revision = head.revision WHERE head.id = 1";
    let row: Option<Row> = run.one(sql, NONE).await?;
    let Row { revision, epoch, at } = row.ok_or_else(no_head)?;
    Ok(Tip { revision: Revision(revision.unsigned_abs()), at: at.unwrap_or(0), epoch })
}

/// Looks at the head, for who knows this revision.
pub async fn look(run: &impl Run, known: Revision) -> Result<Look, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        revision: i64,
        epoch: i64,
        known_at: Option<i64>,
    }
    let row: Option<Row> = run.one(LOOK, [signed(known).into()]).await?;
    let Row { revision, epoch, known_at } = row.ok_or_else(no_head)?;
    Ok(Look { revision: Revision(revision.unsigned_abs()), epoch, known_at })
}

/// The revision of the last commit, as this transaction sees it.
pub async fn head(run: &impl Run) -> Result<Revision, StoreError> {
    let head: Option<Head> = run.one("SELECT revision FROM head WHERE id = 1", NONE).await?;
    let head = head.ok_or_else(no_head)?;
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
    let head = head.ok_or_else(no_head)?;
    let sql = "INSERT INTO change_log (revision, at, changes) VALUES ($1, $2, $3)";
    transaction.execute(sql, [head.revision.into(), micros(at).into(), changes.into()]).await?;
    if transaction.connection().get_database_backend() == DbBackend::Postgres {
        // Told at the commit, and not at all without one.
        let values = [CHANNEL.into(), head.revision.to_string().into()];
        transaction.execute("SELECT pg_notify($1, $2)", values).await?;
    }
    Ok(Revision(head.revision.unsigned_abs()))
}

/// The entries after a revision, oldest first, at most `limit`.
pub async fn after(
    run: &impl Run,
    revision: Revision,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    run.all(AFTER, [signed(revision).into(), limit.into()]).await
}

/// The oldest entry that the log still has; none: it has none.
pub async fn oldest(run: &impl Run) -> Result<Option<Revision>, StoreError> {
    let sql = "SELECT revision FROM change_log ORDER BY revision LIMIT 1";
    let oldest: Option<Head> = run.one(sql, NONE).await?;
    Ok(oldest.map(|row| Revision(row.revision.unsigned_abs())))
}

/// Removes entries that were written before `at`, at most `limit` of them, oldest first; the last one always stays.
/// Tells how many went.
pub async fn prune(run: &impl Run, at: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM change_log WHERE at < $1 AND revision < (SELECT revision FROM head)
        AND revision < (SELECT MIN(revision) FROM change_log) + $2";
    run.execute(sql, [micros(at).into(), limit.into()]).await
}

/// Tells all servers that what they rely on has changed: they stop. The caller has the database alone.
pub(crate) async fn next_epoch(transaction: &WriteTransaction) -> Result<(), StoreError> {
    transaction.execute("UPDATE head SET epoch = epoch + 1 WHERE id = 1", NONE).await.map(drop)
}

pub(crate) fn signed(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

pub(crate) fn no_head() -> StoreError {
    StoreError::Corrupt("the head row is missing".into())
}
