//! `POST /auth/forget`: the browser remembers nothing, and what began by it ends.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::Ctx;
use http::HeaderMap;
use kernel::Problem;
use serde::Serialize;
use signin::remember;
use utoipa::ToSchema;
use web::{Json, Public, cookie};

use crate::tokens::Tokens;

/// The answer, whatever was shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForgetAnswer {
    /// `forgotten`.
    status: &'static str,
}

/// Ends what the browser remembers, and the sessions that began by it; it has no input beside the cookie. 200 always, so
/// that nobody learns whether there was something.
#[utoipa::path(post, path = "/auth/forget", operation_id = "forget", tag = "sign-in",
    responses((status = 200, body = ForgetAnswer), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
) -> web::Result<Response> {
    remember::refuse_other_sites(&tokens.signin, &headers)?;
    let has_ended = end(&tokens, &ctx, &headers).await?;
    let mut response = Json(ForgetAnswer { status: "forgotten" }).into_response();
    let mut gone = Vec::from_iter(remember::clear_remember_cookie(&tokens.signin, &headers)?);
    if has_ended {
        gone.extend(signin::clear_cookies(&tokens.signin, &headers)?);
    }
    cookie::append(response.headers_mut(), gone);
    Ok(response)
}

/// Ends what the browser of these headers remembers, with its sessions. False if there is nothing.
pub(crate) async fn end(tokens: &Tokens, ctx: &Ctx, headers: &HeaderMap) -> Result<bool, Problem> {
    let browser = remember::browser_of(&tokens.signin, headers);
    let read = ctx.system().database().read().await?;
    let is_known = remember::is_known(&tokens.signin, &read, &browser, ctx.now()).await?;
    drop(read);
    if !is_known {
        return Ok(false);
    }
    let mut tx = ctx.as_nobody().begin().await?;
    let has_ended = remember::forget_shown(&tokens.signin, &mut tx, &browser).await?;
    if has_ended {
        tx.commit().await?;
    }
    Ok(has_ended)
}
