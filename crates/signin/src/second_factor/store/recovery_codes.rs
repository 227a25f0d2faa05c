//! The table `recovery_code`. Of a code only the hash is kept.

use jiff::Timestamp;
use kernel::NodeId;
use store::{Migration, Run, StoreError, WriteTransaction, micros};

use super::UseUp;

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261130_recovery_code",
    sql: "
CREATE TABLE recovery_code (
  user_id {uuid} NOT NULL REFERENCES node (id),
  hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (user_id, hash)
);
",
};

/// Gives a user these codes instead of those before.
pub(crate) async fn replace(
    tx: &WriteTransaction,
    user: NodeId,
    hashes: &[[u8; 32]],
    now: Timestamp,
) -> Result<(), StoreError> {
    forget_user(tx, user).await?;
    let sql = "INSERT INTO recovery_code (user_id, hash, created_at) VALUES ($1, $2, $3)";
    for hash in hashes {
        tx.execute(sql, [user.0.into(), hash.to_vec().into(), micros(now).into()]).await?;
    }
    Ok(())
}

/// How many codes of a user are good still.
pub(crate) async fn count_left(run: &impl Run, user: NodeId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM recovery_code WHERE user_id = $1 AND used_at IS NULL";
    run.number(sql, [user.0.into()]).await
}

/// Takes a code.
pub(crate) fn use_up(user: NodeId, hash: &[u8; 32], now: Timestamp) -> UseUp {
    let sql = "UPDATE recovery_code SET used_at = $3
        WHERE user_id = $1 AND hash = $2 AND used_at IS NULL";
    UseUp { sql, values: vec![user.0.into(), hash.to_vec().into(), micros(now).into()] }
}

/// Removes the codes of a user.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_code WHERE user_id = $1", [user.0.into()]).await.map(drop)
}
