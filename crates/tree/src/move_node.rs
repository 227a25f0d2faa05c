//! `POST /api/v1/nodes/{node}/move`

use context::{Action, Event, EventKind, Permitted, Writing};
use kernel::{NodeId, NodeRef, Problem};
use policy::Change;
use serde::Deserialize;
use store::node::Node;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{find, granting, insert, model, view, view::NodeView};

/// Moving a node; asked at the node and at its new parent.
#[derive(Debug)]
pub struct MoveNode;

impl Action for MoveNode {
    type Resource = Node;
    const PERMISSION: &'static str = "node:move";
}

/// Where to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveNodeInput {
    /// The new parent, by id or path.
    #[schema(value_type = String, example = "/acme/companyB")]
    pub parent: NodeRef,
}

/// Moves a node, and all below it, under another parent. It counts as granting `*` at the node.
#[utoipa::path(post, path = "/api/v1/nodes/{node}/move", tag = "nodes", operation_id = "move_node",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = MoveNodeInput,
    responses(
        (status = 200, body = NodeView, description = "Moved"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at both ends, or more than one may grant"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "It would close a cycle, or the name is in use there"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("node:move"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<MoveNodeInput>,
) -> web::Result<Tagged<NodeView>> {
    let mut tx = ctx.begin().await?;
    let node = find(&tx, &node, "").await?;
    let node = tx.permit::<MoveNode>(node)?;
    if_match.check(node.version)?;
    let node = run(&mut tx, node, &input.parent).await?;
    let body = view::whole(&tx, &node).await?;
    tx.commit().await?;
    Ok(Tagged { body, version: node.version })
}

/// Moves a node and all below it.
pub async fn run(
    tx: &mut Writing,
    node: Permitted<MoveNode, Node>,
    parent: &NodeRef,
) -> Result<Node, Problem> {
    model::refuse_global(node.id)?;
    model::refuse_managed(&node.kind, "")?;
    let parent = find(tx, parent, "/parent").await?;
    let parent = tx.permit::<MoveNode>(parent).map_err(|p| crate::hide(p, "/parent"))?;
    if parent.id == NodeId::GLOBAL {
        return Err(Problem::invalid("/parent", "must not be $global: only roots stand there"));
    }
    granting::may_change_ancestors(tx, node.id).await?;
    if tx.engine().would_cycle_by_move(node.id, parent.id) {
        return Err(Problem::conflict("The node would be above itself: this would close a cycle."));
    }
    if node.parent == Some(parent.id) {
        // Nothing changes; a trace stays all the same.
        audit(tx, &node, &parent);
        return Ok(node.into_inner());
    }
    insert::check_depth(tx, Some(parent.id), height(tx, node.id))?;
    if store::node::find_child(tx, Some(parent.id), &node.name).await?.is_some() {
        return Err(insert::taken(&node.name));
    }
    audit(tx, &node, &parent);
    write(tx, node.into_inner(), parent.id).await
}

async fn write(tx: &mut Writing, mut node: Node, parent: NodeId) -> Result<Node, Problem> {
    let labels =
        tx.engine().place_move(node.id, parent).map_err(|e| Problem::conflict(e.to_string()))?;
    let rows: Vec<_> = labels.iter().map(|l| (l.id, l.label, l.label_end)).collect();
    store::node::relabel(tx.as_ref(), &rows).await?;
    let now = tx.ctx().now();
    node.parent = Some(parent);
    store::node::update(tx.as_ref(), &node, now).await?;
    node.version += 1;
    node.updated_at = now;
    tx.record(Change::NodeMoved { id: node.id, parent, labels })?;
    Ok(node)
}

fn audit(tx: &mut Writing, node: &Node, parent: &Node) {
    let former = node.parent.map(|id| id.to_string());
    let event = Event::new(EventKind::DataUpdate, "node.move").about("node", node.id, node.id);
    tx.audit(event.with("from", former).with("to", parent.id.to_string()));
}

/// How many nodes the longest way down has, the node itself included.
fn height(tx: &Writing, node: NodeId) -> usize {
    let engine = tx.engine();
    let depth = |below: NodeId| {
        std::iter::successors(Some(below), |n| engine.parent(*n).filter(|_| *n != node)).count()
    };
    engine.subtree(node).into_iter().map(depth).max().unwrap_or(1)
}
