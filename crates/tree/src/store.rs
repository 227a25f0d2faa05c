//! The tables `connection`, `node_property`, `node_tag` and `external_id`.

use std::collections::{BTreeMap, BTreeSet};

use context::{Permitted, PropertyRows, Writing};
use kernel::{NodeId, Problem};
use serde_json::Value as Json;
use store::{
    FromQueryResult, Migration, ReadTransaction, Run, StoreError, Value,
    node::Node,
    stream::Rows,
    table::{Cells, Column, Table},
};

use crate::model::Properties;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[TABLES, BY_NAME];

const TABLES: Migration = Migration {
    name: "20261122_tree",
    sql: "
CREATE TABLE connection (
  from_id {uuid} NOT NULL REFERENCES node (id),
  to_id {uuid} NOT NULL REFERENCES node (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (from_id, to_id)
);
CREATE INDEX connection_to ON connection (to_id);
CREATE TABLE node_property (
  node {uuid} NOT NULL REFERENCES node (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (node, name)
);
CREATE TABLE node_tag (
  node {uuid} NOT NULL REFERENCES node (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (node, tag)
);
CREATE INDEX node_tag_tag ON node_tag (tag, node);
CREATE TABLE external_id (
  system TEXT NOT NULL,
  external_id TEXT NOT NULL,
  node {uuid} NOT NULL REFERENCES node (id),
  PRIMARY KEY (system, external_id),
  UNIQUE (node, system)
);
",
};

/// What a condition begins to read is found without a look at all properties.
const BY_NAME: Migration = Migration {
    name: "20261124_property_name",
    sql: "CREATE INDEX node_property_name ON node_property (name, node)",
};

/// A connection, or a step of a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct ConnectionRow {
    /// The giving end.
    pub from_id: uuid::Uuid,
    /// The inheriting end.
    pub to_id: uuid::Uuid,
}

/// A property as it is stored.
#[derive(Debug, Clone, FromQueryResult)]
pub struct PropertyRow {
    /// Whose.
    pub node: uuid::Uuid,
    /// Its name.
    pub name: String,
    value: String,
}

impl PropertyRow {
    /// Its value.
    pub fn value(&self) -> Result<Json, StoreError> {
        serde_json::from_str(&self.value).map_err(|e| {
            StoreError::Corrupt(format!("property {} of node {}: {e}", self.name, self.node))
        })
    }
}

/// The condition that a node `n` has a tag; `{}` stands for the tag.
pub(crate) const HAS_TAG: &str =
    "EXISTS (SELECT 1 FROM node_tag t WHERE t.node = n.id AND t.tag = {})";

/// Adds a connection to the node that was permitted as the inheriting end.
pub(crate) async fn insert_connection<A>(
    tx: &Writing,
    from: NodeId,
    to: &Permitted<A, Node>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO connection (from_id, to_id, created_at) VALUES ($1, $2, $3)";
    let now = store::micros(tx.ctx().now());
    tx.execute(sql, [from.0.into(), to.id.0.into(), now.into()]).await.map(drop)
}

/// Removes a connection.
pub(crate) async fn delete_connection<A>(
    tx: &Writing,
    from: NodeId,
    to: &Permitted<A, Node>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM connection WHERE from_id = $1 AND to_id = $2";
    tx.execute(sql, [from.0.into(), to.id.0.into()]).await.map(drop)
}

/// The connections at a node, from it or to it. Connections between realms are not here.
pub async fn connections_at(
    run: &impl Run,
    node: NodeId,
) -> Result<Vec<ConnectionRow>, StoreError> {
    let sql = "SELECT from_id, to_id FROM connection WHERE from_id = $1 OR to_id = $1
        ORDER BY from_id, to_id";
    run.all(sql, [node.0.into()]).await
}

/// The connections after one, in order.
pub async fn connections_page(
    run: &impl Run,
    after: Option<ConnectionRow>,
    limit: i64,
) -> Result<Vec<ConnectionRow>, StoreError> {
    let columns = "SELECT from_id, to_id FROM connection";
    let order = "ORDER BY from_id, to_id";
    match after {
        None => run.all(&format!("{columns} {order} LIMIT $1"), [limit.into()]).await,
        Some(last) => {
            let sql = format!("{columns} WHERE (from_id, to_id) > ($1, $2) {order} LIMIT $3");
            run.all(&sql, [last.from_id.into(), last.to_id.into(), limit.into()]).await
        }
    }
}

const CONNECTIONS: Table = Table {
    name: "connection",
    joined: "",
    columns: &[Column::Id("from_id"), Column::Id("to_id")],
};

/// All connections, from and to, in no order: for the start.
pub(crate) async fn all_connections<B: Send + 'static>(
    read: &ReadTransaction,
    work: impl FnOnce(Rows<(NodeId, NodeId)>) -> Result<B, StoreError> + Send + 'static,
) -> Result<B, StoreError> {
    let decode = |cells: &mut Cells<'_>| Ok((NodeId(cells.id()?), NodeId(cells.id()?)));
    read.table(&CONNECTIONS, decode, work).await
}

/// Removes all that this crate keeps about a node that is about to be deleted.
pub(crate) async fn forget(tx: &Writing, node: NodeId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM connection WHERE from_id = $1 OR to_id = $1",
        "DELETE FROM node_property WHERE node = $1",
        "DELETE FROM node_tag WHERE node = $1",
        "DELETE FROM external_id WHERE node = $1",
    ] {
        tx.execute(sql, [node.0.into()]).await?;
    }
    Ok(())
}

/// The properties of a node.
pub async fn properties(run: &impl Run, node: NodeId) -> Result<Properties, StoreError> {
    let sql = "SELECT node, name, value FROM node_property WHERE node = $1 ORDER BY name";
    let rows: Vec<PropertyRow> = run.all(sql, [node.0.into()]).await?;
    rows.into_iter().map(|row| Ok((row.name.clone(), row.value()?))).collect()
}

/// The values of one property, for the engine.
pub const PROPERTY_ROWS: PropertyRows = PropertyRows {
    sql: "SELECT node, value FROM node_property WHERE name = $1 AND node > $2 ORDER BY node LIMIT $3",
};

/// Writes one property.
pub(crate) async fn set_property<A>(
    tx: &Writing,
    node: &Permitted<A, Node>,
    name: &str,
    value: &Json,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO node_property (node, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (node, name) DO UPDATE SET value = excluded.value";
    let values: [Value; 3] = [node.id.0.into(), name.into(), value.to_string().into()];
    tx.execute(sql, values).await.map(drop)
}

/// Removes one property.
pub(crate) async fn remove_property<A>(
    tx: &Writing,
    node: &Permitted<A, Node>,
    name: &str,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM node_property WHERE node = $1 AND name = $2";
    tx.execute(sql, [node.id.0.into(), name.into()]).await.map(drop)
}

/// The tags of a node, sorted.
pub async fn tags(run: &impl Run, node: NodeId) -> Result<Vec<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        tag: String,
    }
    let sql = "SELECT tag FROM node_tag WHERE node = $1 ORDER BY tag";
    let rows: Vec<Row> = run.all(sql, [node.0.into()]).await?;
    Ok(rows.into_iter().map(|row| row.tag).collect())
}

/// Writes all tags of a node.
pub(crate) async fn set_tags<A>(
    tx: &Writing,
    node: &Permitted<A, Node>,
    tags: &[String],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM node_tag WHERE node = $1", [node.id.0.into()]).await?;
    for tag in tags {
        let sql = "INSERT INTO node_tag (node, tag) VALUES ($1, $2)";
        tx.execute(sql, [node.id.0.into(), tag.as_str().into()]).await?;
    }
    Ok(())
}

/// The external ids of a node, by system.
pub async fn external_ids(
    run: &impl Run,
    node: NodeId,
) -> Result<BTreeMap<String, String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        system: String,
        external_id: String,
    }
    let sql = "SELECT system, external_id FROM external_id WHERE node = $1";
    let rows: Vec<Row> = run.all(sql, [node.0.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.system, row.external_id)).collect())
}

#[derive(FromQueryResult)]
struct ExternalRow {
    node: uuid::Uuid,
    system: String,
    external_id: String,
}

/// What a node carries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Carried {
    /// Its properties.
    pub properties: Properties,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// Its ids in other systems.
    pub external_ids: BTreeMap<String, String>,
}

/// What these nodes carry; a node that carries nothing is left out.
pub async fn carried(
    run: &impl Run,
    nodes: &[NodeId],
) -> Result<BTreeMap<NodeId, Carried>, StoreError> {
    #[derive(FromQueryResult)]
    struct Tag {
        node: uuid::Uuid,
        tag: String,
    }
    let mut found: BTreeMap<NodeId, Carried> = BTreeMap::new();
    // In portions, as the number of parameters is limited.
    for portion in nodes.chunks(500) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let values = || portion.iter().map(|id| Value::from(id.0)).collect::<Vec<_>>();
        let rest = format!("WHERE node IN ({})", places.join(", "));
        let sql = format!("SELECT node, name, value FROM node_property {rest}");
        let rows: Vec<PropertyRow> = run.all(&sql, values()).await?;
        for row in rows {
            let value = row.value()?;
            found.entry(NodeId(row.node)).or_default().properties.insert(row.name, value);
        }
        let sql = format!("SELECT node, tag FROM node_tag {rest} ORDER BY node, tag");
        let rows: Vec<Tag> = run.all(&sql, values()).await?;
        for row in rows {
            found.entry(NodeId(row.node)).or_default().tags.push(row.tag);
        }
        let sql = format!("SELECT node, system, external_id FROM external_id {rest}");
        let rows: Vec<ExternalRow> = run.all(&sql, values()).await?;
        for row in rows {
            let carried = found.entry(NodeId(row.node)).or_default();
            carried.external_ids.insert(row.system, row.external_id);
        }
    }
    Ok(found)
}

/// The node with an external id.
pub async fn by_external_id(
    run: &impl Run,
    system: &str,
    id: &str,
) -> Result<Option<Node>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        node: uuid::Uuid,
    }
    let sql = "SELECT node FROM external_id WHERE system = $1 AND external_id = $2";
    let row: Option<Row> = run.one(sql, [system.into(), id.into()]).await?;
    match row {
        None => Ok(None),
        Some(row) => store::node::find(run, NodeId(row.node)).await,
    }
}

/// The nodes with these external ids, of each system and id. One that no node has is left out.
pub async fn by_external_ids(
    run: &impl Run,
    wanted: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<(String, String), NodeId>, StoreError> {
    let mut found = BTreeMap::new();
    let wanted: Vec<&(String, String)> = wanted.iter().collect();
    // In portions, as the number of parameters is limited.
    for portion in wanted.chunks(500) {
        let places: Vec<String> =
            (0..portion.len()).map(|i| format!("(${}, ${})", i * 2 + 1, i * 2 + 2)).collect();
        let sql = format!(
            "SELECT e.node, e.system, e.external_id FROM (VALUES {}) v
             JOIN external_id e ON e.system = v.column1 AND e.external_id = v.column2",
            places.join(", ")
        );
        let values: Vec<Value> =
            portion.iter().flat_map(|(system, id)| [system.into(), id.into()]).collect();
        let rows: Vec<ExternalRow> = run.all(&sql, values).await?;
        found.extend(rows.into_iter().map(|r| ((r.system, r.external_id), NodeId(r.node))));
    }
    Ok(found)
}

/// The ids that these nodes have in a system. A node that has none is left out.
pub async fn external_ids_in(
    run: &impl Run,
    system: &str,
    nodes: &[NodeId],
) -> Result<BTreeMap<NodeId, String>, StoreError> {
    let mut found = BTreeMap::new();
    for portion in nodes.chunks(500) {
        let places: Vec<String> = (2..=portion.len() + 1).map(|i| format!("${i}")).collect();
        let sql = format!(
            "SELECT node, system, external_id FROM external_id WHERE system = $1 AND node IN ({})",
            places.join(", ")
        );
        let values: Vec<Value> =
            [system.into()].into_iter().chain(portion.iter().map(|id| id.0.into())).collect();
        let rows: Vec<ExternalRow> = run.all(&sql, values).await?;
        found.extend(rows.into_iter().map(|row| (NodeId(row.node), row.external_id)));
    }
    Ok(found)
}

/// Writes all external ids of a node; 409 if another node has one of them.
pub(crate) async fn set_external_ids<A>(
    tx: &Writing,
    node: &Permitted<A, Node>,
    ids: &BTreeMap<String, String>,
) -> Result<(), Problem> {
    tx.execute("DELETE FROM external_id WHERE node = $1", [node.id.0.into()]).await?;
    for (system, id) in ids {
        if by_external_id(tx, system, id).await?.is_some() {
            let detail = format!("Another node has the id '{id}' in the system '{system}'.");
            return Err(Problem::conflict(detail));
        }
        let sql = "INSERT INTO external_id (system, external_id, node) VALUES ($1, $2, $3)";
        let values: [Value; 3] = [system.as_str().into(), id.as_str().into(), node.id.0.into()];
        tx.execute(sql, values).await?;
    }
    Ok(())
}
