//! `GET /api/v1/top-nodes`

use serde::Deserialize;
use utoipa::IntoParams;
use web::{Json, Op, Page, Query, page};

use crate::{
    list_nodes::{Filter, Place},
    view::NodeView,
};

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
    let place: Option<Place> = page::from_cursor(query.cursor.as_deref())?;
    let from = place.map_or(0, |place| place.label(&read).saturating_add(1));
    let tops: Vec<_> =
        read.engine().topmost(filter.scope().labels(), from).take(limit + 1).collect();
    filter.among(&tops);
    Ok(Json(filter.cut(&read, "n.label", limit, Place::of).await?))
}
