//! `POST /auth/login`: signing in. It stands here and not in `signin`, as its answer is a token.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::{Ctx, Writing, settings::Settings};
use http::{HeaderMap, header};
use jiff::Timestamp;
use kernel::{Problem, SessionId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use signin::{Attempt, Opened, Session};
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
    /// Whether the password must be changed first: until then this session is good for nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    password_change_required: bool,
    /// When the password expires, if that is soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    password_expires_at: Option<Timestamp>,
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
    Ok(begun.into_response(&tokens)?)
}

/// A session and its tokens.
pub(crate) struct Begun {
    pub(crate) opened: Opened,
    pub(crate) minted: Option<Minted>,
    pub(crate) refresh: Option<SecretString>,
    /// By which a browser is known again; only one that keeps cookies.
    pub(crate) device: Option<SecretString>,
    pub(crate) password: PasswordNotice,
}

/// What its user should know of the password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordNotice {
    pub(crate) change_required: bool,
    pub(crate) expires_at: Option<Timestamp>,
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
    let mut begun = issue(tokens, &mut tx, opened).await?;
    let shown = attempt.device.as_ref();
    tokens.signin.tell_of_sign_in(&tx, proven.user, shown).await?;
    if with_cookie {
        begun.device = Some(signin::know_device(&mut tx, proven.user, shown).await?);
    }
    tx.commit().await?;
    Ok(begun)
}

/// The tokens of a session that was just opened; with a cookie there are none.
pub(crate) async fn issue(
    tokens: &Tokens,
    tx: &mut Writing,
    opened: Opened,
) -> Result<Begun, Problem> {
    let (now, session) = (tx.ctx().now(), &opened.session);
    let password = PasswordNotice::of(session, &tx.state().settings, now)?;
    let (mut minted, mut refresh) = (None, None);
    if opened.cookie.is_none() {
        let entropy = tx.ctx().system().entropy();
        minted = Some(tokens.mint_for_session(tx.state(), session, now, entropy)?);
        refresh = Some(refresh::start(tx, session).await?);
    }
    Ok(Begun { opened, minted, refresh, device: None, password })
}

impl PasswordNotice {
    /// Of the password that a session began with.
    pub(crate) fn of(
        session: &Session,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        Ok(match session.password {
            Some(life) => Self {
                change_required: life.is_over(settings, now)?,
                expires_at: life.warning(settings, now)?,
            },
            None => Self { change_required: false, expires_at: None },
        })
    }
}

impl Begun {
    /// The answer, with the cookies if there are any.
    pub(crate) fn into_response(self, tokens: &Tokens) -> Result<Response, Problem> {
        let cookie = self.opened.cookie.as_ref();
        let cookie = cookie.map(|secret| signin::set_cookie(&tokens.signin, secret)).transpose()?;
        let device = self.device.as_ref();
        let device =
            device.map(|secret| signin::set_device_cookie(&tokens.signin, secret)).transpose()?;
        let mut response = Json(self.answer()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        for cookie in cookie.into_iter().chain(device) {
            headers.append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    fn answer(self) -> LoginAnswer {
        LoginAnswer {
            token_type: self.minted.as_ref().map(|minted| minted.token_type),
            expires_in: self.minted.as_ref().map(|minted| minted.expires_in),
            access_token: self.minted.map(|minted| minted.access_token),
            refresh_token: self.refresh.map(|secret| secret.expose_secret().to_owned()),
            session_id: self.opened.session.id,
            password_change_required: self.password.change_required,
            password_expires_at: self.password.expires_at,
        }
    }
}
