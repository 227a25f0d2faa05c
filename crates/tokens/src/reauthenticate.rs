//! `POST /auth/reauthenticate`: who is signed in shows again who he is, where more is at stake. It stands here and not in
//! `signin`, as its answer may be a token.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use context::Ctx;
use http::HeaderMap;
use kernel::Problem;
use secrecy::SecretString;
use serde::Deserialize;
use signin::{Attempt, again::Again};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    challenge::LoginReply,
    login::{begin, respond},
    tokens::Tokens,
};

/// What is shown again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainInput {
    /// The type of the first step: `password`.
    #[schema(example = "password")]
    r#type: String,
    /// What proves it.
    #[schema(value_type = String, format = Password)]
    secret: SecretString,
}

/// Steps up the session of this request: its user shows again who he is, in as many steps as a sign-in has. The session goes
/// on under another id, with other tokens or another cookie, and ends when it would have ended; the old ones are dead. A
/// further step is answered at `/auth/login`. 401 for a wrong password, which counts as at a sign-in.
#[utoipa::path(post, path = "/auth/reauthenticate", operation_id = "reauthenticate", tag = "sign-in", request_body = AgainInput,
    responses((status = 200, body = LoginReply), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody), (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
    Json(input): Json<AgainInput>,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    let (attempt, choice) = prepare(&tokens, &ctx, &headers, input).await?;
    let outcome = begin(&tokens, &ctx, &attempt, choice, None).await?;
    respond(&tokens, &headers, outcome)
}

/// The sign-in of the caller himself, for the session of this request.
async fn prepare(
    tokens: &Tokens,
    ctx: &Ctx,
    headers: &HeaderMap,
    input: AgainInput,
) -> Result<(Attempt, signin::SessionChoice), Problem> {
    let Again { realm, username, choice } = signin::again::again(ctx).await?;
    let attempt = Attempt {
        kind: input.r#type,
        realm: Some(realm),
        authentication_id: username,
        secret: input.secret,
        device: signin::device_of(&tokens.signin, headers),
    };
    Ok((attempt, choice))
}
