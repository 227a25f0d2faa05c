//! Realms, the connections between them, applications.

use context::{Action, Change, Loading, Permitted, Writing};
use kernel::{Name, NodeId, Problem};
use sea_orm::FromQueryResult;
use store::{Run, StoreError, Value, from_micros, micros, node::Node};
use uuid::Uuid;

use crate::realm::Application;

/// The realm of this name.
pub async fn find_realm(run: &impl Run, name: &Name) -> Result<Option<Node>, StoreError> {
    let node = store::node::find_child(run, None, name).await?;
    Ok(node.filter(|node| node.kind.as_str() == kernel::NodeKind::REALM))
}

/// A connection of realms, by name.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ConnectionRow {
    /// The realm whose users are shared.
    pub from_name: String,
    /// The realm where they may sign in.
    pub to_name: String,
    /// When it was made, in microseconds.
    pub created_at: i64,
}

/// The connections of realms of which both ends are admitted by conditions on `f` and `t` (nodes); the caller scopes it.
pub async fn list_connections(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = format!(
        "SELECT f.name AS from_name, t.name AS to_name, c.created_at FROM realm_connection c
         JOIN node f ON f.id = c.from_id JOIN node t ON t.id = c.to_id WHERE {condition}"
    );
    run.all(&sql, values).await
}

/// Adds a realm.
pub async fn insert_realm<A: Action>(
    tx: &mut Writing,
    realm: &Permitted<A, Node>,
) -> Result<(), Problem> {
    tx.execute("INSERT INTO realm (id) VALUES ($1)", [realm.id.0.into()]).await?;
    tx.record(Change::RealmSaved { id: realm.id, name: realm.name.as_str().to_owned() })
}

/// Adds a connection; the proofs are for both of its ends.
pub async fn insert_connection<A: Action>(
    tx: &Writing,
    from: &Permitted<A, NodeId>,
    to: &Permitted<A, NodeId>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO realm_connection (from_id, to_id, created_at) VALUES ($1, $2, $3)";
    let now = micros(tx.ctx().now());
    tx.execute(sql, [from.0.into(), to.0.into(), now.into()]).await.map(drop)
}

/// Removes a connection, and tells whether it was there.
pub async fn delete_connection<A: Action>(
    tx: &Writing,
    from: &Permitted<A, NodeId>,
    to: &Permitted<A, NodeId>,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM realm_connection WHERE from_id = $1 AND to_id = $2";
    Ok(tx.execute(sql, [from.0.into(), to.0.into()]).await? > 0)
}

#[derive(FromQueryResult)]
struct ApplicationRow {
    id: Uuid,
    name: String,
    realm: Uuid,
    realm_name: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

/// The applications that a condition on `n` (node) admits; the caller scopes it.
pub async fn list_applications(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Application>, StoreError> {
    let sql = format!(
        "SELECT n.id, n.name, a.realm, r.name AS realm_name, n.created_at, n.updated_at, n.version FROM application a
         JOIN node n ON n.id = a.id JOIN node r ON r.id = a.realm WHERE {condition}"
    );
    let rows: Vec<ApplicationRow> = run.all(&sql, values).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Application {
                id: NodeId(row.id),
                name: row.name,
                realm: NodeId(row.realm),
                realm_name: row.realm_name,
                created_at: from_micros(row.created_at)?,
                updated_at: from_micros(row.updated_at)?,
                version: row.version,
            })
        })
        .collect()
}

/// The application of this name.
pub async fn find_application(
    run: &impl Run,
    name: &str,
) -> Result<Option<Application>, StoreError> {
    Ok(list_applications(run, "n.parent IS NULL AND n.name = $1", vec![name.into()]).await?.pop())
}

/// Adds an application.
pub async fn insert_application<A: Action>(
    tx: &mut Writing,
    application: &Permitted<A, (Node, NodeId)>,
) -> Result<(), Problem> {
    let (node, realm) = &**application;
    let sql = "INSERT INTO application (id, realm) VALUES ($1, $2)";
    tx.execute(sql, [node.id.0.into(), realm.0.into()]).await?;
    let name = node.name.as_str().to_owned();
    tx.record(Change::ApplicationSaved { id: node.id, name, realm: *realm })
}

/// Writes the primary realm of an application.
pub async fn save_application<A: Action>(
    tx: &mut Writing,
    application: &Permitted<A, Application>,
) -> Result<(), Problem> {
    let sql = "UPDATE application SET realm = $2 WHERE id = $1";
    tx.execute(sql, [application.id.0.into(), application.realm.0.into()]).await?;
    store::node::touch(tx.as_ref(), application.id, tx.ctx().now()).await?;
    let (id, name, realm) = (application.id, application.name.clone(), application.realm);
    tx.record(Change::ApplicationSaved { id, name, realm })
}

/// Removes the rows of a realm or application that is about to be deleted; nothing if the node is neither.
pub(super) async fn forget_realm(tx: &mut Writing, id: NodeId) -> Result<(), Problem> {
    tx.execute("DELETE FROM application WHERE id = $1", [id.0.into()]).await?;
    if tx.state().roots.application(id).is_some() {
        tx.record(Change::ApplicationDeleted { id })?;
    }
    let ends: Vec<Ends> = tx
        .all(
            "SELECT from_id, to_id FROM realm_connection WHERE from_id = $1 OR to_id = $1",
            [id.0.into()],
        )
        .await?;
    for end in ends {
        tx.record(policy::Change::Disconnected {
            from: NodeId(end.from_id),
            to: NodeId(end.to_id),
        })?;
    }
    tx.execute("DELETE FROM realm_connection WHERE from_id = $1 OR to_id = $1", [id.0.into()])
        .await?;
    tx.execute("DELETE FROM realm WHERE id = $1", [id.0.into()]).await?;
    if tx.state().roots.realm(id).is_some() {
        tx.record(Change::RealmDeleted { id })?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Ends {
    from_id: Uuid,
    to_id: Uuid,
}

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    name: String,
}

/// Realms and applications are few, so they are read at once.
pub(super) async fn load_roots(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let sql = "SELECT r.id, n.name FROM realm r JOIN node n ON n.id = r.id";
    let rows: Vec<Named> = run.all(sql, []).await?;
    rows.into_iter().try_for_each(|row| {
        loading.apply(Change::RealmSaved { id: NodeId(row.id), name: row.name })
    })?;
    list_applications(run, "1 = 1", Vec::new()).await?.into_iter().try_for_each(|found| {
        let Application { id, name, realm, .. } = found;
        loading.apply(Change::ApplicationSaved { id, name, realm })
    })
}

/// As are the connections of realms.
pub(super) async fn load_connections(
    run: &impl Run,
    loading: &mut Loading,
) -> Result<(), StoreError> {
    let rows: Vec<Ends> = run.all("SELECT from_id, to_id FROM realm_connection", []).await?;
    rows.into_iter().try_for_each(|row| {
        let (from, to) = (NodeId(row.from_id), NodeId(row.to_id));
        loading.apply(policy::Change::Connected { from, to })
    })
}
