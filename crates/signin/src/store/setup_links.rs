//! The link by which the first user is made.

use jiff::Timestamp;
use store::{Run, StoreError, WriteTransaction, micros};
use uuid::Uuid;

/// Keeps a set-up link, the only one that is good.
pub(crate) async fn save_setup_link(
    transaction: &WriteTransaction,
    id: Uuid,
    hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM setup_link", store::database::NONE).await?;
    let sql = "INSERT INTO setup_link (id, hash, expires_at) VALUES ($1, $2, $3)";
    let values = [id.into(), hash.to_vec().into(), micros(expires_at).into()];
    transaction.execute(sql, values).await.map(drop)
}

/// Uses a set-up link, in one statement; false if there is no such link, or it was used, or is too old.
pub(crate) async fn use_setup_link(
    transaction: &WriteTransaction,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE setup_link SET used_at = $3
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    let values = [id.into(), hash.to_vec().into(), micros(now).into()];
    Ok(transaction.execute(sql, values).await? == 1)
}

/// Whether a set-up link is good: before work that costs; its use is [`use_setup_link`].
pub(crate) async fn is_setup_link(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM setup_link
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    Ok(run.number(sql, [id.into(), hash.to_vec().into(), micros(now).into()]).await? == 1)
}
