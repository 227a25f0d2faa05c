//! What goes with a node: its connections, properties, tags and external ids.

use context::{Writing, cascade::Step};
use kernel::{NodeId, Problem};
use policy::Change;
use store::node::Node;

use crate::{granting, store as rows};

/// Removes what the tree keeps about a node. A connection from it that goes counts as granting `*` at its other end,
/// where a deny may be lifted.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(remove(tx, node.id))
}

async fn remove(tx: &mut Writing, node: NodeId) -> Result<(), Problem> {
    for row in rows::connections_at(tx, node).await? {
        let (from, to) = (NodeId(row.from_id), NodeId(row.to_id));
        if from == node {
            granting::may_change_ancestors(tx, to).await?;
        }
        tx.record(Change::Disconnected { from, to })?;
    }
    rows::forget(tx, node).await?;
    Ok(())
}
