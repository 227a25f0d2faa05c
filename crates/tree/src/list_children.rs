//! `GET /api/v1/nodes/{node}/children`

use kernel::{NodeRef, Problem};
use serde::Deserialize;
use store::node::Node;
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Page, Path, Query, page};

use crate::{find, list_nodes::Filter, read_node::ReadNode, view::NodeView};

/// Which children, and in what order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChildrenQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
    /// Only what has this text at the beginning of its name.
    pub prefix: Option<String>,
    /// In what order; absent: that of the tree.
    #[param(inline)]
    pub sort: Option<ChildrenOrder>,
}

/// In what order children are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChildrenOrder {
    /// By name. They are not counted, so that a page of many children costs as much as one of few.
    Name,
}

/// The nodes directly below one, as far as the caller may read them.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/children", tag = "nodes", operation_id = "list_children",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`"), ChildrenQuery),
    responses((status = 200, body = Page<NodeView>, description = "A page of nodes"),
        (status = 400, body = web::ProblemBody, description = "A parameter is wrong"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    Query(query): Query<ChildrenQuery>,
) -> web::Result<Json<Page<NodeView>>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    let mut filter = Filter::scoped(&read)?;
    filter.add("n.parent = {}", [node.id.0.into()]);
    let texts =
        [query.q.as_deref().map(page::like), query.prefix.as_deref().map(page::like_beginning)];
    for text in texts.into_iter().flatten() {
        filter.add("LOWER(n.name) LIKE LOWER({}) ESCAPE '\\'", [text.into()]);
    }
    let cursor = query.cursor.as_deref();
    let page = match query.sort {
        None => filter.page(&read, query.limit, cursor).await?,
        Some(ChildrenOrder::Name) => by_name(&read, filter, query.limit, cursor).await?,
    };
    Ok(Json(page))
}

async fn by_name(
    read: &context::Reading,
    mut filter: Filter,
    limit: Option<u32>,
    cursor: Option<&str>,
) -> Result<Page<NodeView>, Problem> {
    let limit = page::limit(limit)?;
    if let Some(last) = page::from_cursor::<String>(cursor)? {
        filter.add("n.name > {}", [last.into()]);
    }
    filter.cut(read, "n.name", limit, |node: &Node| node.name.to_string()).await
}
