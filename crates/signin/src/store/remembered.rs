//! The table `remembered_device`: devices on which a sign-in is remembered. Of a cookie only the hash is kept.

use jiff::Timestamp;
use kernel::{NodeId, RememberedId, SessionId};
use protocol::secret_token::Rotation;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use super::{SESSION, SessionRow};
use crate::{model::Session, remember::Remembered};

/// The table, and what sessions and challenges know of it. Rows name no session and realm that must stay.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261206_remember",
    sql: "
CREATE TABLE remembered_device (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES node (id),
  at_realm {uuid} NOT NULL,
  hash {bytes} NOT NULL,
  generation BIGINT NOT NULL,
  rotated_at BIGINT NOT NULL,
  signed_in_at BIGINT NOT NULL,
  method TEXT NOT NULL,
  credential_of BIGINT NOT NULL,
  device_hash {bytes} NOT NULL,
  device_name TEXT,
  user_agent TEXT,
  with_cookie BOOLEAN NOT NULL,
  last_session {uuid}
);
CREATE INDEX remembered_device_user ON remembered_device (user_id, rotated_at);
CREATE INDEX remembered_device_rotated ON remembered_device (rotated_at);
CREATE INDEX remembered_device_signed_in ON remembered_device (signed_in_at);
ALTER TABLE session ADD COLUMN signed_in_at BIGINT;
ALTER TABLE session ADD COLUMN remembered {uuid};
ALTER TABLE session ADD COLUMN device_hash {bytes};
CREATE INDEX session_remembered ON session (remembered, id) WHERE remembered IS NOT NULL;
ALTER TABLE challenge ADD COLUMN remember_at TEXT;
ALTER TABLE challenge ADD COLUMN steps_up {uuid};
",
};

const COLUMNS: &str = "id, user_id, at_realm, hash, generation, rotated_at, signed_in_at, method, \
    credential_of, device_hash, device_name, user_agent, with_cookie, last_session";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    at_realm: Uuid,
    hash: Vec<u8>,
    generation: i64,
    rotated_at: i64,
    signed_in_at: i64,
    method: String,
    credential_of: i64,
    device_hash: Vec<u8>,
    device_name: Option<String>,
    user_agent: Option<String>,
    with_cookie: bool,
    last_session: Option<Uuid>,
}

impl TryFrom<Row> for Remembered {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let hash = |bytes: &[u8]| {
            <[u8; 32]>::try_from(bytes)
                .map_err(|_| StoreError::Corrupt(format!("a hash of the remembered {}", row.id)))
        };
        Ok(Self {
            rotation: Rotation {
                hash: hash(&row.hash)?,
                generation: row.generation,
                rotated_at: from_micros(row.rotated_at)?,
            },
            device: hash(&row.device_hash)?,
            id: RememberedId(row.id),
            user: NodeId(row.user_id),
            at_realm: NodeId(row.at_realm),
            signed_in_at: from_micros(row.signed_in_at)?,
            method: row.method,
            credential_of: from_micros(row.credential_of)?,
            device_name: row.device_name,
            user_agent: row.user_agent,
            with_cookie: row.with_cookie,
            last_session: row.last_session.map(SessionId),
        })
    }
}

/// Keeps a device.
pub(crate) async fn insert(
    transaction: &WriteTransaction,
    device: &Remembered,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO remembered_device ({COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    let values: [Value; 14] = [
        device.id.0.into(),
        device.user.0.into(),
        device.at_realm.0.into(),
        device.rotation.hash.to_vec().into(),
        device.rotation.generation.into(),
        micros(device.rotation.rotated_at).into(),
        micros(device.signed_in_at).into(),
        device.method.clone().into(),
        micros(device.credential_of).into(),
        device.device.to_vec().into(),
        device.device_name.clone().into(),
        device.user_agent.clone().into(),
        device.with_cookie.into(),
        device.last_session.map(|session| session.0).into(),
    ];
    transaction.execute(&sql, values).await.map(drop)
}

/// A device.
pub(crate) async fn find(
    run: &impl Run,
    id: RememberedId,
) -> Result<Option<Remembered>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM remembered_device WHERE id = $1");
    let row: Option<Row> = run.one(&sql, [id.0.into()]).await?;
    row.map(Remembered::try_from).transpose()
}

/// The devices of a user, the one that was used last first.
pub(crate) async fn of_user(run: &impl Run, user: NodeId) -> Result<Vec<Remembered>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM remembered_device WHERE user_id = $1 ORDER BY rotated_at DESC, id DESC"
    );
    let rows: Vec<Row> = run.all(&sql, [user.0.into()]).await?;
    rows.into_iter().map(Remembered::try_from).collect()
}

/// Puts the next cookie in the place of the present one, and notes the session that it opened, in one statement. False if
/// the present one is another.
pub(crate) async fn rotate(
    transaction: &WriteTransaction,
    device: &Remembered,
    next: &[u8; 32],
    session: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE remembered_device SET hash = $3, generation = generation + 1, rotated_at = $4,
          last_session = $5
        WHERE id = $1 AND hash = $2";
    let values: [Value; 5] = [
        device.id.0.into(),
        device.rotation.hash.to_vec().into(),
        next.to_vec().into(),
        micros(now).into(),
        session.0.into(),
    ];
    Ok(transaction.execute(sql, values).await? == 1)
}

/// Removes a device; false if somebody has before.
pub(crate) async fn delete(
    transaction: &WriteTransaction,
    id: RememberedId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM remembered_device WHERE id = $1";
    Ok(transaction.execute(sql, [id.0.into()]).await? == 1)
}

/// Removes the devices of a user; tells how many there were. A session that goes on is remembered no more.
pub(crate) async fn forget_user(
    transaction: &WriteTransaction,
    user: NodeId,
) -> Result<u64, StoreError> {
    let sql = "UPDATE session SET remembered = NULL WHERE user_id = $1 AND remembered IS NOT NULL";
    transaction.execute(sql, [user.0.into()]).await?;
    let sql = "DELETE FROM remembered_device WHERE user_id = $1";
    transaction.execute(sql, [user.0.into()]).await
}

/// Removes all devices there are.
pub(crate) async fn forget_all(run: &impl Run) -> Result<u64, StoreError> {
    run.execute("DELETE FROM remembered_device", store::database::NONE).await
}

/// Removes devices that were used or made too long ago.
pub(crate) async fn purge(
    transaction: &WriteTransaction,
    used_before: Timestamp,
    made_before: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM remembered_device WHERE rotated_at <= $1 OR signed_in_at <= $2";
    let values = [micros(used_before).into(), micros(made_before).into()];
    transaction.execute(sql, values).await.map(drop)
}

/// The sessions that began on this device and that nobody has ended, oldest first.
pub(crate) async fn open_sessions(
    run: &impl Run,
    id: RememberedId,
) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session WHERE remembered = $1 AND ended_at IS NULL ORDER BY id"
    );
    let rows: Vec<SessionRow> = run.all(&sql, [id.0.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}
