//! `GET /api/v1/api-keys`: one's own keys; for administrators also those of the users whom they manage.

use ::store::Value;
use kernel::NodeId;
use uuid::Uuid;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{
    api_key::{ApiKey, ApiKeyView},
    create_api_key::ManageApiKeys,
    store,
};

/// Lists keys, oldest first; never a secret.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "list_api_keys", tag = "api-keys", params(PageQuery),
    responses((status = 200, body = Page<ApiKeyView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<ApiKeyView>>> {
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let read = ctx.read().await?;
    let managed = read.scope::<ManageApiKeys>()?.sql("n.label");
    // Nobody is no key's owner.
    let me = ctx.principal().subject().unwrap_or(NodeId(Uuid::nil()));
    let condition = format!(
        "WHERE k.id > $1 AND (k.owner = $2 OR {managed}) AND LOWER(k.name) LIKE $3 ESCAPE '\\'
         ORDER BY k.id LIMIT $4"
    );
    let pattern = page::like(&query.q.unwrap_or_default().to_lowercase());
    let values: Vec<Value> = vec![
        after.unwrap_or(Uuid::nil()).into(),
        me.0.into(),
        pattern.into(),
        i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
    ];
    let keys = store::api_keys(&read, &condition, values).await?;
    let page = Page::cut(keys, limit, |key: &ApiKey| key.id);
    Ok(Json(page.map(|key| ApiKeyView::new(&key, read.engine()))))
}
