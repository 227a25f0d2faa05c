//! The start: nodes and connections, streamed to the engine.

use context::Loading;
use kernel::{NodeId, NodeKind};
use policy::{
    ChangeRefused, Snapshot,
    load::{Connections, Nodes},
};
use store::{
    ReadTransaction, StoreError,
    node::{Place, Places},
    stream::Rows,
};

use crate::store as rows;

/// Streams the tree. It comes before everything else, as all the rest refers to nodes.
pub async fn load(read: &ReadTransaction, loading: &mut Loading) -> Result<(), StoreError> {
    let places = store::node::places(read).await?;
    let tree = store::stream::aside(move || nodes(places)).await?;
    loading.tree(rows::all_connections(read, |rows| connections(tree, rows)).await?)
}

fn nodes(places: Places) -> Result<Connections, StoreError> {
    let parse = |kind: &String| {
        NodeKind::parse(kind).map_err(|error| StoreError::Corrupt(format!("kind {kind}: {error}")))
    };
    let kinds = places.kinds.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let mut nodes = Nodes::new();
    for Place { id, parent, kind, label, label_end } in places.nodes {
        nodes
            .add(id, parent, &kinds[kind as usize], (label, label_end))
            .map_err(|refused| damaged(&id.to_string(), &refused))?;
    }
    nodes.finish().map_err(|refused| damaged("the nodes", &refused))
}

fn connections(
    mut tree: Connections,
    rows: Rows<(NodeId, NodeId)>,
) -> Result<Snapshot, StoreError> {
    for (from, to) in rows {
        tree.add(from, to)
            .map_err(|refused| damaged(&format!("connection {from} to {to}"), &refused))?;
    }
    tree.finish().map_err(|refused| damaged("the connections", &refused))
}

fn damaged(what: &str, refused: &ChangeRefused) -> StoreError {
    StoreError::Corrupt(format!("{what}: {refused}"))
}
