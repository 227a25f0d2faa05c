//! `POST /auth/impersonation/end`: ends the session in somebody else's place that the token or cookie shown belongs to,
//! even if it has expired. The own session goes on.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::Ctx;
use http::HeaderMap;
use kernel::{Problem, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Public, cookie};

use crate::{logout::claims_shown, tokens::Tokens};

/// The answer, whatever was shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndAnswer {
    /// `ended`.
    status: &'static str,
}

/// Ends acting in somebody else's place: 200 always, as for signing out, so that a browser whose impersonation is over
/// becomes itself again.
#[utoipa::path(post, path = "/auth/impersonation/end", operation_id = "end_impersonation", tag = "sign-in",
    responses((status = 200, body = EndAnswer)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let by_token = claims_shown(&tokens, &headers, ctx.now())
        .filter(|claims| claims.actor.is_some())
        .and_then(|claims| claims.session);
    let by_cookie = signin::sessions_of_cookies(&tokens.signin, ctx.system(), &headers).await?;
    let by_cookie = by_cookie.into_iter().filter(|session| session.impersonator.is_some());
    for session in by_token.into_iter().chain(by_cookie.map(|session| session.id)) {
        end(&ctx, session).await?;
    }
    let mut response = Json(EndAnswer { status: "ended" }).into_response();
    let gone = signin::clear_impersonation(&tokens.signin, &headers)?;
    cookie::append(response.headers_mut(), gone);
    Ok(response)
}

async fn end(ctx: &Ctx, session: SessionId) -> Result<(), Problem> {
    let mut tx = ctx.as_nobody().begin().await?;
    if signin::end_impersonation(&mut tx, session).await? {
        tx.commit().await?;
    }
    Ok(())
}
