//! `GET /api/v1/realms`

use ::store::{Value, node::Node};
use context::Action;
use kernel::NodeKind;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::view::RealmView;

/// Seeing a realm.
#[derive(Debug)]
pub struct ReadRealm;

impl Action for ReadRealm {
    type Resource = Node;
    const PERMISSION: &'static str = "node:read";
}

/// The realms that the caller may see, by name.
#[utoipa::path(get, path = "/api/v1/realms", tag = "realms", operation_id = "list_realms", params(PageQuery),
    responses((status = 200, body = Page<RealmView>), (status = 400, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<RealmView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let cursor: Option<String> = page::from_cursor(query.cursor.as_deref())?;
    let scope = read.scope::<ReadRealm>()?.sql("n.label");
    let mut condition = format!("n.kind = $1 AND n.parent IS NULL AND {scope}");
    let mut values: Vec<Value> = vec![NodeKind::REALM.into()];
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += " AND LOWER(n.name) LIKE LOWER($2) ESCAPE '\\'";
    }
    if let Some(cursor) = cursor {
        values.push(cursor.into());
        condition += &format!(" AND n.name > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.name LIMIT {}", limit + 1);
    let realms = ::store::node::list(&read, &condition, values).await?;
    Ok(Json(Page::cut(realms, limit, |realm: &Node| realm.name.to_string()).map(RealmView::from)))
}
