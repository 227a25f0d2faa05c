//! Service accounts.

use context::{Action, Loading, Permitted, Writing};
use kernel::{Name, NodeId, Problem};
use sea_orm::FromQueryResult;
use store::{Run, StoreError, Value, from_micros};
use uuid::Uuid;

use super::PAGE;
use crate::service_account::ServiceAccount;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
    realm: Option<Uuid>,
    description: Option<String>,
    disabled: bool,
}

impl TryFrom<Row> for ServiceAccount {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt =
            |what: String| StoreError::Corrupt(format!("service account {}: {what}", row.id));
        Ok(Self {
            id: NodeId(row.id),
            owner: NodeId(row.parent.ok_or_else(|| corrupt("no owner".into()))?),
            realm: row.realm.map(NodeId),
            name: Name::parse(&row.name).map_err(|e| corrupt(e.to_string()))?,
            description: row.description,
            disabled: row.disabled,
            created_at: from_micros(row.created_at)?,
            updated_at: from_micros(row.updated_at)?,
            version: row.version,
        })
    }
}

/// The service account of this id.
pub async fn find_service_account(
    run: &impl Run,
    id: NodeId,
) -> Result<Option<ServiceAccount>, StoreError> {
    Ok(list_service_accounts(run, "n.id = $1", vec![id.0.into()]).await?.pop())
}

/// The service accounts that a condition on `n` (node) admits; the caller scopes it.
pub async fn list_service_accounts(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<ServiceAccount>, StoreError> {
    let sql = format!(
        "SELECT n.id, n.parent, n.name, n.created_at, n.updated_at, n.version, s.realm, s.description, s.disabled
         FROM service_account s JOIN node n ON n.id = s.id WHERE {condition}"
    );
    let rows: Vec<Row> = run.all(&sql, values).await?;
    rows.into_iter().map(ServiceAccount::try_from).collect()
}

/// Adds a service account.
pub async fn insert_service_account<A: Action>(
    tx: &Writing,
    account: &Permitted<A, ServiceAccount>,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO service_account (id, realm, description, disabled) VALUES ($1, $2, $3, $4)";
    let values: [Value; 4] = [
        account.id.0.into(),
        account.realm.map(|id| id.0).into(),
        account.description.clone().into(),
        account.disabled.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Writes whether a service account is switched off.
pub async fn save_service_account<A: Action>(
    tx: &Writing,
    account: &Permitted<A, ServiceAccount>,
) -> Result<(), StoreError> {
    let sql = "UPDATE service_account SET disabled = $2 WHERE id = $1";
    tx.execute(sql, [account.id.0.into(), account.disabled.into()]).await?;
    store::node::touch(tx.as_ref(), account.id, tx.ctx().now()).await
}

/// Removes the row of a service account that is about to be deleted; nothing if the node is none.
pub(super) async fn forget_service_account(tx: &mut Writing, id: NodeId) -> Result<(), Problem> {
    if tx.execute("DELETE FROM service_account WHERE id = $1", [id.0.into()]).await? > 0 {
        tx.record(policy::Change::SubjectDeleted { id })?;
    }
    Ok(())
}

pub(super) async fn load_service_accounts(
    run: &impl Run,
    loading: &mut Loading,
) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let values = vec![after.into(), PAGE.into()];
        let accounts =
            list_service_accounts(run, "n.id > $1 ORDER BY n.id LIMIT $2", values).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.id.0;
        for account in accounts {
            loading.apply(policy::Change::SubjectSaved(account.subject()))?;
        }
    }
}
