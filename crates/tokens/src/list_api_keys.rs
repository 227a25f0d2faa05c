//! `GET /api/v1/api-keys`: one's own keys; for administrators also those of the users whom they manage.

use ::store::Value;
use kernel::{NodeId, NodeRef};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use web::{Json, Op, Page, Query, page};

use crate::{
    api_key::{ApiKey, ApiKeyView},
    create_api_key::ManageApiKeys,
    store,
};

/// Which keys.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
    /// Only those of this user or service account: id or path.
    #[param(value_type = Option<String>)]
    pub owner: Option<NodeRef>,
}

/// Lists keys, oldest first; never a secret.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "list_api_keys", tag = "api-keys", params(ApiKeyQuery),
    responses((status = 200, body = Page<ApiKeyView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<ApiKeyQuery>,
) -> web::Result<Json<Page<ApiKeyView>>> {
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let read = ctx.read().await?;
    let managed = read.scope::<ManageApiKeys>()?.sql("n.label");
    // Nobody is no key's owner.
    let me = ctx.principal().subject().unwrap_or(NodeId(Uuid::nil()));
    // Whoever is not there has no keys.
    let (of, owner) = match &query.owner {
        Some(owner) => (" AND k.owner = $5", ::store::node::resolve(&read, owner).await?),
        None => ("", None),
    };
    let condition = format!(
        "WHERE k.id > $1 AND (k.owner = $2 OR {managed}) AND LOWER(k.name) LIKE $3 ESCAPE '\\'{of}
         ORDER BY k.id LIMIT $4"
    );
    let pattern = page::like(&query.q.unwrap_or_default().to_lowercase());
    let mut values: Vec<Value> = vec![
        after.unwrap_or(Uuid::nil()).into(),
        me.0.into(),
        pattern.into(),
        i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
    ];
    if query.owner.is_some() {
        values.push(owner.map(|node| node.id.0).into());
    }
    let keys = store::api_keys(&read, &condition, values).await?;
    let page = Page::cut(keys, limit, |key: &ApiKey| key.id);
    Ok(Json(page.map(|key| ApiKeyView::new(&key, read.engine()))))
}
