//! `GET /api/v1/realm-connections`

use ::store::from_micros;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{
    list_realms::ReadRealm,
    store::{self, ConnectionRow},
};

/// The users of `from` may sign in where those of `to` may.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RealmConnectionView {
    /// The realm whose users are shared.
    pub from: String,
    /// The realm where they may sign in.
    pub to: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The connections between realms that the caller may see.
#[utoipa::path(get, path = "/api/v1/realm-connections", tag = "realms", operation_id = "list_realm_connections",
    params(PageQuery),
    responses((status = 200, body = Page<RealmConnectionView>), (status = 400, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<RealmConnectionView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let cursor: Option<(String, String)> = page::from_cursor(query.cursor.as_deref())?;
    let scope = read.scope::<ReadRealm>()?;
    let mut condition = format!("{} AND {}", scope.sql("f.label"), scope.sql("t.label"));
    let mut values = Vec::new();
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += " AND (LOWER(f.name) LIKE LOWER($1) ESCAPE '\\' OR LOWER(t.name) LIKE LOWER($1) ESCAPE '\\')";
    }
    if let Some((from, to)) = cursor {
        values.extend([from.into(), to.into()]);
        let (a, b) = (values.len() - 1, values.len());
        condition += &format!(" AND (f.name > ${a} OR (f.name = ${a} AND t.name > ${b}))");
    }
    condition += &format!(" ORDER BY f.name, t.name LIMIT {}", limit + 1);
    let rows = store::list_connections(&read, &condition, values).await?;
    let key = |row: &ConnectionRow| (row.from_name.clone(), row.to_name.clone());
    let page = Page::cut(rows, limit, key);
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let created_at = from_micros(row.created_at)?;
        items.push(RealmConnectionView { from: row.from_name, to: row.to_name, created_at });
    }
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: None }))
}
