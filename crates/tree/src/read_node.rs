//! `GET /api/v1/nodes/{node}`, and the same by an id in another system.

use context::{Action, Reading};
use kernel::{NodeRef, Problem};
use serde::Deserialize;
use store::node::Node;
use web::{Op, Path, Tagged};

use crate::{find, find::gone, store as rows, view, view::NodeView};

/// Reading a node, what it carries, and its place in lists.
#[derive(Debug)]
pub struct ReadNode;

impl Action for ReadNode {
    type Resource = Node;
    const PERMISSION: &'static str = "node:read";
}

/// A node with all it carries. `{node}` is its id, or its path with each `/` as `%2F`: `%2Facme%2FcompanyA`.
#[utoipa::path(get, path = "/api/v1/nodes/{node}", tag = "nodes", operation_id = "read_node",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    responses(
        (status = 200, body = NodeView, description = "The node"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(Op(ctx): Op, Path(node): Path<NodeRef>) -> web::Result<Tagged<NodeView>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    Ok(answer(&read, node).await?)
}

/// An id in another system.
#[derive(Debug, Deserialize)]
pub struct ExternalPath {
    system: String,
    id: String,
}

/// The node that has this id in another system.
#[utoipa::path(get, path = "/api/v1/external-ids/{system}/{id}", tag = "nodes",
    operation_id = "read_node_by_external_id",
    params(("system" = String, Path, description = "The other system"),
        ("id" = String, Path, description = "The id there")),
    responses(
        (status = 200, body = NodeView, description = "The node"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn by_external_id(
    Op(ctx): Op,
    Path(path): Path<ExternalPath>,
) -> web::Result<Tagged<NodeView>> {
    let read = ctx.read().await?;
    let node = rows::by_external_id(&read, &path.system, &path.id).await?.ok_or_else(gone)?;
    Ok(answer(&read, node).await?)
}

async fn answer(read: &Reading, node: Node) -> Result<Tagged<NodeView>, Problem> {
    let node = read.permit::<ReadNode>(node)?;
    Ok(Tagged { body: view::whole(read, &node).await?, version: node.version })
}
