//! `POST /auth/password`: a user changes the own password. It stands here, as its answer may be a token.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use signin::change_password::{self, ChangePassword};
use web::{Incomplete, Json};

use crate::{
    login::{self, LoginAnswer},
    tokens::Tokens,
};

/// Changes the own password, and ends the user's other sessions: 401 if the old one is wrong (that counts as a failed
/// sign-in), 400 if the new one is against the policy. A sign-in that was good for nothing else is whole afterwards, with
/// other tokens or another cookie.
#[utoipa::path(post, path = "/auth/password", operation_id = "change_password", tag = "sign-in", request_body = ChangePassword,
    responses((status = 204, description = "Changed; the user's other sessions have ended"),
        (status = 200, body = LoginAnswer, description = "Changed; this session goes on as another one"),
        (status = 400, body = web::ProblemBody), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Incomplete(ctx): Incomplete,
    State(tokens): State<Arc<Tokens>>,
    Json(input): Json<ChangePassword>,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    let change = change_password::prepare(&tokens.signin, &ctx, input).await?;
    let mut tx = ctx.begin().await?;
    let Some(opened) = change_password::run(&tokens.signin, &mut tx, change).await? else {
        tx.commit().await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let begun = login::issue(&tokens, &mut tx, opened).await?;
    tx.commit().await?;
    Ok(begun.into_response(&tokens)?)
}
