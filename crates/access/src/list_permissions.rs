//! `GET /api/v1/permissions`

use context::Reading;
use kernel::{NodeId, NodeRef, PermissionId, Problem};
use serde::Deserialize;
use store::Run;
use utoipa::IntoParams;
use web::{Json, Op, Page, Path, Query, page};

use crate::{
    list::{Filter, may_see_roles},
    store as rows,
    view::{Paths, PermissionView, permission, permission_with},
};

/// Which roles or permissions.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OwnedQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
    /// Only those of this owner, by id or path.
    #[param(value_type = Option<String>)]
    pub owner: Option<NodeRef>,
}

/// The registered permissions whose owner is one at which the caller holds `access:inspect` or `access:role`, by name.
#[utoipa::path(get, path = "/api/v1/permissions", tag = "permissions", operation_id = "list_permissions",
    params(OwnedQuery),
    responses((status = 200, body = Page<PermissionView>, description = "A page of permissions")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<OwnedQuery>,
) -> web::Result<Json<Page<PermissionView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let mut filter = filter(&read, &query, "p").await?;
    let total = rows::count_permissions(&read, &filter.sql(), filter.values()).await?;
    after(&mut filter, &query, "p")?;
    let sql = format!("{} ORDER BY p.name, p.id LIMIT {}", filter.sql(), limit + 1);
    let found = rows::list_permissions(&read, &sql, filter.values()).await?;
    let page = Page::cut(found, limit, |p| (p.name.to_string(), p.id.0));
    let paths = Paths::of(&read, page.items.iter().map(|p| p.owner).collect()).await?;
    Ok(Json(page.map(|p| permission_with(&paths, p)).with_total(total.unsigned_abs())))
}

/// One registered permission.
#[utoipa::path(get, path = "/api/v1/permissions/{permission}", tag = "permissions", operation_id = "read_permission",
    params(("permission" = String, Path, description = "Its id")),
    responses((status = 200, body = PermissionView, description = "The permission"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn read(Op(ctx): Op, Path(id): Path<PermissionId>) -> web::Result<Json<PermissionView>> {
    let read = ctx.read().await?;
    let found = rows::find_permission(&read, id).await?.ok_or_else(tree::gone)?;
    may_see_roles(&read, found.owner)?;
    Ok(Json(permission(&read, found).await?))
}

/// The conditions of a list of what nodes own; `table` is its letter in the query.
pub(crate) async fn filter(
    read: &Reading,
    query: &OwnedQuery,
    table: &str,
) -> Result<Filter, Problem> {
    let mut filter = Filter::of_roles(read)?;
    if let Some(q) = &query.q {
        let sql = format!("LOWER({table}.name) LIKE LOWER({{}}) ESCAPE '\\'");
        filter.add(&sql, [page::like(q).into()]);
    }
    if let Some(owner) = &query.owner {
        let owner = resolve(read, owner).await?;
        filter.add(&format!("{table}.owner = {{}}"), [owner.map(|id| id.0).into()]);
    }
    Ok(filter)
}

/// Only what comes after the cursor.
pub(crate) fn after(filter: &mut Filter, query: &OwnedQuery, table: &str) -> Result<(), Problem> {
    let last: Option<(String, uuid::Uuid)> = page::from_cursor(query.cursor.as_deref())?;
    if let Some((name, id)) = last {
        let sql = format!("({table}.name, {table}.id) > ({{}}, {{}})");
        filter.add(&sql, [name.into(), id.into()]);
    }
    Ok(())
}

/// The node that a filter means; none matches nothing.
pub(crate) async fn resolve(run: &impl Run, node: &NodeRef) -> Result<Option<NodeId>, Problem> {
    Ok(store::node::resolve(run, node).await?.map(|node| node.id))
}
