//! Service accounts.

use context::{Action, Permitted, Writing};
use kernel::{Name, NodeId, Problem};
use policy::load::People;
use sea_orm::FromQueryResult;
use store::{ReadTransaction, Run, StoreError, Value, from_micros, stream::Rows};
use uuid::Uuid;

use super::damaged;
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

/// Every service account, in no order.
pub(super) async fn load_service_accounts(
    read: &ReadTransaction,
    mut people: People,
) -> Result<People, StoreError> {
    let sql = "SELECT n.id, n.parent, n.name, n.created_at, n.updated_at, n.version, s.realm, s.description, s.disabled
        FROM service_account s JOIN node n ON n.id = s.id";
    let work = move |rows: Rows<Row>| {
        for row in rows {
            let account = ServiceAccount::try_from(row)?;
            people
                .add_subject(account.subject())
                .map_err(|e| damaged(&format!("service account {}", account.id), &e))?;
        }
        Ok(people)
    };
    read.stream(sql, |row| Row::from_query_result(row, ""), work).await
}
