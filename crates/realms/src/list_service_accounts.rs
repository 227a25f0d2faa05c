//! `GET /api/v1/service-accounts`

use ::store::Value;
use context::Action;
use kernel::NodeId;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{
    service_account::ServiceAccount,
    store,
    view::{ServiceAccountView, service_account_views},
};

/// Seeing a service account.
#[derive(Debug)]
pub struct ReadServiceAccount;

impl Action for ReadServiceAccount {
    type Resource = ServiceAccount;
    const PERMISSION: &'static str = "user_manage";
}

/// The service accounts that the caller may manage, the oldest first.
#[utoipa::path(get, path = "/api/v1/service-accounts", tag = "service-accounts",
    operation_id = "list_service_accounts", params(PageQuery),
    responses((status = 200, body = Page<ServiceAccountView>), (status = 400, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<ServiceAccountView>>> {
    let read = ctx.read().await?;
    let limit = page::limit(query.limit)?;
    let cursor: Option<NodeId> = page::from_cursor(query.cursor.as_deref())?;
    let mut condition = read.scope::<ReadServiceAccount>()?.sql("n.label");
    let mut values: Vec<Value> = Vec::new();
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += " AND LOWER(n.name) LIKE LOWER($1) ESCAPE '\\'";
    }
    if let Some(cursor) = cursor {
        values.push(cursor.0.into());
        condition += &format!(" AND n.id > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.id LIMIT {}", limit + 1);
    let found = store::list_service_accounts(&read, &condition, values).await?;
    let page = Page::cut(found, limit, |account: &ServiceAccount| account.id);
    let items = service_account_views(&read, page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: None }))
}
