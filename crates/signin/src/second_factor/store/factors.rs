//! The table `second_factor`. What a factor needs (a secret, an address) is sealed under `APP_KEY`.

use jiff::Timestamp;
use kernel::{FactorId, NodeId};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use super::UseUp;
use crate::second_factor::{factor::Factor, method::Method};

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261130_second_factor",
    sql: "
CREATE TABLE second_factor (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES node (id),
  method TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  last_used_at BIGINT,
  last_step BIGINT NOT NULL DEFAULT 0,
  code_hash {bytes},
  code_expires_at BIGINT,
  code_tries BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT
);
CREATE INDEX second_factor_user ON second_factor (user_id, created_at);
",
};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    method: String,
    name: String,
    sealed: Vec<u8>,
    created_at: i64,
    confirmed_at: Option<i64>,
    last_used_at: Option<i64>,
    sent_at: Option<i64>,
    sign_count: i64,
}

impl TryFrom<Row> for Factor {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let method = Method::parse(&row.method);
        Ok(Self {
            method: method
                .ok_or_else(|| StoreError::Corrupt(format!("second factor {}", row.id)))?,
            id: FactorId(row.id),
            user: NodeId(row.user_id),
            name: row.name,
            sealed: row.sealed,
            created_at: from_micros(row.created_at)?,
            confirmed_at: row.confirmed_at.map(from_micros).transpose()?,
            last_used_at: row.last_used_at.map(from_micros).transpose()?,
            sent_at: row.sent_at.map(from_micros).transpose()?,
            sign_count: row.sign_count,
        })
    }
}

/// The factors of a user, oldest first; those that are not confirmed among them.
pub(crate) async fn of_user(run: &impl Run, user: NodeId) -> Result<Vec<Factor>, StoreError> {
    that(run, "user_id = $1", vec![user.0.into()]).await
}

/// The factors that a condition admits, oldest first.
pub(super) async fn that(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Factor>, StoreError> {
    let sql = format!(
        "SELECT id, user_id, method, name, sealed, created_at, confirmed_at, last_used_at, sent_at, sign_count
        FROM second_factor WHERE {condition} ORDER BY created_at, id"
    );
    let rows: Vec<Row> = run.all(&sql, values).await?;
    rows.into_iter().map(Factor::try_from).collect()
}

/// Whether a user has a passkey that counts and was made at that moment.
pub(crate) async fn has_passkey(
    run: &impl Run,
    user: NodeId,
    created_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM second_factor
        WHERE user_id = $1 AND method = $2 AND created_at = $3 AND confirmed_at IS NOT NULL";
    let values: [Value; 3] =
        [user.0.into(), Method::Passkey.name().into(), micros(created_at).into()];
    Ok(run.number(sql, values).await? > 0)
}

/// Whether a user has a factor that counts.
pub(crate) async fn has_confirmed(run: &impl Run, user: NodeId) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM second_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL";
    Ok(run.number(sql, [user.0.into()]).await? > 0)
}

/// Adds a factor. The user's others that wait for their first code go: those of the same type, and those begun before
/// `forgotten`.
pub(crate) async fn insert(
    tx: &WriteTransaction,
    factor: &Factor,
    forgotten: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM second_factor
        WHERE user_id = $1 AND confirmed_at IS NULL AND (created_at <= $2 OR method = $3)";
    let values: [Value; 3] =
        [factor.user.0.into(), micros(forgotten).into(), factor.method.name().into()];
    tx.execute(sql, values).await?;
    let sql = "INSERT INTO second_factor (id, user_id, method, name, sealed, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        factor.id.0.into(),
        factor.user.0.into(),
        factor.method.name().into(),
        factor.name.as_str().into(),
        factor.sealed.clone().into(),
        micros(factor.created_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// From now on it counts, in one statement; false if it did already, or is gone.
pub(crate) async fn confirm(
    tx: &WriteTransaction,
    id: FactorId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE second_factor SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
    Ok(tx.execute(sql, [id.0.into(), micros(now).into()]).await? == 1)
}

/// Removes a factor; false if it is gone.
pub(crate) async fn delete(tx: &WriteTransaction, id: FactorId) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM second_factor WHERE id = $1", [id.0.into()]).await? == 1)
}

/// Removes the factors of a user, and tells how many there were.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM second_factor WHERE user_id = $1", [user.0.into()]).await
}

/// Takes the code of a step: it and those before are good no more.
pub(crate) fn use_step(id: FactorId, step: i64, now: Timestamp) -> UseUp {
    let sql = "UPDATE second_factor SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2";
    UseUp { sql, values: vec![id.0.into(), step.into(), micros(now).into()] }
}

/// A code that goes to a user.
pub(crate) struct NewCode {
    pub(crate) hash: [u8; 32],
    pub(crate) expires_at: Timestamp,
    pub(crate) now: Timestamp,
    /// One that was sent after this moment stays, and no other is sent.
    pub(crate) not_since: Timestamp,
}

/// Puts a code in the place of the one before, in one statement; false if that is too soon.
pub(crate) async fn save_code(
    tx: &WriteTransaction,
    id: FactorId,
    code: &NewCode,
) -> Result<bool, StoreError> {
    let sql = "UPDATE second_factor
        SET code_hash = $2, code_expires_at = $3, code_tries = 0, sent_at = $4
        WHERE id = $1 AND (sent_at IS NULL OR sent_at <= $5)";
    let values: [Value; 5] = [
        id.0.into(),
        code.hash.to_vec().into(),
        micros(code.expires_at).into(),
        micros(code.now).into(),
        micros(code.not_since).into(),
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Counts an answer to a code before it is judged, in one statement; false if there is no code that takes one.
pub(crate) async fn count_code_try(
    run: &impl Run,
    id: FactorId,
    most: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE second_factor SET code_tries = code_tries + 1
        WHERE id = $1 AND code_hash IS NOT NULL AND code_expires_at > $2 AND code_tries < $3";
    Ok(run.execute(sql, [id.0.into(), micros(now).into(), most.into()]).await? == 1)
}

/// The hash of the code that was sent last, if it is good still.
pub(crate) async fn code_hash(
    run: &impl Run,
    id: FactorId,
    now: Timestamp,
) -> Result<Option<[u8; 32]>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        code_hash: Vec<u8>,
    }
    let sql = "SELECT code_hash FROM second_factor
        WHERE id = $1 AND code_hash IS NOT NULL AND code_expires_at > $2";
    let found: Option<Found> = run.one(sql, [id.0.into(), micros(now).into()]).await?;
    found.map(|found| super::hash(&found.code_hash, "a code")).transpose()
}

/// Takes a code that was sent.
pub(crate) fn use_code(id: FactorId, hash: &[u8; 32], now: Timestamp) -> UseUp {
    let sql = "UPDATE second_factor SET code_hash = NULL, last_used_at = $3
        WHERE id = $1 AND code_hash = $2 AND code_expires_at > $3";
    UseUp { sql, values: vec![id.0.into(), hash.to_vec().into(), micros(now).into()] }
}
