//! The table `known_device`: which device has signed in as whom. A row has a counter of tries of its own.

use jiff::Timestamp;
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, WriteTransaction, micros};
use uuid::Uuid;

/// The table.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261125_known_device",
    sql: "
CREATE TABLE known_device (
  counter {uuid} PRIMARY KEY,
  device {uuid} NOT NULL,
  user_id {uuid} NOT NULL REFERENCES node (id),
  hash {bytes} NOT NULL,
  last_used_at BIGINT NOT NULL,
  UNIQUE (device, user_id)
);
CREATE INDEX known_device_user ON known_device (user_id, last_used_at);
",
};

/// How many devices of a user are known: those used last.
const MOST: usize = 20;

/// A device as it is known for a user.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct KnownDevice {
    /// The counter of its tries.
    pub(crate) counter: Uuid,
    hash: Vec<u8>,
}

impl KnownDevice {
    /// The hash of its secret; none if the row is damaged.
    pub(crate) fn hash(&self) -> Option<[u8; 32]> {
        self.hash.as_slice().try_into().ok()
    }
}

/// The device, if it was used to sign in as this user since that moment.
pub(crate) async fn find(
    run: &impl Run,
    device: Uuid,
    user: Uuid,
    since: Timestamp,
) -> Result<Option<KnownDevice>, StoreError> {
    let sql = "SELECT counter, hash FROM known_device WHERE device = $1 AND user_id = $2 AND last_used_at >= $3";
    run.one(sql, [device.into(), user.into(), micros(since).into()]).await
}

/// The device, whoever used it since that moment.
pub(crate) async fn find_of_anybody(
    run: &impl Run,
    device: Uuid,
    since: Timestamp,
) -> Result<Option<KnownDevice>, StoreError> {
    let sql =
        "SELECT counter, hash FROM known_device WHERE device = $1 AND last_used_at >= $2 LIMIT 1";
    run.one(sql, [device.into(), micros(since).into()]).await
}

/// Writes that the user has signed in with the device, and forgets those of his devices that were not used for longest.
pub(crate) async fn save(
    transaction: &WriteTransaction,
    (device, hash): (Uuid, [u8; 32]),
    counter: Uuid,
    user: NodeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO known_device (counter, device, user_id, hash, last_used_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (device, user_id) DO UPDATE SET hash = excluded.hash, last_used_at = excluded.last_used_at";
    let values =
        [counter.into(), device.into(), user.0.into(), hash.to_vec().into(), micros(now).into()];
    transaction.execute(sql, values).await?;
    let kept = format!(
        "SELECT counter FROM known_device WHERE user_id = $1 ORDER BY last_used_at DESC, counter DESC LIMIT {MOST}"
    );
    let sql = format!("DELETE FROM known_device WHERE user_id = $1 AND counter NOT IN ({kept})");
    transaction.execute(&sql, [user.0.into()]).await.map(drop)
}

/// Forgets the devices of a user.
pub(crate) async fn forget(run: &impl Run, user: NodeId) -> Result<(), StoreError> {
    run.execute("DELETE FROM known_device WHERE user_id = $1", [user.0.into()]).await.map(drop)
}

/// When the devices of a user were used last, in microseconds.
pub(crate) async fn last_used(run: &impl Run, user: NodeId) -> Result<Vec<i64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        last_used_at: i64,
    }
    let sql = "SELECT last_used_at FROM known_device WHERE user_id = $1 ORDER BY last_used_at DESC";
    let rows: Vec<Row> = run.all(sql, [user.0.into()]).await?;
    Ok(rows.into_iter().map(|row| row.last_used_at).collect())
}
