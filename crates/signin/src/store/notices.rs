//! Where users have signed in, and when they were told of something.

use jiff::Timestamp;
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, micros};

/// The tables.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261202_notices",
    sql: "
CREATE TABLE known_place (
  user_id {uuid} NOT NULL REFERENCES node (id),
  hash {bytes} NOT NULL,
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, hash)
);
CREATE TABLE notice (
  user_id {uuid} NOT NULL REFERENCES node (id),
  kind TEXT NOT NULL,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, kind)
);
",
};

/// How many places of a user are known: those used last.
const MOST: usize = 20;

/// Where a user has signed in.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Place {
    pub(crate) hash: Vec<u8>,
    pub(crate) last_used_at: i64,
}

impl Place {
    /// Whether it was used since that moment.
    pub(crate) fn is_since(&self, since: Timestamp) -> bool {
        self.last_used_at >= micros(since)
    }
}

/// Where the user has signed in, the last place first.
pub(crate) async fn places(run: &impl Run, user: NodeId) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT hash, last_used_at FROM known_place WHERE user_id = $1
        ORDER BY last_used_at DESC, hash DESC";
    run.all(sql, [user.0.into()]).await
}

/// Notes a sign-in there, and forgets the places that were not used for longest.
pub(crate) async fn save_place(
    tx: &WriteTransaction,
    user: NodeId,
    hash: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO known_place (user_id, hash, last_used_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, hash) DO UPDATE SET last_used_at = excluded.last_used_at";
    tx.execute(sql, [user.0.into(), hash.to_vec().into(), micros(now).into()]).await?;
    let sql = format!(
        "DELETE FROM known_place WHERE user_id = $1 AND hash NOT IN (
           SELECT hash FROM known_place WHERE user_id = $1
           ORDER BY last_used_at DESC, hash DESC LIMIT {MOST})"
    );
    tx.execute(&sql, [user.0.into()]).await.map(drop)
}

/// Notes that the user is told now, in one statement; false if he was told after `since`.
pub(crate) async fn is_due(
    tx: &WriteTransaction,
    user: NodeId,
    kind: &str,
    now: Timestamp,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO notice (user_id, kind, told_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, kind) DO UPDATE SET told_at = excluded.told_at
        WHERE notice.told_at <= $4";
    let values: [Value; 4] = [user.0.into(), kind.into(), micros(now).into(), micros(since).into()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Removes what is kept about a user who goes.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM known_place WHERE user_id = $1", [user.0.into()]).await?;
    tx.execute("DELETE FROM notice WHERE user_id = $1", [user.0.into()]).await.map(drop)
}
