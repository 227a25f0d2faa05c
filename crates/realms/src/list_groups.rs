//! `GET /api/v1/groups`

use ::store::Value;
use context::Action;
use kernel::{NodeId, NodeRef};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Json, Op, Page, Query, page};

use crate::{
    group::{Group, GroupKind},
    store,
    view::{GroupView, group_views},
};

/// Seeing groups, without their members.
#[derive(Debug)]
pub struct ReadGroup;

impl Action for ReadGroup {
    type Resource = Group;
    const PERMISSION: &'static str = "node:read";
}

/// Which groups.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
    /// Only groups of this node: id or path.
    #[param(value_type = Option<String>)]
    pub owner: Option<NodeRef>,
    /// Only groups of this kind.
    pub kind: Option<GroupKind>,
}

/// The groups that the caller may see, the oldest first.
#[utoipa::path(get, path = "/api/v1/groups", tag = "groups", operation_id = "list_groups", params(GroupQuery),
    responses((status = 200, body = Page<GroupView>), (status = 400, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<GroupQuery>,
) -> web::Result<Json<Page<GroupView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let cursor: Option<NodeId> = page::from_cursor(query.cursor.as_deref())?;
    let mut condition = read.scope::<ReadGroup>()?.sql("n.label");
    let mut values: Vec<Value> = Vec::new();
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += &format!(" AND LOWER(n.name) LIKE LOWER(${}) ESCAPE '\\'", values.len());
    }
    if let Some(owner) = &query.owner {
        let owner = ::store::node::resolve(&read, owner).await?;
        values.push(owner.map(|node| node.id.0).into());
        condition += &format!(" AND n.parent = ${}", values.len());
    }
    if let Some(kind) = query.kind {
        values.push(kind.as_str().into());
        condition += &format!(" AND g.kind = ${}", values.len());
    }
    if let Some(cursor) = cursor {
        values.push(cursor.0.into());
        condition += &format!(" AND n.id > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.id LIMIT {}", limit + 1);
    let groups = store::list_groups(&read, &condition, values).await?;
    let page = Page::cut(groups, limit, |group: &Group| group.id);
    let items = group_views(&read, page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: None }))
}
