//! `GET /api/v1/nodes/{node}/children`

use kernel::NodeRef;
use web::{Json, Op, Page, PageQuery, Path, Query, page};

use crate::{find, list_nodes::Filter, read_node::ReadNode, view::NodeView};

/// The nodes directly below one, as far as the caller may read them.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/children", tag = "nodes", operation_id = "list_children",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`"), PageQuery),
    responses((status = 200, body = Page<NodeView>, description = "A page of nodes"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<NodeView>>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    let mut filter = Filter::scoped(&read)?;
    filter.add("n.parent = {}", [node.id.0.into()]);
    if let Some(q) = &query.q {
        filter.add("LOWER(n.name) LIKE LOWER({}) ESCAPE '\\'", [page::like(q).into()]);
    }
    Ok(Json(filter.page(&read, query.limit, query.cursor.as_deref()).await?))
}
