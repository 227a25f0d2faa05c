//! The table `lockout`: tries by counter. A counter is a user, a name that is nobody's, a known device, or a source.

use jiff::{SignedDuration, Timestamp};
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, from_micros, micros};
use uuid::Uuid;

/// Counters of sources, and since when they count.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261125_lockout_by_source",
    sql: "
ALTER TABLE lockout ADD COLUMN source TEXT;
ALTER TABLE lockout ADD COLUMN first_at BIGINT;
ALTER TABLE lockout ADD COLUMN locked_at BIGINT;
CREATE INDEX lockout_locked_until ON lockout (locked_until);
",
};

/// A condition on `u.id`: a user whom failures lock at the moment `$1`.
pub(crate) const IS_LOCKED: &str =
    "EXISTS (SELECT 1 FROM lockout l WHERE l.who = u.id AND l.locked_until > $1)";

/// How many tries a counter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The try that locks.
    pub(crate) most: i64,
    /// For how long; zero: until the window is over.
    pub(crate) lock: SignedDuration,
    /// Tries count for so long from the first on; zero: until a success.
    pub(crate) window: SignedDuration,
}

/// A try that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Until when the counter is locked, if this try was the last one.
    pub(crate) locked_until: Option<Timestamp>,
}

/// A lock that failures have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountedLock {
    pub(crate) who: Uuid,
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
}

#[derive(FromQueryResult)]
struct Until {
    locked_until: Option<i64>,
}

/// Until when one of these counters is locked, if any ever was.
pub(crate) async fn locked_until(
    run: &impl Run,
    one: Uuid,
    other: Option<Uuid>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MAX(locked_until) AS locked_until FROM lockout WHERE who IN ($1, $2)";
    let row: Option<Until> = run.one(sql, [one.into(), other.unwrap_or(one).into()]).await?;
    row.and_then(|row| row.locked_until).map(from_micros).transpose()
}

/// Counts a try before it is known how it ends, and lets it through unless the counter is locked: in one statement, so
/// that all servers together let through no more than the limit. The last one locks; a success takes that back.
pub(crate) async fn take_try(
    run: &impl Run,
    who: Uuid,
    source: Option<String>,
    limit: &Limit,
    now: Timestamp,
) -> Result<Option<Taken>, StoreError> {
    // What is updated is not locked: so a lock that is there is over, and the count begins anew.
    let anew = "(lockout.locked_until IS NOT NULL OR ($5 > 0 AND COALESCE(lockout.first_at, $2) + $5 <= $2))";
    let failures = format!("CASE WHEN {anew} THEN 1 ELSE lockout.failures + 1 END");
    let first = format!("CASE WHEN {anew} THEN $2 ELSE COALESCE(lockout.first_at, $2) END");
    let sql = format!(
        "INSERT INTO lockout (who, source, failures, first_at, locked_at, locked_until)
        VALUES ($1, $6, 1, $2, CASE WHEN $3 <= 1 THEN $2 END,
          CASE WHEN $3 <= 1 THEN $2 + CASE WHEN $4 > 0 THEN $4 ELSE $5 END END)
        ON CONFLICT (who) DO UPDATE SET
          failures = {failures},
          first_at = {first},
          locked_at = CASE WHEN ({failures}) >= $3 THEN $2 END,
          locked_until = CASE WHEN ({failures}) >= $3
            THEN CASE WHEN $4 > 0 THEN $2 + $4 ELSE ({first}) + $5 END END
        WHERE lockout.locked_until IS NULL OR lockout.locked_until <= $2
        RETURNING locked_until"
    );
    let values = [
        who.into(),
        micros(now).into(),
        limit.most.into(),
        in_micros(limit.lock).into(),
        in_micros(limit.window).into(),
        source.into(),
    ];
    let row: Option<Until> = run.one(&sql, values).await?;
    row.map(|row| Ok(Taken { locked_until: row.locked_until.map(from_micros).transpose()? }))
        .transpose()
}

/// Takes back a try that was not looked at.
pub(crate) async fn give_back_try(run: &impl Run, who: Uuid) -> Result<(), StoreError> {
    let sql = "UPDATE lockout SET failures = failures - 1, locked_at = NULL, locked_until = NULL
        WHERE who = $1 AND failures > 0";
    run.execute(sql, [who.into()]).await.map(drop)
}

/// Forgets the tries of a counter.
pub(crate) async fn reset_tries(run: &impl Run, who: Uuid) -> Result<(), StoreError> {
    run.execute("DELETE FROM lockout WHERE who = $1", [who.into()]).await.map(drop)
}

/// Forgets the tries at a user, from known devices and from elsewhere.
pub(crate) async fn reset_tries_of_user(run: &impl Run, user: NodeId) -> Result<(), StoreError> {
    let sql = "DELETE FROM lockout
        WHERE who = $1 OR who IN (SELECT counter FROM known_device WHERE user_id = $1)";
    run.execute(sql, [user.0.into()]).await.map(drop)
}

/// Removes the counters of sources that are not locked and whose first failure was before `before`.
pub(crate) async fn purge_sources(
    run: &impl Run,
    before: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM lockout WHERE source IS NOT NULL AND first_at < $1
        AND (locked_until IS NULL OR locked_until <= $2)";
    run.execute(sql, [micros(before).into(), micros(now).into()]).await.map(drop)
}

/// The locks of users that hold now, of those between two ids.
pub(crate) async fn counted_locks(
    run: &impl Run,
    first: NodeId,
    last: NodeId,
    now: Timestamp,
) -> Result<Vec<CountedLock>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        who: Uuid,
        locked_at: i64,
        locked_until: i64,
    }
    let sql = "SELECT who, COALESCE(locked_at, first_at, 0) AS locked_at, locked_until FROM lockout
        WHERE who >= $1 AND who <= $2 AND locked_until > $3 AND source IS NULL";
    let rows: Vec<Row> = run.all(sql, [first.0.into(), last.0.into(), micros(now).into()]).await?;
    let lock = |row: Row| {
        let (since, until) = (from_micros(row.locked_at)?, from_micros(row.locked_until)?);
        Ok(CountedLock { who: row.who, since, until })
    };
    rows.into_iter().map(lock).collect()
}

/// The sources that are locked now, after one of them: which, since when, until when.
pub(crate) async fn locked_sources(
    run: &impl Run,
    like: &str,
    after: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(String, Timestamp, Timestamp)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        source: String,
        locked_at: i64,
        locked_until: i64,
    }
    let sql = format!(
        "SELECT source, COALESCE(locked_at, first_at, 0) AS locked_at, locked_until FROM lockout
        WHERE source IS NOT NULL AND locked_until > $1 AND source LIKE LOWER($2) ESCAPE '\\' AND source > $3
        ORDER BY source LIMIT {limit}"
    );
    let rows: Vec<Row> = run.all(&sql, [micros(now).into(), like.into(), after.into()]).await?;
    let lock =
        |row: Row| Ok((row.source, from_micros(row.locked_at)?, from_micros(row.locked_until)?));
    rows.into_iter().map(lock).collect()
}

/// Forgets the failures of a source; false if there are none.
pub(crate) async fn forget_source(run: &impl Run, counter: Uuid) -> Result<bool, StoreError> {
    let sql = "DELETE FROM lockout WHERE who = $1 AND source IS NOT NULL";
    Ok(run.execute(sql, [counter.into()]).await? > 0)
}

fn in_micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}
