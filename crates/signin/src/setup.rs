//! `POST /auth/setup`: the first superuser, made by whoever holds the link that the first start printed.

use std::sync::Arc;

use axum::extract::State;
use context::Caller;
use http::StatusCode;
use kernel::Problem;
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    first_start::{self, InitRoot},
    signin::Signin,
    store,
};

/// The first user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    /// The secret of the link.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// The name of the superuser, in the realm `main`.
    username: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Where it gets mail.
    email: Option<String>,
}

/// Makes the first superuser. Good once, for one hour after the start, and not once there is a superuser: 403.
#[utoipa::path(post, path = "/auth/setup", operation_id = "set_up", tag = "sign-in", request_body = SetupInput,
    responses((status = 204, description = "Made; sign in next"), (status = 403, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<SetupInput>,
) -> web::Result<StatusCode> {
    let token = SecretToken::parse(Kind::OneTimeLink, input.token.expose_secret());
    let token = token.map_err(|_| refused())?;
    // Before the costly hash; the use itself is one statement below.
    if !store::is_setup_link(&ctx.read().await?, token.id(), &token.hash(), ctx.now()).await? {
        return Err(refused().into());
    }
    // Whoever holds the link acts as the operator who started the server, for this one thing.
    let ctx = ctx.acting(Caller::operator());
    let root = InitRoot { username: input.username, password: input.password, email: input.email };
    let (user, hash) = first_start::prepare(&signin, &ctx, root).await?;
    let mut tx = ctx.begin().await?;
    if !store::use_setup_link(tx.as_ref(), token.id(), &token.hash(), ctx.now()).await? {
        return Err(refused().into());
    }
    first_start::make(&signin, &mut tx, user, hash).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused() -> Problem {
    Problem::forbidden("The set-up link is not good any more.")
}
