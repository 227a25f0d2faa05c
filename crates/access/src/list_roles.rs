//! `GET /api/v1/roles`

use web::{Json, Op, Page, Query, page};

use crate::{
    list_permissions::{OwnedQuery, after, filter},
    store as rows,
    view::{Paths, RoleView, nodes_of, role_with},
};

/// The roles whose owner is one at which the caller holds `access:inspect` or `access:role`, by name.
#[utoipa::path(get, path = "/api/v1/roles", tag = "roles", operation_id = "list_roles",
    params(OwnedQuery),
    responses((status = 200, body = Page<RoleView>, description = "A page of roles")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<OwnedQuery>,
) -> web::Result<Json<Page<RoleView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let mut filter = filter(&read, &query, "r").await?;
    let total = rows::count_roles(&read, &filter.sql(), filter.values()).await?;
    after(&mut filter, &query, "r")?;
    let sql = format!("{} ORDER BY r.name, r.id LIMIT {}", filter.sql(), limit + 1);
    let found = rows::list_roles(&read, &sql, filter.values()).await?;
    let page = Page::cut(found, limit, |role| (role.name.to_string(), role.id.0));
    let paths = Paths::of(&read, page.items.iter().flat_map(nodes_of).collect()).await?;
    let page = page.map(|role| role_with(&paths, read.engine(), &role));
    Ok(Json(page.with_total(total.unsigned_abs())))
}
