//! The sessions of all users of a realm.

use jiff::Timestamp;
use kernel::{NodeId, SessionId};
use store::{Run, StoreError, Value, WriteTransaction, micros};
use uuid::Uuid;

use super::{SESSION, SessionRow};
use crate::model::Session;

/// A page of the sessions of a realm that a condition on `s` (session) and `n` (its user's node) admits; the caller scopes
/// it.
pub(crate) async fn list(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Session>, StoreError> {
    let columns: Vec<String> =
        SESSION.split(',').map(|column| format!("s.{}", column.trim())).collect();
    let sql = format!(
        "SELECT {} FROM session s JOIN node n ON n.id = s.user_id WHERE {condition}",
        columns.join(", ")
    );
    let rows: Vec<SessionRow> = run.all(&sql, values).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// A page of the sessions of a realm's users that nobody has ended, after an id.
pub(crate) async fn open(
    run: &impl Run,
    realm: NodeId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session WHERE realm = $1 AND ended_at IS NULL AND id > $2
         ORDER BY id LIMIT $3"
    );
    let rows: Vec<SessionRow> = run.all(&sql, [realm.0.into(), after.into(), limit.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Ends these sessions, in one statement.
pub(crate) async fn end(
    transaction: &WriteTransaction,
    ids: &[SessionId],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL AND id IN ({})",
        places(2, ids.len())
    );
    let values = std::iter::once(micros(now).into()).chain(ids.iter().map(|id| id.0.into()));
    transaction.execute(&sql, values.collect::<Vec<Value>>()).await
}

/// Those that were begun from any of these in the place of others, and that nobody has ended.
pub(crate) async fn open_from(
    run: &impl Run,
    from: &[SessionId],
) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session WHERE ended_at IS NULL AND impersonator_session IN ({})
         ORDER BY id",
        places(1, from.len())
    );
    let values: Vec<Value> = from.iter().map(|id| id.0.into()).collect();
    let rows: Vec<SessionRow> = run.all(&sql, values).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// The users of a realm on whose devices a sign-in is remembered, after an id.
pub(crate) async fn remembered_users(
    run: &impl Run,
    realm: NodeId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<NodeId>, StoreError> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        user_id: Uuid,
    }
    let sql = "SELECT DISTINCT r.user_id FROM remembered_device r JOIN node n ON n.id = r.user_id
        WHERE n.parent = $1 AND r.user_id > $2 ORDER BY r.user_id LIMIT $3";
    let rows: Vec<Row> = run.all(sql, [realm.0.into(), after.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| NodeId(row.user_id)).collect())
}

/// Ends what the devices of these users remember. A session that goes on is remembered no more.
pub(crate) async fn forget_devices(
    transaction: &WriteTransaction,
    users: &[NodeId],
) -> Result<u64, StoreError> {
    let values: Vec<Value> = users.iter().map(|id| id.0.into()).collect();
    let these = places(1, users.len());
    let sql = format!(
        "UPDATE session SET remembered = NULL WHERE remembered IS NOT NULL AND user_id IN ({these})"
    );
    transaction.execute(&sql, values.clone()).await?;
    let sql = format!("DELETE FROM remembered_device WHERE user_id IN ({these})");
    transaction.execute(&sql, values).await
}

/// `$2, $3, $4`: so many places from the first on.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}
