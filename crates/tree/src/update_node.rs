//! `PATCH /api/v1/nodes/{node}`

use context::{Action, Event, EventKind, Permitted, Writing};
use kernel::{Name, NodeRef, Problem};
use serde::Deserialize;
use store::node::Node;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{find, insert, model, view, view::NodeView};

/// Changing a node's name or what it carries.
#[derive(Debug)]
pub struct UpdateNode;

impl Action for UpdateNode {
    type Resource = Node;
    const PERMISSION: &'static str = "node:update";
}

/// What changes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateNodeInput {
    /// The new name.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
}

/// Renames a node. References are by id, so nothing else changes.
#[utoipa::path(patch, path = "/api/v1/nodes/{node}", tag = "nodes", operation_id = "update_node",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = UpdateNodeInput,
    responses(
        (status = 200, body = NodeView, description = "Changed"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "The name is in use there"),
        (status = 412, body = web::ProblemBody, description = "Changed in the meantime"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("node:update"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<UpdateNodeInput>,
) -> web::Result<Tagged<NodeView>> {
    let mut tx = ctx.begin().await?;
    let node = find(&tx, &node, "").await?;
    let node = tx.permit::<UpdateNode>(node)?;
    if_match.check(node.version)?;
    model::refuse_global(node.id)?;
    model::refuse_managed(&node.kind, "")?;
    let name = input.name.unwrap_or_else(|| node.name.clone());
    let node = rename(&mut tx, node, name).await?;
    let body = view::whole(&tx, &node).await?;
    tx.commit().await?;
    Ok(Tagged { body, version: node.version })
}

/// Gives a node another name, and audits it; also for nodes that have operations of their own.
pub async fn rename<A>(
    tx: &mut Writing,
    node: Permitted<A, Node>,
    name: Name,
) -> Result<Node, Problem> {
    let other = store::node::find_child(tx, node.parent, &name).await?;
    if other.is_some_and(|other| other.id != node.id) {
        return Err(insert::taken(&name));
    }
    let now = tx.ctx().now();
    let former = node.name.clone();
    let mut node = node.into_inner();
    node.name = name;
    store::node::update(tx.as_ref(), &node, now).await?;
    node.version += 1;
    node.updated_at = now;
    let event = Event::new(EventKind::DataUpdate, "node.rename").about("node", node.id, node.id);
    tx.audit(event.with("from", former.as_str()).with("to", node.name.as_str()));
    Ok(node)
}
