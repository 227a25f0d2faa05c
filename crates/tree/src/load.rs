//! The start: nodes, connections and properties, streamed to the engine in pages.

use context::Loading;
use kernel::NodeId;
use policy::Change;
use store::{Run, StoreError};

use crate::store as rows;

/// So many rows at once.
const PAGE: i64 = 5_000;

/// Streams the tree. It comes before everything else, as all the rest refers to nodes.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    nodes(run, loading).await?;
    connections(run, loading).await?;
    properties(run, loading).await
}

async fn nodes(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = i64::MIN;
    loop {
        let page = store::node::page(run, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.label;
        for node in page {
            loading.apply(Change::NodeSaved {
                id: node.id,
                parent: node.parent,
                kind: node.kind,
                label: node.label,
                label_end: node.label_end,
            })?;
        }
    }
}

async fn connections(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = rows::connections_page(run, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(*last);
        for row in &page {
            loading
                .apply(Change::Connected { from: NodeId(row.from_id), to: NodeId(row.to_id) })?;
        }
    }
}

async fn properties(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let mut page = rows::properties_page(run, after.as_ref(), PAGE).await?;
        for row in &page {
            let value = row.value()?;
            let name = row.name.clone();
            loading.apply(Change::PropertySet { node: NodeId(row.node), name, value })?;
        }
        after = page.pop();
        if after.is_none() {
            return Ok(());
        }
    }
}
