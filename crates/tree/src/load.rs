//! The start: nodes and connections, streamed to the engine in pages.

use std::collections::BTreeMap;

use context::Loading;
use kernel::{NodeId, NodeKind};
use policy::{
    ChangeRefused,
    load::{Connections, Nodes},
};
use store::{Run, StoreError};

use crate::store as rows;

/// So many rows at once.
const PAGE: i64 = 10_000;

/// Streams the tree. It comes before everything else, as all the rest refers to nodes.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut tree = nodes(run).await?;
    connections(run, &mut tree).await?;
    loading.tree(tree.finish().map_err(|refused| damaged("the connections", &refused))?)
}

async fn nodes(run: &impl Run) -> Result<Connections, StoreError> {
    let mut nodes = Nodes::new();
    let mut kinds: BTreeMap<String, NodeKind> = BTreeMap::new();
    let mut after = i64::MIN;
    loop {
        let page = store::node::places(run, after, PAGE).await?;
        let Some(last) = page.last() else {
            return nodes.finish().map_err(|refused| damaged("the nodes", &refused));
        };
        after = last.label;
        for place in &page {
            if !kinds.contains_key(&place.kind) {
                let kind = NodeKind::parse(&place.kind)
                    .map_err(|error| StoreError::Corrupt(format!("node {}: {error}", place.id)))?;
                kinds.insert(place.kind.clone(), kind);
            }
            let kind = &kinds[&place.kind];
            nodes
                .add(place.id, place.parent, kind, (place.label, place.label_end))
                .map_err(|refused| damaged(&place.id.to_string(), &refused))?;
        }
    }
}

async fn connections(run: &impl Run, tree: &mut Connections) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = rows::connections_page(run, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(*last);
        for row in &page {
            tree.add(NodeId(row.from_id), NodeId(row.to_id))
                .map_err(|refused| damaged(&format!("{row:?}"), &refused))?;
        }
    }
}

fn damaged(what: &str, refused: &ChangeRefused) -> StoreError {
    StoreError::Corrupt(format!("{what}: {refused}"))
}
