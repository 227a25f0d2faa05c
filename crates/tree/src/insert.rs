//! A new node in its place. Realms, users, groups, service accounts and applications are made with it too.

use context::{Permitted, Writing};
use kernel::{Name, NodeId, NodeKind, Problem, name::MAX_DEPTH};
use policy::Change;
use store::node::Node;

use crate::model::NewNode;

/// Makes a node where its creation was permitted.
pub async fn insert_node<A>(
    tx: &mut Writing,
    new: &Permitted<A, NewNode>,
) -> Result<Node, Problem> {
    let id = NodeId::new(tx.ctx().now(), tx.ctx().system().entropy());
    insert_node_with_id(tx, new, id).await
}

/// Makes a node with a fixed id: for what the system makes once.
pub async fn insert_node_with_id<A>(
    tx: &mut Writing,
    new: &Permitted<A, NewNode>,
    id: NodeId,
) -> Result<Node, Problem> {
    write(tx, new, id).await
}

/// Makes `$global`, in an empty database. Nothing can be permitted before it is there.
pub async fn bootstrap(tx: &mut Writing) -> Result<Node, Problem> {
    let new = NewNode {
        parent: None,
        kind: NodeKind::parse(NodeKind::GLOBAL).map_err(Problem::internal)?,
        name: Name::parse("$global").map_err(Problem::internal)?,
    };
    write(tx, &new, NodeId::GLOBAL).await
}

async fn write(tx: &mut Writing, new: &NewNode, id: NodeId) -> Result<Node, Problem> {
    check_depth(tx, new.parent, 1)?;
    if store::node::find_child(tx, new.parent, &new.name).await?.is_some() {
        return Err(taken(&new.name));
    }
    let place = tx.engine().place(new.parent, 1).map_err(|e| Problem::conflict(e.to_string()))?;
    if !place.renumbered.is_empty() {
        let labels = place.renumbered;
        let rows: Vec<_> = labels.iter().map(|l| (l.id, l.label, l.label_end)).collect();
        store::node::relabel(tx.as_ref(), &rows).await?;
        tx.record(Change::NodesLabelled { labels })?;
    }
    let node = Node {
        id,
        parent: new.parent,
        kind: new.kind.clone(),
        name: new.name.clone(),
        label: place.label,
        label_end: place.label_end,
        created_at: tx.ctx().now(),
        updated_at: tx.ctx().now(),
        version: 1,
    };
    store::node::insert(tx.as_ref(), &node).await?;
    tx.record(Change::NodeSaved {
        id,
        parent: node.parent,
        kind: node.kind.clone(),
        label: node.label,
        label_end: node.label_end,
    })?;
    Ok(node)
}

/// 409: the name is in use under that parent.
pub(crate) fn taken(name: &Name) -> Problem {
    Problem::conflict(format!("There is a node named '{name}' at that place already."))
}

/// Refuses what would stand deeper than a path can be; `height` is that of what comes below the parent.
pub(crate) fn check_depth(
    tx: &Writing,
    parent: Option<NodeId>,
    height: usize,
) -> Result<(), Problem> {
    let above = std::iter::successors(parent, |node| tx.engine().parent(*node)).count();
    if above + height > MAX_DEPTH {
        return Err(Problem::conflict(format!("A node stands at most {MAX_DEPTH} deep.")));
    }
    Ok(())
}
