//! `GET /api/v1/changes/labels`: all nodes with their labels, a page at a time: the first copy of a mirror, which the feed
//! then keeps.

use kernel::{NodeId, Problem, Revision};
use serde::{Deserialize, Serialize};
use store::node;
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Query};

use super::{ReadChanges, view::LabelView};

/// Most nodes on one page.
const MOST: u32 = 10_000;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LabelsQuery {
    /// The last node of the page before.
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<NodeId>,
    /// How many, 1 to 10,000; 1,000 if absent.
    #[param(minimum = 1, maximum = 10_000)]
    limit: Option<u32>,
}

/// A page of nodes, ordered by id.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelsView {
    /// The revision that this page shows. Keep that of the first page: the feed goes on from there.
    #[schema(value_type = u64)]
    revision: Revision,
    /// The nodes.
    items: Vec<LabelView>,
    /// Whether there are more.
    more: bool,
}

/// A page of all nodes with their labels.
#[utoipa::path(get, path = "/api/v1/changes/labels", tag = "changes", operation_id = "list_labels", params(LabelsQuery),
    responses((status = 200, body = LabelsView), (status = 403, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("changes:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<LabelsQuery>,
) -> web::Result<Json<LabelsView>> {
    let limit = query.limit.unwrap_or(1000);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::invalid("/limit", format!("must be 1 to {MOST}")).into());
    }
    let read = ctx.read().await?;
    read.permit::<ReadChanges>(NodeId::GLOBAL).map(drop)?;
    let after = query.after.unwrap_or(NodeId(uuid::Uuid::nil()));
    let rows = node::labels(&read, after, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    let items = rows.into_iter().take(limit as usize);
    let items = items.map(|(node, label)| LabelView { node, label }).collect();
    Ok(Json(LabelsView { revision: read.state().revision, items, more }))
}
