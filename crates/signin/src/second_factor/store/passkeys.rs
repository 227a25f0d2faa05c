//! What passkeys keep beside other factors, and the sign-ins by passkey that were used.

use jiff::{SignedDuration, Timestamp};
use kernel::FactorId;
use store::{Migration, Run, StoreError, Value, WriteTransaction, micros};
use uuid::Uuid;

use super::{UseUp, factors};
use crate::second_factor::factor::Factor;

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261205_passkeys",
    sql: "
ALTER TABLE second_factor ADD COLUMN credential_id {bytes};
ALTER TABLE second_factor ADD COLUMN sign_count BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX second_factor_credential ON second_factor (credential_id);
ALTER TABLE challenge ADD COLUMN ceremony TEXT;
CREATE TABLE used_passkey_sign_in (id {uuid} PRIMARY KEY, expires_at BIGINT NOT NULL);
CREATE INDEX used_passkey_sign_in_expires ON used_passkey_sign_in (expires_at);
",
};

/// So long after its end it is kept that something was used: the clocks of servers may differ.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// A passkey that was just made.
pub(crate) struct NewPasskey {
    pub(crate) sealed: Vec<u8>,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) now: Timestamp,
}

/// Puts a passkey into a factor that waits for it. Nobody else has the same, and nobody has answered meanwhile.
pub(crate) fn register(factor: &Factor, new: NewPasskey) -> UseUp {
    let sql = "UPDATE second_factor
        SET sealed = $2, credential_id = $3, sign_count = $4, last_used_at = $5
        WHERE id = $1 AND confirmed_at IS NULL AND credential_id IS NULL AND sealed = $6
          AND NOT EXISTS (SELECT 1 FROM second_factor other WHERE other.credential_id = $3)";
    let values = vec![
        factor.id.0.into(),
        new.sealed.into(),
        new.credential_id.into(),
        i64::from(new.sign_count).into(),
        micros(new.now).into(),
        factor.sealed.clone().into(),
    ];
    UseUp { sql, values }
}

/// Moves the counter of a passkey on: never back, and never twice to the same. Passkeys without a counter stay at 0.
pub(crate) fn move_on(id: FactorId, sign_count: u32, now: Timestamp) -> UseUp {
    let sql = "UPDATE second_factor SET sign_count = $2, last_used_at = $3
        WHERE id = $1 AND confirmed_at IS NOT NULL
          AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))";
    UseUp { sql, values: vec![id.0.into(), i64::from(sign_count).into(), micros(now).into()] }
}

/// The factor with this credential, if it counts.
pub(crate) async fn find(
    run: &impl Run,
    credential_id: &[u8],
) -> Result<Option<Factor>, StoreError> {
    let condition = "credential_id = $1 AND confirmed_at IS NOT NULL";
    let found = factors::that(run, condition, vec![credential_id.to_vec().into()]).await?;
    Ok(found.into_iter().next())
}

/// Whether a sign-in by passkey was used.
pub(crate) async fn is_used(run: &impl Run, id: Uuid) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM used_passkey_sign_in WHERE id = $1";
    Ok(run.number(sql, [id.into()]).await? > 0)
}

/// Uses a sign-in by passkey that has begun, in one statement; false if somebody else has. What has long been over is
/// forgotten.
pub(crate) async fn use_begun(
    tx: &WriteTransaction,
    id: Uuid,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let forgotten = now.checked_sub(SLACK).unwrap_or(Timestamp::MIN);
    let sql = "DELETE FROM used_passkey_sign_in WHERE expires_at <= $1";
    tx.execute(sql, [micros(forgotten).into()]).await?;
    let sql = "INSERT INTO used_passkey_sign_in (id, expires_at) VALUES ($1, $2)
        ON CONFLICT (id) DO NOTHING";
    let values: [Value; 2] = [id.into(), micros(expires_at).into()];
    Ok(tx.execute(sql, values).await? == 1)
}
