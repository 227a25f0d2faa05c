//! The table `node`: the one table that others join, for scoped lists. Who may write is asked above, by the operation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use kernel::{Name, NodeId, NodeKind, NodePath, NodeRef};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    Migration, StoreError, Value, WriteTransaction,
    stream::Rows,
    table::{Cells, Column, Table},
    time::{from_micros, micros},
    transaction::{ReadTransaction, Run},
};

/// The tables of this module.
pub const MIGRATION: Migration = Migration {
    name: "20261121_node",
    sql: "
CREATE TABLE node (
  id {uuid} PRIMARY KEY,
  parent {uuid} REFERENCES node (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  label BIGINT NOT NULL,
  label_end BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CHECK (label < label_end)
);
CREATE UNIQUE INDEX node_child ON node (parent, name) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX node_root ON node (name) WHERE parent IS NULL;
CREATE INDEX node_label ON node (label);
CREATE INDEX node_kind ON node (kind, label);
",
};

/// The index that finds nodes by kind and name.
pub const NAMED: Migration = Migration {
    name: "20261124_node_named",
    sql: "
CREATE INDEX node_named ON node (kind, name);
",
};

/// How many rows one statement writes or asks for: the number of parameters is limited.
const PORTION: usize = 500;
const COLUMNS: &str = "id, parent, kind, name, label, label_end, created_at, updated_at, version";

/// A node as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its parent; none for a root.
    pub parent: Option<NodeId>,
    /// What it is.
    pub kind: NodeKind,
    /// Its name, unique under the parent.
    pub name: Name,
    /// Where it stands in the numbering of the forest: the subtree is `[label, label_end)`.
    pub label: i64,
    /// The end of its subtree, exclusive.
    pub label_end: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    parent: Option<Uuid>,
    kind: String,
    name: String,
    label: i64,
    label_end: i64,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

impl TryFrom<Row> for Node {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |e| StoreError::Corrupt(format!("node {}: {e}", row.id));
        Ok(Self {
            id: NodeId(row.id),
            parent: row.parent.map(NodeId),
            kind: NodeKind::parse(&row.kind).map_err(corrupt)?,
            name: Name::parse(&row.name).map_err(corrupt)?,
            label: row.label,
            label_end: row.label_end,
            created_at: from_micros(row.created_at)?,
            updated_at: from_micros(row.updated_at)?,
            version: row.version,
        })
    }
}

/// Adds a node. Its place in the numbering comes from the engine.
pub async fn insert(transaction: &WriteTransaction, node: &Node) -> Result<(), StoreError> {
    insert_many(transaction, std::slice::from_ref(node)).await
}

/// Adds many nodes, parents before children.
pub async fn insert_many(transaction: &WriteTransaction, nodes: &[Node]) -> Result<(), StoreError> {
    // In portions, as the number of parameters is limited.
    for portion in nodes.chunks(PORTION) {
        let rows: Vec<String> = (0..portion.len())
            .map(|row| {
                let places: Vec<String> = (1..=9).map(|i| format!("${}", row * 9 + i)).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let sql = format!("INSERT INTO node ({COLUMNS}) VALUES {}", rows.join(", "));
        let values: Vec<Value> = portion.iter().flat_map(values).collect();
        transaction.execute(&sql, values).await?;
    }
    Ok(())
}

fn values(node: &Node) -> [Value; 9] {
    [
        node.id.0.into(),
        node.parent.map(|id| id.0).into(),
        node.kind.as_str().into(),
        node.name.as_str().into(),
        node.label.into(),
        node.label_end.into(),
        micros(node.created_at).into(),
        micros(node.updated_at).into(),
        node.version.into(),
    ]
}

/// Writes a node's name and parent, and counts its version up.
pub async fn update(
    transaction: &WriteTransaction,
    node: &Node,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE node SET parent = $2, name = $3, updated_at = $4, version = version + 1 WHERE id = $1";
    let values: [Value; 4] = [
        node.id.0.into(),
        node.parent.map(|id| id.0).into(),
        node.name.as_str().into(),
        micros(now).into(),
    ];
    transaction.execute(sql, values).await.map(drop)
}

/// Writes new labels: `(node, label, label_end)`.
pub async fn relabel(
    transaction: &WriteTransaction,
    labels: &[(NodeId, i64, i64)],
) -> Result<(), StoreError> {
    for portion in labels.chunks(PORTION) {
        let places: Vec<String> = (0..portion.len())
            .map(|i| format!("(${}, ${}, ${})", 3 * i + 1, 3 * i + 2, 3 * i + 3))
            .collect();
        let sql = format!(
            "WITH moved (id, label, label_end) AS (VALUES {})
             UPDATE node SET label = moved.label, label_end = moved.label_end
             FROM moved WHERE node.id = moved.id",
            places.join(", ")
        );
        let values = portion.iter().flat_map(|(id, label, end)| {
            [Value::from(id.0), Value::from(*label), Value::from(*end)]
        });
        transaction.execute(&sql, values.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Counts a node's version up: something that belongs to it has changed.
pub async fn touch(
    transaction: &WriteTransaction,
    id: NodeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE node SET updated_at = $2, version = version + 1 WHERE id = $1";
    transaction.execute(sql, [id.0.into(), micros(now).into()]).await.map(drop)
}

/// Removes a node; refused by the database while it has children.
pub async fn delete(transaction: &WriteTransaction, id: NodeId) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM node WHERE id = $1", [id.0.into()]).await.map(drop)
}

/// The node with this id.
pub async fn find(run: &impl Run, id: NodeId) -> Result<Option<Node>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM node WHERE id = $1");
    one(run, &sql, vec![id.0.into()]).await
}

/// The node at this path.
pub async fn find_path(run: &impl Run, path: &NodePath) -> Result<Option<Node>, StoreError> {
    let names = path.names();
    let last = names.len();
    let columns = COLUMNS.replace(", ", &format!(", n{last}."));
    let mut sql = format!("SELECT n{last}.{columns} FROM node n1");
    for i in 2..=last {
        sql += &format!(" JOIN node n{i} ON n{i}.parent = n{}.id AND n{i}.name = ${i}", i - 1);
    }
    sql += " WHERE n1.parent IS NULL AND n1.name = $1";
    one(run, &sql, names.iter().map(|name| name.as_str().into()).collect()).await
}

/// The node that a caller means.
pub async fn resolve(run: &impl Run, reference: &NodeRef) -> Result<Option<Node>, StoreError> {
    match reference {
        NodeRef::Id(id) => find(run, *id).await,
        NodeRef::Path(path) => find_path(run, path).await,
    }
}

/// The child of this name.
pub async fn find_child(
    run: &impl Run,
    parent: Option<NodeId>,
    name: &Name,
) -> Result<Option<Node>, StoreError> {
    match parent {
        Some(parent) => {
            let sql = format!("SELECT {COLUMNS} FROM node WHERE parent = $1 AND name = $2");
            one(run, &sql, vec![parent.0.into(), name.as_str().into()]).await
        }
        None => {
            let sql = format!("SELECT {COLUMNS} FROM node WHERE parent IS NULL AND name = $1");
            one(run, &sql, vec![name.as_str().into()]).await
        }
    }
}

/// The children with these names: of each parent, the one of that name, if there is one. In no order.
pub async fn find_children(
    run: &impl Run,
    wanted: &[(NodeId, &Name)],
) -> Result<Vec<Node>, StoreError> {
    let mut found = Vec::new();
    for portion in wanted.chunks(PORTION) {
        let places: Vec<String> =
            (0..portion.len()).map(|i| format!("(${}, ${})", i * 2 + 1, i * 2 + 2)).collect();
        // A join, as SQLite uses no index for a pair in a list.
        let columns = COLUMNS.replace(", ", ", n.");
        let sql = format!(
            "SELECT n.{columns} FROM (VALUES {}) v JOIN node n ON n.parent = v.column1 AND n.name = v.column2",
            places.join(", ")
        );
        let values: Vec<Value> = portion
            .iter()
            .flat_map(|(parent, name)| [parent.0.into(), name.as_str().into()])
            .collect();
        let rows: Vec<Row> = run.all(&sql, values).await?;
        for row in rows {
            found.push(Node::try_from(row)?);
        }
    }
    Ok(found)
}

/// The roots with these names. In no order.
async fn find_roots(run: &impl Run, wanted: &[&Name]) -> Result<Vec<Node>, StoreError> {
    let mut found = Vec::new();
    for portion in wanted.chunks(PORTION) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let condition = format!("n.parent IS NULL AND n.name IN ({})", places.join(", "));
        let values = portion.iter().map(|name| name.as_str().into()).collect();
        found.extend(list(run, &condition, values).await?);
    }
    Ok(found)
}

/// The nodes at these paths; a path that leads nowhere is left out. As many statements as the longest path has names,
/// however many paths there are.
pub async fn find_paths(
    run: &impl Run,
    wanted: &BTreeSet<NodePath>,
) -> Result<BTreeMap<NodePath, NodeId>, StoreError> {
    let mut known: BTreeMap<&[Name], NodeId> = BTreeMap::new();
    let deepest = wanted.iter().map(|path| path.names().len()).max().unwrap_or(0);
    for depth in 1..=deepest {
        let level = level(wanted, depth, &known);
        let asked: Vec<(Option<NodeId>, &Name)> = level.keys().copied().collect();
        let below: Vec<(NodeId, &Name)> =
            asked.iter().filter_map(|(parent, name)| Some(((*parent)?, *name))).collect();
        let found = if depth == 1 {
            let roots: Vec<&Name> = asked.iter().map(|(_, name)| *name).collect();
            find_roots(run, &roots).await?
        } else {
            find_children(run, &below).await?
        };
        for node in found {
            known.extend(level.get(&(node.parent, &node.name)).map(|names| (*names, node.id)));
        }
    }
    let found = |path: &NodePath| Some((path.clone(), *known.get(path.names())?));
    Ok(wanted.iter().filter_map(found).collect())
}

/// The beginnings of this length whose parents are known, by parent and last name.
fn level<'a>(
    wanted: &'a BTreeSet<NodePath>,
    depth: usize,
    known: &BTreeMap<&[Name], NodeId>,
) -> BTreeMap<(Option<NodeId>, &'a Name), &'a [Name]> {
    let beginnings = wanted.iter().filter_map(|path| path.names().get(..depth));
    let placed = beginnings.filter_map(|names| {
        let (last, above) = names.split_last()?;
        let parent = if above.is_empty() { None } else { Some(*known.get(above)?) };
        Some(((parent, last), names))
    });
    placed.collect()
}

/// Of each kind and name the node that has both, if there is exactly one among those that a condition on `n` admits;
/// the caller scopes it. In no order.
pub async fn find_named(
    run: &impl Run,
    condition: &str,
    wanted: &BTreeSet<(NodeKind, Name)>,
) -> Result<Vec<Node>, StoreError> {
    let mut found = Vec::new();
    let wanted: Vec<&(NodeKind, Name)> = wanted.iter().collect();
    for portion in wanted.chunks(PORTION) {
        let places: Vec<String> =
            (0..portion.len()).map(|i| format!("(${}, ${})", i * 2 + 1, i * 2 + 2)).collect();
        // A label is one node's alone, so the least of one is that one.
        let only = format!(
            "n.label IN (SELECT MIN(n.label) FROM (VALUES {}) v
               JOIN node n ON n.kind = v.column1 AND n.name = v.column2
             WHERE {condition} GROUP BY n.kind, n.name HAVING COUNT(*) = 1)",
            places.join(", ")
        );
        let values: Vec<Value> = portion
            .iter()
            .flat_map(|(kind, name)| [kind.as_str().into(), name.as_str().into()])
            .collect();
        found.extend(list(run, &only, values).await?);
    }
    Ok(found)
}

/// The nodes of one page that a condition on `n` admits, in the order of `n.label`; the caller scopes it.
pub async fn list(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Node>, StoreError> {
    let columns = COLUMNS.replace(", ", ", n.");
    let sql = format!("SELECT n.{columns} FROM node n WHERE {condition}");
    let rows: Vec<Row> = run.all(&sql, values).await?;
    rows.into_iter().map(Node::try_from).collect()
}

/// Every node, in the order of labels, so parents come before children. Pages of `limit`, each after
/// the label where the last one ended (`i64::MIN` at first).
pub async fn page(run: &impl Run, after: i64, limit: i64) -> Result<Vec<Node>, StoreError> {
    list(run, "n.label > $1 ORDER BY n.label LIMIT $2", vec![after.into(), limit.into()]).await
}

/// All nodes after an id with their labels, ordered by id.
pub async fn labels(
    run: &impl Run,
    after: NodeId,
    limit: i64,
) -> Result<Vec<(NodeId, i64)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        label: i64,
    }
    let sql = "SELECT id, label FROM node WHERE id > $1 ORDER BY id LIMIT $2";
    let rows: Vec<Row> = run.all(sql, [after.0.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| (NodeId(row.id), row.label)).collect())
}

/// What the engine needs to know of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The node.
    pub id: NodeId,
    /// Its parent; none for a root.
    pub parent: Option<NodeId>,
    /// What it is: a number in [`Places::kinds`].
    pub kind: u32,
    /// Its label.
    pub label: i64,
    /// The end of its subtree, exclusive.
    pub label_end: i64,
}

/// All nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// In the order of labels, so parents come before children.
    pub nodes: Vec<Place>,
    /// The kinds that there are, as they are stored.
    pub kinds: Vec<String>,
}

const PLACES: Table = Table {
    name: "node",
    joined: "",
    columns: &[
        Column::Id("id"),
        Column::Id("parent"),
        Column::Text("kind"),
        Column::Number("label"),
        Column::Number("label_end"),
    ],
};

/// Every node, no more than the engine needs. They are sorted here: the database would have to find one after the other.
pub async fn places(read: &ReadTransaction) -> Result<Places, StoreError> {
    let mut kinds: HashMap<String, u32> = HashMap::new();
    let decode = |cells: &mut Cells<'_>| {
        let (id, parent, kind) = (cells.id()?, cells.optional_id()?, cells.text()?);
        let next = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
        Ok(Place {
            id: NodeId(id),
            parent: parent.map(NodeId),
            kind: *kinds.entry(kind).or_insert(next),
            label: cells.number()?,
            label_end: cells.number()?,
        })
    };
    let sorted = |rows: Rows<Place>| {
        let mut nodes: Vec<Place> = rows.collect();
        nodes.sort_unstable_by_key(|place| place.label);
        Ok(nodes)
    };
    let nodes = read.table(&PLACES, decode, sorted).await?;
    let mut kinds: Vec<(String, u32)> = kinds.into_iter().collect();
    kinds.sort_unstable_by_key(|(_, number)| *number);
    Ok(Places { nodes, kinds: kinds.into_iter().map(|(kind, _)| kind).collect() })
}

/// The paths of these nodes; a node that is not there is left out.
pub async fn paths(run: &impl Run, ids: &[NodeId]) -> Result<BTreeMap<NodeId, String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Step {
        start: Uuid,
        name: String,
    }
    let mut found = BTreeMap::new();
    // In portions, as the number of parameters is limited.
    for portion in ids.chunks(PORTION) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let sql = format!(
            "WITH RECURSIVE up (start, id, parent, name, height) AS (
               SELECT id, id, parent, name, 0 FROM node WHERE id IN ({})
               UNION ALL
               SELECT up.start, n.id, n.parent, n.name, up.height + 1 FROM up JOIN node n ON n.id = up.parent
             ) SELECT start, name FROM up ORDER BY start, height DESC",
            places.join(", ")
        );
        let steps: Vec<Step> =
            run.all(&sql, portion.iter().map(|id| id.0.into()).collect::<Vec<_>>()).await?;
        for step in steps {
            let path: &mut String = found.entry(NodeId(step.start)).or_default();
            path.push('/');
            path.push_str(&step.name);
        }
    }
    Ok(found)
}

/// The path of one node.
pub async fn path(run: &impl Run, id: NodeId) -> Result<Option<String>, StoreError> {
    Ok(paths(run, &[id]).await?.remove(&id))
}

async fn one(run: &impl Run, sql: &str, values: Vec<Value>) -> Result<Option<Node>, StoreError> {
    let row: Option<Row> = run.one(sql, values).await?;
    row.map(Node::try_from).transpose()
}
