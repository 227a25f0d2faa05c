//! The tables of this crate: which realm and which roles come from the file.

use std::collections::BTreeSet;

use context::{Permitted, Writing};
use kernel::{NodeId, RoleId};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, WriteTransaction};
use uuid::Uuid;

use crate::apply::ApplyUsersFile;

/// The tables. A role's row may outlive the role, whose id is never used again.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261207_users_file",
    sql: "
CREATE TABLE users_file (realm {uuid} PRIMARY KEY REFERENCES node (id));
CREATE TABLE users_file_role (role {uuid} PRIMARY KEY);
",
};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
}

/// The realms that a file has filled; one, unless another file was read before.
pub(crate) async fn realms(run: &impl Run) -> Result<Vec<NodeId>, StoreError> {
    let rows: Vec<Row> = run.all("SELECT realm AS id FROM users_file ORDER BY realm", []).await?;
    Ok(rows.into_iter().map(|row| NodeId(row.id)).collect())
}

/// From now on the realm is filled by a file.
pub(crate) async fn save_realm(
    tx: &Writing,
    _proof: &Permitted<ApplyUsersFile, NodeId>,
    realm: NodeId,
) -> Result<(), StoreError> {
    tx.execute("INSERT INTO users_file (realm) VALUES ($1)", [realm.0.into()]).await.map(drop)
}

/// The realm goes.
pub(crate) async fn forget_realm(
    transaction: &WriteTransaction,
    realm: NodeId,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM users_file WHERE realm = $1";
    transaction.execute(sql, [realm.0.into()]).await.map(drop)
}

/// The roles that came from the file.
pub(crate) async fn roles(run: &impl Run) -> Result<BTreeSet<RoleId>, StoreError> {
    let rows: Vec<Row> = run.all("SELECT role AS id FROM users_file_role", []).await?;
    Ok(rows.into_iter().map(|row| RoleId(row.id)).collect())
}

/// The role came from the file.
pub(crate) async fn save_role(
    tx: &Writing,
    _proof: &Permitted<ApplyUsersFile, NodeId>,
    role: RoleId,
) -> Result<(), StoreError> {
    tx.execute("INSERT INTO users_file_role (role) VALUES ($1)", [role.0.into()]).await.map(drop)
}

/// The role goes.
pub(crate) async fn forget_role(
    tx: &Writing,
    _proof: &Permitted<ApplyUsersFile, NodeId>,
    role: RoleId,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM users_file_role WHERE role = $1";
    tx.execute(sql, [role.0.into()]).await.map(drop)
}
