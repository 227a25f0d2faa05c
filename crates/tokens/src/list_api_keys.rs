//! `GET /api/v1/api-keys`: one's own keys; for administrators also those of the users whom they manage.

use ::store::Value;
use kernel::NodeId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use web::{Json, Op, Page, Query, page};

use crate::{
    api_key::{ApiKey, ApiKeyView},
    create_api_key::ManageApiKeys,
    store,
};

/// Which keys, and how many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct KeyQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    cursor: Option<String>,
    /// Only what has this text in its name.
    q: Option<String>,
    /// Only one's own, without those of the users whom one manages.
    #[serde(default)]
    own: bool,
}

/// Lists keys, oldest first; never a secret.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "list_api_keys", tag = "api-keys", params(KeyQuery),
    responses((status = 200, body = Page<ApiKeyView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<KeyQuery>,
) -> web::Result<Json<Page<ApiKeyView>>> {
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let read = ctx.read().await?;
    let managed = read.scope::<ManageApiKeys>()?.sql("n.label");
    // Nobody is no key's owner.
    let me = ctx.principal().subject().unwrap_or(NodeId(Uuid::nil()));
    let condition = format!(
        "WHERE k.id > $1 AND (k.owner = $2 OR ($5 AND {managed})) AND LOWER(k.name) LIKE $3 ESCAPE '\\'
         ORDER BY k.id LIMIT $4"
    );
    let pattern = page::like(&query.q.unwrap_or_default().to_lowercase());
    let values: Vec<Value> = vec![
        after.unwrap_or(Uuid::nil()).into(),
        me.0.into(),
        pattern.into(),
        i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
        (!query.own).into(),
    ];
    let keys = store::api_keys(&read, &condition, values).await?;
    let page = Page::cut(keys, limit, |key: &ApiKey| key.id);
    Ok(Json(page.map(|key| ApiKeyView::new(&key, read.engine()))))
}
