//! Links to a new password, and how often somebody asks for one.

use jiff::Timestamp;
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261124_password_links",
    sql: "
CREATE TABLE password_link (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES node (id),
  hash {bytes} NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX password_link_user ON password_link (user_id, created_at);
CREATE INDEX password_link_created ON password_link (created_at);
CREATE TABLE password_forgotten (source TEXT PRIMARY KEY, since BIGINT NOT NULL, requests BIGINT NOT NULL);
",
};

/// A link to a new password. Its secret is not here.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: Uuid,
    pub(crate) user: NodeId,
    pub(crate) hash: [u8; 32],
    /// Where it was sent.
    pub(crate) address: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Keeps a link, and ends the user's older ones. What was made before `forgotten` is removed.
pub(crate) async fn save(
    tx: &WriteTransaction,
    link: &Link,
    forgotten: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM password_link WHERE created_at < $1";
    tx.execute(sql, [micros(forgotten).into()]).await?;
    end(tx, link.user, link.created_at).await?;
    let sql = "INSERT INTO password_link (id, user_id, hash, address, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        link.id.into(),
        link.user.0.into(),
        link.hash.to_vec().into(),
        link.address.as_str().into(),
        micros(link.created_at).into(),
        micros(link.expires_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Ends the links of a user.
pub(crate) async fn end(
    tx: &WriteTransaction,
    user: NodeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE password_link SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    tx.execute(sql, [user.0.into(), micros(now).into()]).await.map(drop)
}

/// How many links a user got since then, used or not.
pub(crate) async fn count_since(
    run: &impl Run,
    user: NodeId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM password_link WHERE user_id = $1 AND created_at > $2";
    run.number(sql, [user.0.into(), micros(since).into()]).await
}

/// Whose link it is, and where it was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) user: NodeId,
    pub(crate) address: String,
}

#[derive(FromQueryResult)]
struct SentRow {
    user_id: Uuid,
    address: String,
}

impl From<SentRow> for Sent {
    fn from(row: SentRow) -> Self {
        Self { user: NodeId(row.user_id), address: row.address }
    }
}

/// Whose link this is, if it is good: before work that costs; its use is [`take`].
pub(crate) async fn find(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Sent>, StoreError> {
    let sql = "SELECT user_id, address FROM password_link
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    let values = [id.into(), hash.to_vec().into(), micros(now).into()];
    let row: Option<SentRow> = run.one(sql, values).await?;
    Ok(row.map(Sent::from))
}

/// Uses a link, in one statement, and tells whose it is; none if there is no such link, or it was used, or is too old.
pub(crate) async fn take(
    tx: &WriteTransaction,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Sent>, StoreError> {
    let sql = "UPDATE password_link SET used_at = $3
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING user_id, address";
    let values = [id.into(), hash.to_vec().into(), micros(now).into()];
    let row: Option<SentRow> = tx.one(sql, values).await?;
    Ok(row.map(Sent::from))
}

/// Removes the links of a user who goes.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM password_link WHERE user_id = $1", [user.0.into()]).await.map(drop)
}

/// The links that were sent to a user and are kept: where, and when, in microseconds.
pub(crate) async fn sent(run: &impl Run, user: NodeId) -> Result<Vec<(String, i64)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        address: String,
        created_at: i64,
    }
    let sql =
        "SELECT address, created_at FROM password_link WHERE user_id = $1 ORDER BY created_at";
    let rows: Vec<Row> = run.all(sql, [user.0.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.address, row.created_at)).collect())
}

/// How often a source has asked, and since when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requests {
    pub(crate) count: i64,
    pub(crate) since: Timestamp,
}

/// Counts a request of a source, in one statement. What was counted before `forgotten` is forgotten.
pub(crate) async fn count_request(
    run: &impl Run,
    source: &str,
    now: Timestamp,
    forgotten: Timestamp,
) -> Result<Requests, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        requests: i64,
        since: i64,
    }
    let sql = "INSERT INTO password_forgotten (source, since, requests) VALUES ($1, $2, 1)
        ON CONFLICT (source) DO UPDATE SET
          requests = CASE WHEN password_forgotten.since <= $3 THEN 1
            ELSE password_forgotten.requests + 1 END,
          since = CASE WHEN password_forgotten.since <= $3 THEN $2
            ELSE password_forgotten.since END
        RETURNING requests, since";
    let values = [source.into(), micros(now).into(), micros(forgotten).into()];
    let row: Option<Row> = run.one(sql, values).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("a count without a row".into()))?;
    Ok(Requests { count: row.requests, since: from_micros(row.since)? })
}

/// Removes the counts of sources that have not asked since then.
pub(crate) async fn purge_requests(run: &impl Run, forgotten: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM password_forgotten WHERE since <= $1";
    run.execute(sql, [micros(forgotten).into()]).await.map(drop)
}
