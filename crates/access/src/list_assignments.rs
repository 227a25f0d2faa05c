//! `GET /api/v1/assignments`

use context::Reading;
use kernel::{AssignmentId, NodeRef, Problem};
use policy::Assignment;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Json, Op, Page, Path, Query, page};

use crate::{
    find_role,
    list::{Filter, may_see_assignments},
    list_permissions::resolve,
    model::RoleRef,
    store as rows,
    view::{AssignmentView, assignments},
};

/// Which assignments.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only those to this user, service account or group itself, by id or path.
    #[param(value_type = Option<String>)]
    pub subject: Option<NodeRef>,
    /// Only those of this role: an id, or `name@owner`.
    #[param(value_type = Option<String>)]
    pub role: Option<RoleRef>,
    /// Only those at this node itself, by id or path.
    #[param(value_type = Option<String>)]
    pub node: Option<NodeRef>,
    /// Only those that hold at this node: given at it or at one that it inherits from, of a role that counts there.
    /// Nothing where the caller holds neither permission at the node.
    #[param(value_type = Option<String>)]
    pub reaching: Option<NodeRef>,
}

/// The assignments at nodes where the caller holds `access:inspect` or `access:assign`, oldest first.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "assignments", operation_id = "list_assignments",
    params(AssignmentQuery),
    responses((status = 200, body = Page<AssignmentView>, description = "A page of assignments")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<AssignmentQuery>,
) -> web::Result<Json<Page<AssignmentView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let mut filter = filter(&read, &query).await?;
    let total = rows::count_assignments(&read, &filter.sql(), filter.values()).await?;
    if let Some(last) = page::from_cursor::<uuid::Uuid>(query.cursor.as_deref())? {
        filter.add("a.id > {}", [last.into()]);
    }
    let sql = format!("{} ORDER BY a.id LIMIT {}", filter.sql(), limit + 1);
    let found = rows::list_assignments(&read, &sql, filter.values()).await?;
    let page = Page::cut(found, limit, |a| a.id.0);
    let items = assignments(&read, read.engine(), &page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: Some(total.unsigned_abs()) }))
}

/// One assignment.
#[utoipa::path(get, path = "/api/v1/assignments/{assignment}", tag = "assignments", operation_id = "read_assignment",
    params(("assignment" = String, Path, description = "Its id")),
    responses((status = 200, body = AssignmentView, description = "The assignment"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn read(Op(ctx): Op, Path(id): Path<AssignmentId>) -> web::Result<Json<AssignmentView>> {
    let read = ctx.read().await?;
    let found: Assignment = read.engine().assignment(id).cloned().ok_or_else(tree::gone)?;
    may_see_assignments(&read, found.node)?;
    let view = assignments(&read, read.engine(), &[found]).await?.pop().ok_or_else(tree::gone)?;
    Ok(Json(view))
}

async fn filter(read: &Reading, query: &AssignmentQuery) -> Result<Filter, Problem> {
    let mut filter = Filter::of_assignments(read)?;
    for (column, node) in [("a.subject", &query.subject), ("a.node", &query.node)] {
        if let Some(node) = node {
            let id = resolve(read, node).await?.map(|id| id.0);
            filter.add(&format!("{column} = {{}}"), [id.into()]);
        }
    }
    if let Some(node) = &query.reaching {
        let node = resolve(read, node).await?;
        let node = node.filter(|node| may_see_assignments(read, *node).is_ok());
        filter.add_reaching(read, node);
    }
    if let Some(role) = &query.role {
        // A role that is not there has no assignments.
        let id = find_role(read, role).await.ok().map(|role| role.id.0);
        filter.add("a.role = {}", [id.into()]);
    }
    Ok(filter)
}
