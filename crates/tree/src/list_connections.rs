//! `GET /api/v1/nodes/{node}/connections`

use std::collections::BTreeMap;

use kernel::{NodeId, NodeRef, Problem};
use serde::Serialize;
use store::Run;
use utoipa::ToSchema;
use web::{Json, Op, Path};

use crate::{find, read_node::ReadNode, store as rows};

/// A connection: `to` inherits from `from`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectionView {
    /// The node inherited from.
    pub from: End,
    /// The node that inherits.
    pub to: End,
}

/// One end of a connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct End {
    /// The node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its path.
    pub path: String,
}

/// All connections of one node.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Connections {
    /// The connections whose two ends the caller may read.
    pub items: Vec<ConnectionView>,
}

/// The connections of a node, from it and to it, as far as the caller may read the other end.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/connections", tag = "nodes", operation_id = "list_connections",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    responses((status = 200, body = Connections, description = "The connections"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(Op(ctx): Op, Path(node): Path<NodeRef>) -> web::Result<Json<Connections>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    let permission = context::action::parse("node:read")?;
    let ends: Vec<(NodeId, NodeId)> = rows::connections_at(&read, node.id)
        .await?
        .into_iter()
        .map(|row| (NodeId(row.from_id), NodeId(row.to_id)))
        .filter(|(from, to)| {
            let other = if *from == node.id { *to } else { *from };
            read.may(&permission, other)
        })
        .collect();
    let ids: Vec<NodeId> = ends.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let paths = store::node::paths(&read, &ids).await?;
    let items = ends.into_iter().map(|(from, to)| connection(&paths, from, to)).collect();
    Ok(Json(Connections { items }))
}

/// One connection as it is answered.
pub(crate) async fn view(
    run: &impl Run,
    from: NodeId,
    to: NodeId,
) -> Result<ConnectionView, Problem> {
    Ok(connection(&store::node::paths(run, &[from, to]).await?, from, to))
}

fn connection(paths: &BTreeMap<NodeId, String>, from: NodeId, to: NodeId) -> ConnectionView {
    let end = |id| End { id, path: paths.get(&id).cloned().unwrap_or_default() };
    ConnectionView { from: end(from), to: end(to) }
}
