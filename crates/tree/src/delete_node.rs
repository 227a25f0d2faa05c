//! `DELETE /api/v1/nodes/{node}`

use context::{Action, Event, EventKind, Permitted, Writing};
use http::StatusCode;
use kernel::{NodeId, NodeRef, Problem};
use policy::Change;
use serde::Deserialize;
use store::node::Node;
use utoipa::IntoParams;
use web::{IfMatch, Op, Path, Query};

use crate::{find, gone, model};

/// Deleting a node; asked at each node that goes.
#[derive(Debug)]
pub struct DeleteNode;

impl Action for DeleteNode {
    type Resource = Node;
    const PERMISSION: &'static str = "node:delete";
}

/// How far it reaches.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteQuery {
    /// Whether all below it goes too.
    #[serde(default)]
    pub recursive: bool,
}

/// Deletes a node with everything that refers to it. While it has children only with `recursive=true`, which asks
/// `node:delete` at each of them. Where a deny goes with it, that counts as granting.
#[utoipa::path(delete, path = "/api/v1/nodes/{node}", tag = "nodes", operation_id = "delete_node",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`"), DeleteQuery),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, body = web::ProblemBody, description = "Not permitted there or below"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "It has children"),
        (status = 412, body = web::ProblemBody, description = "Changed in the meantime"),
        (status = 422, body = web::ProblemBody, description = "A node of this kind goes by its own operation")),
    extensions(("x-permission" = json!("node:delete"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    Query(query): Query<DeleteQuery>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let node = find(&tx, &node, "").await?;
    let node = tx.permit::<DeleteNode>(node)?;
    if_match.check(node.version)?;
    model::refuse_global(node.id)?;
    model::refuse_managed(&node.kind, "")?;
    if query.recursive {
        remove_below(&mut tx, node.id).await?;
    }
    remove(&mut tx, &node).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes all below a node, from the bottom up; asks `node:delete` at each, and at users and groups what their own
/// operations ask.
pub async fn remove_below(tx: &mut Writing, node: NodeId) -> Result<(), Problem> {
    let below = tx.engine().subtree(node);
    for id in below.into_iter().rev().filter(|id| *id != node) {
        let node = store::node::find(tx, id).await?.ok_or_else(gone)?;
        let node = tx.permit::<DeleteNode>(node).map_err(below_refused)?;
        if let Some(permission) = model::own_permission(&node.kind) {
            let permission = context::action::parse(permission)?;
            if !tx.may(&permission, node.id) {
                return Err(below_refused(Problem::forbidden("")));
            }
        }
        remove(tx, &node).await?;
    }
    Ok(())
}

/// Deletes one node: first what others keep about it, then its row. Refused while it has children.
pub async fn remove<A>(tx: &mut Writing, node: &Permitted<A, Node>) -> Result<(), Problem> {
    if !tx.engine().children(Some(node.id)).is_empty() {
        return Err(Problem::conflict("It has nodes below it; delete them first, or recursively."));
    }
    for step in tx.ctx().system().clone().cascades() {
        step(tx, node).await?;
    }
    store::node::delete(tx.as_ref(), node.id).await?;
    tx.record(Change::NodeDeleted { id: node.id })?;
    // At the parent: who may read the audit there shall see that something below is gone.
    let place = node.parent.unwrap_or(NodeId::GLOBAL);
    let event = Event::new(EventKind::DataDelete, "node.delete")
        .about("node", node.id, place)
        .with("kind", node.kind.as_str());
    let name = node.name.as_str();
    // The name of a user is about a person: it must be erasable.
    tx.audit(if model::is_person(&node.kind) {
        event.personal("name", name)
    } else {
        event.with("name", name)
    });
    Ok(())
}

/// The same answer for what one may not delete and what one may not even see.
fn below_refused(_: Problem) -> Problem {
    Problem::forbidden("This needs the permission node:delete at every node below.")
}
