//! `POST /auth/logout`: ends the session of the token or cookie that is shown, even if the token has expired.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use context::Ctx;
use http::{HeaderMap, header};
use jiff::Timestamp;
use kernel::{Problem, SessionId};
use protocol::jose::{AccessClaims, access_token};
use serde::{Deserialize, Serialize};
use signin::remember;
use utoipa::ToSchema;
use web::{Json, Public, cookie};

use crate::{authorization, forget, tokens::Tokens};

/// The answer, whatever was shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogoutAnswer {
    /// `signed_out`.
    status: &'static str,
}

/// Signs out: the token is dead afterwards, and the browser remembers nothing. 200 always, so that nobody learns whether it
/// was alive.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "sign-in",
    responses((status = 200, body = LogoutAnswer), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
) -> web::Result<Response> {
    remember::refuse_other_sites(&tokens.signin, &headers)?;
    let by_token = claims_shown(&tokens, &headers, ctx.now()).and_then(|claims| claims.session);
    let by_cookie = signin::sessions_of_cookies(&tokens.signin, ctx.system(), &headers).await?;
    let by_cookie = by_cookie.into_iter().map(|session| session.id);
    for session in by_token.into_iter().chain(by_cookie) {
        end(&ctx, session).await?;
    }
    forget::end(&tokens, &ctx, &headers).await?;
    let mut response = Json(LogoutAnswer { status: "signed_out" }).into_response();
    let forgotten = remember::clear_remember_cookie(&tokens.signin, &headers)?;
    let gone = signin::clear_cookies(&tokens.signin, &headers)?.into_iter().chain(forgotten);
    cookie::append(response.headers_mut(), gone);
    Ok(response)
}

async fn end(ctx: &Ctx, session: SessionId) -> Result<(), Problem> {
    let mut tx = ctx.as_nobody().begin().await?;
    if signin::sign_out(&mut tx, session).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// What the token says that a request shows, if its signature is ours, expired or not.
pub(crate) fn claims_shown(
    tokens: &Tokens,
    headers: &HeaderMap,
    now: Timestamp,
) -> Option<AccessClaims> {
    let token = authorization::bearer(headers.get(header::AUTHORIZATION)?.to_str().ok()?)?;
    let verify = |now| access_token::verify(&tokens.ring, token, &tokens.expected(now)).ok();
    verify(now).or_else(|| verify(issued_at(token)?))
}

/// When a token says that it was issued. Nothing is verified here: it is the moment at which it then must verify.
fn issued_at(token: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        iat: i64,
    }
    let payload = token.split('.').nth(1)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    Timestamp::from_second(claims.iat).ok()
}
