//! The table of letters that wait.

use jiff::Timestamp;
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

/// The tables of this crate.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261124_mail",
    sql: "
CREATE TABLE outbox (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES node (id),
  kind TEXT NOT NULL,
  sealed {bytes} NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  good_until BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_user ON outbox (user_id);
",
};

/// A letter that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) user: NodeId,
    pub(crate) kind: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) attempts: i64,
    pub(crate) good_until: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    kind: String,
    sealed: Vec<u8>,
    attempts: i64,
    good_until: i64,
}

impl TryFrom<Row> for Waiting {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user: NodeId(row.user_id),
            kind: row.kind,
            sealed: row.sealed,
            attempts: row.attempts,
            good_until: from_micros(row.good_until)?,
        })
    }
}

/// Adds a letter, due at once.
pub(crate) async fn insert(
    tx: &WriteTransaction,
    letter: &Waiting,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO outbox (id, user_id, kind, sealed, due_at, attempts, good_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values: [Value; 7] = [
        letter.id.into(),
        letter.user.0.into(),
        letter.kind.as_str().into(),
        letter.sealed.clone().into(),
        micros(now).into(),
        letter.attempts.into(),
        micros(letter.good_until).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Takes the letter that has been due for longest, in one statement: until `leased` nobody else takes it, and then
/// somebody may, as whoever had it must have died.
pub(crate) async fn take(
    run: &impl Run,
    now: Timestamp,
    leased: Timestamp,
) -> Result<Option<Waiting>, StoreError> {
    let sql = "UPDATE outbox SET due_at = $2, attempts = attempts + 1
        WHERE due_at <= $1 AND id = (
          SELECT id FROM outbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1)
        RETURNING id, user_id, kind, sealed, attempts, good_until";
    let row: Option<Row> = run.one(sql, [micros(now).into(), micros(leased).into()]).await?;
    row.map(Waiting::try_from).transpose()
}

/// The letter is tried again at that moment.
pub(crate) async fn put_off(run: &impl Run, id: Uuid, due_at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET due_at = $2 WHERE id = $1";
    run.execute(sql, [id.into(), micros(due_at).into()]).await.map(drop)
}

/// The letter was sent, or is given up.
pub(crate) async fn remove(run: &impl Run, id: Uuid) -> Result<(), StoreError> {
    run.execute("DELETE FROM outbox WHERE id = $1", [id.into()]).await.map(drop)
}

/// What waits for a user.
pub(crate) async fn waiting_for(run: &impl Run, user: NodeId) -> Result<Vec<Waiting>, StoreError> {
    let sql = "SELECT id, user_id, kind, sealed, attempts, good_until FROM outbox
        WHERE user_id = $1 ORDER BY id";
    let rows: Vec<Row> = run.all(sql, [user.0.into()]).await?;
    rows.into_iter().map(Waiting::try_from).collect()
}

/// Removes what waits for a user.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM outbox WHERE user_id = $1", [user.0.into()]).await.map(drop)
}
