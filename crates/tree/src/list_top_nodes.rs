//! `GET /api/v1/top-nodes`

use kernel::{NodeId, Problem};
use serde::{Deserialize, Serialize};
use store::node::Node;
use utoipa::IntoParams;
use web::{Json, Op, Page, Query, page};

use crate::{list_nodes::Filter, read_node::ReadNode, view::NodeView};

/// Which page.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TopQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// Where a page ended. Labels move, so the node itself counts while it is there.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    id: NodeId,
    label: i64,
}

/// Where the tree begins for the caller: the nodes that it may read and whose parent it may not, and the roots that it
/// may read; in the order of the tree.
#[utoipa::path(get, path = "/api/v1/top-nodes", tag = "nodes", operation_id = "list_top_nodes",
    params(TopQuery),
    responses((status = 200, body = Page<NodeView>, description = "A page of nodes"),
        (status = 400, body = web::ProblemBody, description = "A parameter is wrong")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<TopQuery>,
) -> web::Result<Json<Page<NodeView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let mut filter = Filter::scoped(&read)?;
    let engine = read.engine();
    let place: Option<Place> = page::from_cursor(query.cursor.as_deref())?;
    let last = place.map(|p| engine.labels(p.id).map_or(p.label, |labels| labels.label));
    let from = last.map_or(0, |label| label.saturating_add(1));
    let labels = read.scope::<ReadNode>()?;
    let tops = engine.topmost(labels.labels(), from).take(limit + 1);
    filter.among(&tops.collect::<Vec<_>>());
    let place = |node: &Node| Place { id: node.id, label: node.label };
    let found: Result<_, Problem> = filter.cut(&read, "n.label", limit, place).await;
    Ok(Json(found?))
}
