//! `POST /auth/login`: signing in. It stands here and not in `signin`, as its answer is a token.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::Ctx;
use http::{HeaderMap, header};
use kernel::{Problem, SessionId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use signin::{Attempt, Opened};
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{mint::Minted, refresh, tokens::Tokens};

/// Longest name that is looked at, in bytes.
pub(crate) const LONGEST_NAME: usize = 1024;

/// What is shown to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    /// The type of sign-in: `password`.
    #[schema(example = "password")]
    r#type: String,
    /// Who: any alias of the user.
    #[schema(max_length = 1024)]
    authentication_id: String,
    /// What proves it.
    #[schema(value_type = String, format = Password)]
    secret: SecretString,
    /// Where; absent: the setting `signin.default_realm`.
    realm: Option<String>,
    /// What the user calls the device.
    device_name: Option<String>,
    /// `cookie`: a browser that keeps a cookie instead of tokens.
    session: Option<SessionKind>,
}

/// How the session is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// In a cookie; no token is answered.
    Cookie,
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginAnswer {
    /// The access token; none for a session in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// In how many seconds the access token expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    /// For the next access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// The session.
    #[schema(value_type = String, format = Uuid)]
    session_id: SessionId,
}

/// Signs in: 401 for a wrong name or password, 429 while locked.
#[utoipa::path(post, path = "/auth/login", operation_id = "login", tag = "sign-in", request_body = LoginInput,
    responses((status = 200, body = LoginAnswer), (status = 401, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody), (status = 429, body = web::ProblemBody),
        (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
    Json(input): Json<LoginInput>,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    if input.authentication_id.len() > LONGEST_NAME {
        return Err(Problem::invalid("/authentication_id", "is too long").into());
    }
    let attempt = Attempt {
        kind: input.r#type,
        realm: input.realm,
        authentication_id: input.authentication_id,
        secret: input.secret,
        device: signin::device_of(&tokens.signin, &headers),
    };
    let with_cookie = input.session == Some(SessionKind::Cookie);
    let begun = begin(&tokens, &ctx, &attempt, input.device_name.as_deref(), with_cookie).await?;
    let cookie = begun.opened.cookie.as_ref();
    let cookie = cookie.map(|secret| signin::set_cookie(&tokens.signin, secret)).transpose()?;
    let device = begun.device.as_ref();
    let device =
        device.map(|secret| signin::set_device_cookie(&tokens.signin, secret)).transpose()?;
    let mut response = Json(begun.answer()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    for cookie in cookie.into_iter().chain(device) {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A session and its tokens.
pub(crate) struct Begun {
    pub(crate) opened: Opened,
    pub(crate) minted: Option<Minted>,
    pub(crate) refresh: Option<SecretString>,
    /// By which a browser is known again; only one that keeps cookies.
    pub(crate) device: Option<SecretString>,
}

/// Signs in, opens the session and makes its tokens; with a cookie there are none.
pub(crate) async fn begin(
    tokens: &Tokens,
    ctx: &Ctx,
    attempt: &Attempt,
    device_name: Option<&str>,
    with_cookie: bool,
) -> Result<Begun, Problem> {
    let proven = signin::authenticate(&tokens.signin, ctx, attempt).await?;
    let mut tx = ctx.begin().await?;
    let opened = signin::open_session(&mut tx, &proven, device_name, with_cookie).await?;
    let (mut minted, mut refresh, mut device) = (None, None, None);
    if with_cookie {
        let shown = attempt.device.as_ref();
        device = Some(signin::know_device(&mut tx, proven.user, shown).await?);
    } else {
        let entropy = ctx.system().entropy();
        minted = Some(tokens.mint_for_session(tx.state(), &opened.session, ctx.now(), entropy)?);
        refresh = Some(refresh::start(&mut tx, &opened.session).await?);
    }
    tx.commit().await?;
    Ok(Begun { opened, minted, refresh, device })
}

impl Begun {
    fn answer(self) -> LoginAnswer {
        LoginAnswer {
            token_type: self.minted.as_ref().map(|minted| minted.token_type),
            expires_in: self.minted.as_ref().map(|minted| minted.expires_in),
            access_token: self.minted.map(|minted| minted.access_token),
            refresh_token: self.refresh.map(|secret| secret.expose_secret().to_owned()),
            session_id: self.opened.session.id,
        }
    }
}
