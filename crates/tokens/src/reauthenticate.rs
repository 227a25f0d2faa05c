//! `POST /auth/reauthenticate`: who is signed in shows again who he is, where more is at stake. It stands here and not in
//! `signin`, as its answer may be a token.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use context::Ctx;
use http::HeaderMap;
use kernel::Problem;
use secrecy::SecretString;
use serde::Deserialize;
use signin::{Assertion, Attempt, Method, again::Again};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    challenge::{LoginReply, Outcome},
    login::{LONGEST_NAME, begin, begin_by_passkey, respond},
    tokens::Tokens,
};

/// What is shown again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainInput {
    /// The type of the first step: `password`, `passkey`.
    #[schema(example = "password")]
    r#type: String,
    /// With `passkey`: the token that `POST /auth/passkey` has answered.
    #[schema(max_length = 1024)]
    authentication_id: Option<String>,
    /// What proves it: the password, the browser's answer.
    #[schema(value_type = String, format = Password)]
    secret: SecretString,
}

/// Steps up the session of this request: its user shows again who he is, in as many steps as a sign-in has. The session goes
/// on under another id, with other tokens or another cookie, and ends when it would have ended; the old ones are dead. A
/// further step is answered at `/auth/login`. 401 for a wrong password or passkey, which counts as at a sign-in.
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
    let again = signin::again::again(&ctx).await?;
    let device = signin::device_of(&tokens.signin, &headers);
    let outcome = match Method::parse(&input.r#type) {
        Some(Method::Passkey) => by_passkey(&tokens, &ctx, again, input, device).await?,
        _ => by_name(&tokens, &ctx, again, input, device).await?,
    };
    respond(&tokens, &headers, outcome)
}

/// By a passkey of the caller himself.
async fn by_passkey(
    tokens: &Tokens,
    ctx: &Ctx,
    again: Again,
    input: AgainInput,
    device: Option<SecretString>,
) -> Result<Outcome, Problem> {
    let token = input.authentication_id.filter(|token| token.len() <= LONGEST_NAME);
    let missing =
        || Problem::invalid("/authentication_id", "must be the token of POST /auth/passkey");
    let assertion = Assertion {
        token: token.ok_or_else(missing)?.into(),
        answer: input.secret,
        realm: Some(again.realm),
        user: Some(again.user),
        device,
    };
    begin_by_passkey(tokens, ctx, &assertion, again.choice, None).await
}

/// By the caller's name, and what proves it.
async fn by_name(
    tokens: &Tokens,
    ctx: &Ctx,
    again: Again,
    input: AgainInput,
    device: Option<SecretString>,
) -> Result<Outcome, Problem> {
    if input.authentication_id.is_some() {
        return Err(Problem::invalid("/authentication_id", "is for a passkey alone"));
    }
    let attempt = Attempt {
        kind: input.r#type,
        realm: Some(again.realm),
        authentication_id: again.username,
        secret: input.secret,
        device,
    };
    begin(tokens, ctx, &attempt, again.choice, None).await
}
