//! `GET /api/v1/groups/{group}/members`

use context::Action;
use jiff::Timestamp;
use kernel::NodeId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Page, Path, Query, page};

use crate::{
    find::group_in_path,
    group::{Group, MemberRow},
    refs::GroupRef,
    store,
};

/// Seeing who is in a group.
#[derive(Debug)]
pub struct ReadMembers;

impl Action for ReadMembers {
    type Resource = Group;
    const PERMISSION: &'static str = "group_manage";
}

/// How many members, and from where on.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// A member of a group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// `user`, `service_account` or `group`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Since when it is a member.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// The direct members of a group, the oldest first. Those of a built-in group are computed, so its list is empty.
#[utoipa::path(get, path = "/api/v1/groups/{group}/members", tag = "groups", operation_id = "list_members",
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded"),
        MemberQuery),
    responses((status = 200, body = Page<MemberView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(group): Path<GroupRef>,
    Query(query): Query<MemberQuery>,
) -> web::Result<Json<Page<MemberView>>> {
    let read = ctx.read().await?;
    let group = group_in_path(&read, &group).await?;
    let group = read.permit::<ReadMembers>(group)?;
    let limit = page::limit(query.limit)?;
    let after: Option<NodeId> = page::from_cursor(query.cursor.as_deref())?;
    let rows = store::list_members(&read, group.id, after, limit + 1).await?;
    let page = Page::cut(rows, limit, |row: &MemberRow| row.id);
    let ids: Vec<NodeId> = page.items.iter().map(|row| row.id).collect();
    let mut paths = ::store::node::paths(&read, &ids).await?;
    let total = read.engine().members_of(group.id).len();
    let page = page.map(|row| MemberView {
        path: paths.remove(&row.id).unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        name: row.name,
        since: row.since,
    });
    Ok(Json(page.with_total(total as u64)))
}
