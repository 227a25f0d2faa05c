//! `DELETE /api/v1/api-keys/{id}`: the key is dead when this is answered.

use context::{Action, Change, Event, EventKind, Writing};
use http::StatusCode;
use kernel::{ApiKeyId, Problem};
use policy::{Principal, Who};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Op, Path};

use crate::{api_key::ApiKey, create_api_key::ManageApiKeys, store};

/// Which key.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ApiKeyPath {
    /// The key.
    #[param(value_type = String, format = Uuid)]
    id: ApiKeyId,
}

/// Revokes a key: one's own, or one of somebody whom one manages; any other is not there.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", operation_id = "revoke_api_key", tag = "api-keys", params(ApiKeyPath),
    responses((status = 204), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Path(path): Path<ApiKeyPath>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    run(&mut tx, path.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes a key.
pub async fn run(tx: &mut Writing, id: ApiKeyId) -> Result<(), Problem> {
    let missing = || Problem::not_found("API key");
    let key = store::api_key(tx, id).await?.ok_or_else(missing)?;
    let permission = context::action::parse(ManageApiKeys::PERMISSION)?;
    let owner = key.facts.owner;
    if !is_own(tx.ctx().principal(), &key) && !tx.may(&permission, owner) {
        return Err(missing());
    }
    tx.ctx().refuse_impersonation()?;
    store::delete_api_key(tx.as_ref(), id).await?;
    tx.record(Change::ApiKeyRevoked { key: id })?;
    tx.audit(
        Event::new(EventKind::DataDelete, "api_key.revoke")
            .about("api_key", id, owner)
            .with("name", key.name.as_str())
            .with("owner", owner.to_string()),
    );
    Ok(())
}

/// A key may revoke itself, and no other key of its owner.
fn is_own(principal: &Principal, key: &ApiKey) -> bool {
    match principal.who {
        Who::User(id) => principal.impersonator.is_none() && id == key.facts.owner,
        Who::ApiKey { key: shown, .. } => shown == key.id,
        _ => false,
    }
}
