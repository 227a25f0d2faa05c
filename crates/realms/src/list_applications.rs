//! `GET /api/v1/applications`

use ::store::Value;
use context::Action;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{realm::Application, store, view::ApplicationView};

/// Seeing an application.
#[derive(Debug)]
pub struct ReadApplication;

impl Action for ReadApplication {
    type Resource = Application;
    const PERMISSION: &'static str = "node:read";
}

/// The applications that the caller may see, by name.
#[utoipa::path(get, path = "/api/v1/applications", tag = "applications", operation_id = "list_applications",
    params(PageQuery),
    responses((status = 200, body = Page<ApplicationView>), (status = 400, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<ApplicationView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let cursor: Option<String> = page::from_cursor(query.cursor.as_deref())?;
    let mut condition = read.scope::<ReadApplication>()?.sql("n.label");
    let mut values: Vec<Value> = Vec::new();
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += " AND LOWER(n.name) LIKE LOWER($1) ESCAPE '\\'";
    }
    if let Some(cursor) = cursor {
        values.push(cursor.into());
        condition += &format!(" AND n.name > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.name LIMIT {}", limit + 1);
    let found = store::list_applications(&read, &condition, values).await?;
    let page = Page::cut(found, limit, |application: &Application| application.name.clone());
    Ok(Json(page.map(ApplicationView::from)))
}
