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
use signin::{
    Assertion, Attempt, Method, Opened, Session, SessionChoice,
    remember::{self, Browser, RememberCookie},
    settings::DEFAULT_REALM,
};
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    challenge::{self, LoginReply, Outcome},
    mint::Minted,
    refresh,
    tokens::Tokens,
};

/// Longest name that is looked at, in bytes.
pub(crate) const LONGEST_NAME: usize = 1024;

/// What is shown to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    /// The type of sign-in: `password` or `passkey`; to answer a challenge `passkey`, `totp`, `email`, `sms`, `recovery`.
    #[schema(example = "password")]
    pub(crate) r#type: String,
    /// Who: any alias of the user; to answer a challenge its token; for `passkey` as the first step the token of
    /// `POST /auth/passkey`.
    #[schema(max_length = 1024)]
    pub(crate) authentication_id: String,
    /// What proves it: the password, the code; for `passkey` the JSON text of what `navigator.credentials.get` answered
    /// (its `toJSON()`).
    #[schema(value_type = String, format = Password)]
    pub(crate) secret: SecretString,
    /// Where; absent: the setting `signin.default_realm`. Only at the first step.
    pub(crate) realm: Option<String>,
    /// What the user calls the device. Only at the first step.
    pub(crate) device_name: Option<String>,
    /// `cookie`: a browser that keeps a cookie instead of tokens. Only at the first step.
    pub(crate) session: Option<SessionKind>,
    /// Whether the browser remembers the sign-in, so that its user comes back at `/auth/remember`. Only at the first step.
    pub(crate) remember: Option<bool>,
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
    /// Recovery codes, if a second factor was made at this sign-in. This is the only time that they are shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
    /// How many recovery codes are left, after one was used and few are.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes_left: Option<i64>,
    /// Whether the browser remembers the sign-in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    remembered: bool,
}

/// Signs in: 401 for a wrong name, password or code, 429 while locked. A sign-in that asks for more answers a challenge.
#[utoipa::path(post, path = "/auth/login", operation_id = "login", tag = "sign-in", request_body = LoginInput,
    responses((status = 200, body = LoginReply), (status = 401, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody), (status = 503, body = web::ProblemBody)),
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
    let browser = remember::browser_of(&tokens.signin, &headers);
    let outcome = match Method::parse(&input.r#type) {
        Some(Method::Passkey) if signin::is_begun(&input.authentication_id) => {
            let choice = input.choice(&ctx);
            let assertion = Assertion {
                token: input.authentication_id.into(),
                answer: input.secret,
                realm: input.realm,
                user: None,
                device: browser.device,
            };
            begin_by_passkey(&tokens, &ctx, &assertion, choice, browser.remembers).await?
        }
        Some(method) => challenge::answer(&tokens, &ctx, (method, input), &browser).await?,
        None => {
            let choice = input.choice(&ctx);
            let attempt = Attempt {
                kind: input.r#type,
                realm: input.realm,
                authentication_id: input.authentication_id,
                secret: input.secret,
                device: browser.device,
            };
            begin(&tokens, &ctx, &attempt, choice, browser.remembers).await?
        }
    };
    respond(&tokens, &headers, outcome)
}

impl LoginInput {
    /// How the session is to be kept.
    fn choice(&self, ctx: &Ctx) -> SessionChoice {
        let wants = self.remember == Some(true);
        SessionChoice {
            remember_at: wants.then(|| realm_of(ctx, self.realm.as_deref())),
            device_name: self.device_name.clone(),
            with_cookie: self.session == Some(SessionKind::Cookie),
            steps_up: None,
        }
    }
}

/// The name of the realm that is signed in at.
fn realm_of(ctx: &Ctx, realm: Option<&str>) -> String {
    let state = ctx.system().state();
    realm.unwrap_or_else(|| state.settings.text(&DEFAULT_REALM)).to_owned()
}

/// Whoever signs in acts as himself: a browser's cookie of somebody else's place goes, and so does that of a sign-in which it
/// remembered before.
pub(crate) fn respond(
    tokens: &Tokens,
    headers: &HeaderMap,
    outcome: Outcome,
) -> web::Result<Response> {
    let mut gone = Vec::new();
    if outcome.is_with_cookie() {
        gone.extend(signin::clear_impersonation(&tokens.signin, headers)?);
    }
    if outcome.forgets() {
        gone.extend(remember::clear_remember_cookie(&tokens.signin, headers)?);
    }
    let mut response = outcome.into_response(tokens)?;
    web::cookie::append(response.headers_mut(), gone);
    Ok(response)
}

/// A session and its tokens.
pub(crate) struct Begun {
    pub(crate) opened: Opened,
    pub(crate) minted: Option<Minted>,
    pub(crate) refresh: Option<SecretString>,
    /// By which a browser is known again; only one that keeps cookies.
    pub(crate) device: Option<SecretString>,
    /// What the browser remembers from now on.
    pub(crate) remembers: Option<RememberCookie>,
    /// Whether it is a session that was there before, stepped up.
    pub(crate) is_stepped_up: bool,
    pub(crate) password: PasswordNotice,
    pub(crate) recovery_codes: Vec<SecretString>,
    pub(crate) recovery_codes_left: Option<i64>,
}

/// What its user should know of the password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordNotice {
    pub(crate) change_required: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Takes the first step, and goes on: to a session, or to the next step.
pub(crate) async fn begin(
    tokens: &Tokens,
    ctx: &Ctx,
    attempt: &Attempt,
    choice: SessionChoice,
    remembers: Option<SecretString>,
) -> Result<Outcome, Problem> {
    let proven = signin::authenticate(&tokens.signin, ctx, attempt).await?;
    let mut tx = ctx.begin().await?;
    let step = signin::next_step(&tokens.signin, &mut tx, proven, choice).await?;
    let browser = Browser { device: attempt.device.clone(), remembers };
    challenge::go_on(tokens, tx, step, &browser).await
}

/// Takes a passkey as the first step, and goes on.
pub(crate) async fn begin_by_passkey(
    tokens: &Tokens,
    ctx: &Ctx,
    assertion: &Assertion,
    choice: SessionChoice,
    remembers: Option<SecretString>,
) -> Result<Outcome, Problem> {
    let (tx, step) = signin::sign_in_by_passkey(&tokens.signin, ctx, assertion, choice).await?;
    let browser = Browser { device: assertion.device.clone(), remembers };
    challenge::go_on(tokens, tx, step, &browser).await
}

/// The tokens of a session that was just opened; with a cookie there are none.
pub(crate) async fn issue(
    tokens: &Tokens,
    tx: &mut Writing,
    opened: Opened,
) -> Result<Begun, Problem> {
    let refresh = match opened.cookie {
        None => Some(refresh::start(tx, &opened.session).await?),
        Some(_) => None,
    };
    issue_with(tokens, tx, opened, refresh)
}

/// The same with this refresh token.
pub(crate) fn issue_with(
    tokens: &Tokens,
    tx: &Writing,
    opened: Opened,
    refresh: Option<SecretString>,
) -> Result<Begun, Problem> {
    let (now, session) = (tx.ctx().now(), &opened.session);
    let password = PasswordNotice::of(session, &tx.state().settings, now)?;
    let mut minted = None;
    if opened.cookie.is_none() {
        let entropy = tx.ctx().system().entropy();
        minted = Some(tokens.mint_for_session(tx.state(), session, now, entropy)?);
    }
    Ok(Begun {
        opened,
        minted,
        refresh,
        device: None,
        remembers: None,
        is_stepped_up: false,
        password,
        recovery_codes: Vec::new(),
        recovery_codes_left: None,
    })
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
        let (cookie, session) = (self.opened.cookie.as_ref(), &self.opened.session);
        let cookie = cookie.map(|secret| signin::set_cookie(&tokens.signin, session, secret));
        let cookie = cookie.transpose()?;
        let device = self.device.as_ref();
        let device =
            device.map(|secret| signin::set_device_cookie(&tokens.signin, secret)).transpose()?;
        let remembers = self.remembers.as_ref();
        let remembers =
            remembers.map(|cookie| remember::set_remember_cookie(&tokens.signin, cookie));
        let remembers = remembers.transpose()?;
        let mut response = Json(self.answer()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        web::cookie::append(headers, cookie.into_iter().chain(device).chain(remembers));
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
            recovery_codes: self
                .recovery_codes
                .iter()
                .map(|code| code.expose_secret().to_owned())
                .collect(),
            recovery_codes_left: self.recovery_codes_left,
            remembered: self.remembers.is_some(),
        }
    }
}
