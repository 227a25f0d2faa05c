//! `POST /auth/token`: access tokens by password, refresh token, or a service account's key (RFC 6749).

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use context::Ctx;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use kernel::{CredentialFault, Problem, SessionId};
use protocol::secret_token::{Kind, SecretToken, Verdict};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use signin::{Attempt, Session, SessionChoice};
use utoipa::ToSchema;
use web::Public;

use crate::{
    api_key_header,
    challenge::Outcome,
    login::{self, LONGEST_NAME, PasswordNotice},
    mint::Minted,
    oauth_error::{MfaRequiredBody, OAuthError, OAuthErrorBody},
    settings::{PASSWORD_GRANT, refresh_life},
    store,
    token_request::TokenRequest,
    tokens::Tokens,
};

/// A token answer (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The token.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// In how many seconds the access token expires.
    expires_in: i64,
    /// For the next access token; none for a service account, whose key is good for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// The session; none for a service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    session_id: Option<SessionId>,
    /// Whether the password must be changed first: until then the token is good for nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    password_change_required: bool,
    /// When the password expires, if that is soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    password_expires_at: Option<Timestamp>,
}

/// Makes an access token: 401 for wrong credentials, 429 while locked, 400 for another grant and for what is no request.
#[utoipa::path(post, path = "/auth/token", operation_id = "make_token", tag = "sign-in",
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json"))),
    responses((status = 200, body = TokenAnswer), (status = 400, body = OAuthErrorBody),
        (status = 401, body = OAuthErrorBody),
        (status = 403, body = MfaRequiredBody, description = "A second factor is asked for: answer the challenge at /auth/login"),
        (status = 429, body = OAuthErrorBody),
        (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    ctx.answers_with_secret();
    match answer(&tokens, &ctx, &headers, &body).await {
        Ok(answer) => {
            let mut response = axum::Json(answer).into_response();
            let no_store = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, no_store);
            response
        }
        Err(error) => error.into_response(),
    }
}

async fn answer(
    tokens: &Tokens,
    ctx: &Ctx,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<TokenAnswer, OAuthError> {
    let request = TokenRequest::read(headers, body)?;
    match request.grant_type.as_deref() {
        Some("password") => by_password(tokens, ctx, request).await,
        Some("refresh_token") => {
            let device = signin::device_of(&tokens.signin, headers);
            by_refresh_token(tokens, ctx, request, device.as_ref()).await
        }
        Some("client_credentials") => by_key(tokens, ctx, request).await,
        Some(_) => Err(OAuthError::unsupported_grant_type()),
        None => Err(OAuthError::invalid_request("grant_type is missing.")),
    }
}

async fn by_password(
    tokens: &Tokens,
    ctx: &Ctx,
    request: TokenRequest,
) -> Result<TokenAnswer, OAuthError> {
    if !ctx.system().state().settings.is_on(&PASSWORD_GRANT)? {
        return Err(OAuthError::unauthorized_client("The password grant is switched off."));
    }
    let (Some(username), Some(password)) = (request.username, request.password) else {
        return Err(OAuthError::invalid_request("username and password are needed."));
    };
    if username.len() > LONGEST_NAME {
        return Err(OAuthError::invalid_request("username is too long."));
    }
    let attempt = Attempt {
        kind: "password".to_owned(),
        realm: request.realm,
        authentication_id: username,
        secret: password,
        device: None,
    };
    let begun = match login::begin(tokens, ctx, &attempt, SessionChoice::default(), None).await? {
        Outcome::Begun(begun) => begun,
        Outcome::Challenged(challenge) => return Err(OAuthError::Challenged(challenge.into())),
    };
    let session = begun.opened.session;
    let minted = begun.minted.ok_or_else(|| Problem::internal("a session without a token"))?;
    Ok(TokenAnswer::new(minted, begun.refresh).of_session(&session, begun.password))
}

async fn by_refresh_token(
    tokens: &Tokens,
    ctx: &Ctx,
    request: TokenRequest,
    device: Option<&SecretString>,
) -> Result<TokenAnswer, OAuthError> {
    let text = request
        .refresh_token
        .ok_or_else(|| OAuthError::invalid_request("refresh_token is needed."))?;
    let token = SecretToken::parse(Kind::Refresh, text.expose_secret()).map_err(|_| refused())?;
    let (session, next) = rotate(tokens, ctx, &token, device).await?;
    let state = ctx.system().state();
    // The user may have been switched off since.
    let caller = signin::session_caller(&state, session.shown("refresh token"), ctx.now())?;
    tokens.signin.saw(ctx.system(), &caller).await;
    let now = ctx.system().now();
    let minted = tokens.mint_for_session(&state, &session, now, ctx.system().entropy())?;
    let password = PasswordNotice::of(&session, &state.settings, now)?;
    Ok(TokenAnswer::new(minted, Some(next.to_text())).of_session(&session, password))
}

/// The session of a refresh token, and the next one. A token that was used before ends the session; one that another device
/// shows than the session is fixed to is refused.
async fn rotate(
    tokens: &Tokens,
    ctx: &Ctx,
    token: &SecretToken,
    device: Option<&SecretString>,
) -> Result<(Session, SecretToken), OAuthError> {
    let id = SessionId(token.id());
    // Twice, as somebody else may use the same token between look and write; then it is one that is repeated.
    for _ in 0..2 {
        let read = ctx.read().await?;
        let now = ctx.system().now();
        let session =
            signin::find_alive(&read, read.state(), id, now).await?.ok_or_else(refused)?;
        let family = store::family(&read, id).await?.ok_or_else(refused)?;
        drop(read);
        let here = || signin::check_device(&ctx.system().state().settings, &session, device);
        match family.rotation.judge(token, &tokens.pepper, now) {
            Verdict::Repeated(next) => {
                here()?;
                return Ok((session, next));
            }
            Verdict::Present(next) => {
                // Nothing is told of the session before.
                here()?;
                let state = ctx.system().state();
                signin::session_caller(&state, session.shown("refresh token"), now)?;
                if now.duration_since(family.rotation.rotated_at) >= refresh_life(&state.settings)?
                {
                    return Err(Problem::credential(CredentialFault::RenewalOver).into());
                }
                let single = ctx.system().database().single();
                if store::rotate(&single, id, &family.rotation.hash, &next.hash(), now).await? {
                    return Ok((session, next));
                }
            }
            Verdict::Reused => {
                end_stolen(ctx, id).await?;
                return Err(refused());
            }
            Verdict::Foreign => return Err(refused()),
        }
    }
    Err(refused())
}

async fn end_stolen(ctx: &Ctx, id: SessionId) -> Result<(), Problem> {
    let mut tx = ctx.begin().await?;
    if signin::end_stolen(&mut tx, id).await? {
        tx.commit().await?;
    }
    Ok(())
}

async fn by_key(
    tokens: &Tokens,
    ctx: &Ctx,
    request: TokenRequest,
) -> Result<TokenAnswer, OAuthError> {
    let secret = request.client_secret.ok_or_else(OAuthError::invalid_client)?;
    let state = ctx.system().state();
    let now = ctx.system().now();
    let caller = api_key_header::caller(&state, secret.expose_secret(), now)
        .map_err(|_| OAuthError::invalid_client())?;
    let policy::Who::ApiKey { key, owner, .. } = caller.principal.who else {
        return Err(OAuthError::invalid_client());
    };
    let account = state
        .engine
        .subject(owner)
        .filter(|subject| subject.kind == policy::SubjectKind::ServiceAccount)
        .ok_or_else(|| OAuthError::unauthorized_client("The key is not a service account's."))?;
    if request.client_id.is_some_and(|id| id != account.username && id != owner.to_string()) {
        return Err(OAuthError::invalid_client());
    }
    api_key_header::used(tokens, ctx.system(), key).await;
    let minted = tokens.mint_for_key(&state, key, now, ctx.system().entropy())?;
    Ok(TokenAnswer::new(minted, None))
}

fn refused() -> OAuthError {
    OAuthError::invalid_grant("The refresh token is not good any more.")
}

impl TokenAnswer {
    fn new(minted: Minted, refresh: Option<SecretString>) -> Self {
        Self {
            access_token: minted.access_token,
            token_type: minted.token_type,
            expires_in: minted.expires_in,
            refresh_token: refresh.map(|secret| secret.expose_secret().to_owned()),
            session_id: None,
            password_change_required: false,
            password_expires_at: None,
        }
    }

    fn of_session(self, session: &Session, password: PasswordNotice) -> Self {
        Self {
            session_id: Some(session.id),
            password_change_required: password.change_required,
            password_expires_at: password.expires_at,
            ..self
        }
    }
}
