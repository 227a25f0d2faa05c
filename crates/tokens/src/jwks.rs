//! `GET /.well-known/jwks.json`: the public halves of the keys that sign tokens (RFC 7517, section 5).

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;
use web::{Json, Public};

use crate::tokens::Tokens;

/// The public keys.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "read_jwks", tag = "sign-in",
    responses((status = 200, description = "A JSON Web Key Set", body = Object)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(_ctx): Public,
    State(tokens): State<Arc<Tokens>>,
) -> web::Result<Json<Value>> {
    let keys = serde_json::to_value(tokens.ring.jwks()).map_err(kernel::Problem::internal)?;
    Ok(Json(keys))
}
