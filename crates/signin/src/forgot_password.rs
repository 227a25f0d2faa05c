//! `POST /auth/password/forgot`: a link to a new password, by mail. The answer says nothing about the user, and comes
//! before anybody was looked for.

use std::sync::Arc;

use axum::extract::State;
use context::{Ctx, Event, EventKind, Source};
use http::StatusCode;
use jiff::SignedDuration;
use kernel::{EventId, Problem, ProblemKind};
use protocol::secret_token::{Kind, SecretToken};
use realms::User;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    model::is_active,
    password::find,
    settings::{DEFAULT_REALM, LINK_MINUTES, RECOVERY, after, seconds_until},
    signin::Signin,
    store::password_links::{self, Link},
};

/// Longest name that is looked at, in bytes.
const LONGEST_NAME: usize = 1024;
/// How many requests of one source are taken in [`WINDOW`].
const MOST_OF_SOURCE: i64 = 20;
/// How many links one user gets in [`WINDOW`].
const MOST_OF_USER: i64 = 3;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// So many users are looked for at the same time; more are told to come again.
pub(crate) const AT_ONCE: usize = 32;

/// Who has forgotten the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// The user name or another alias, as at the sign-in.
    #[schema(max_length = 1024)]
    authentication_id: String,
    /// Where; absent: the setting `signin.default_realm`.
    realm: Option<String>,
}

/// Sends a link to a new password to the e-mail address of that user, if there is one. The answer is the same in any
/// case: 202. 403 where passwords are not given anew by mail, 429 for a source that asks too often.
#[utoipa::path(post, path = "/auth/password/forgot", operation_id = "forgot_password", tag = "sign-in", request_body = ForgotPassword,
    responses((status = 202, description = "If there is such a user with an e-mail address, a link is on its way"),
        (status = 403, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody), (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<ForgotPassword>,
) -> web::Result<StatusCode> {
    if !signin.outbox.is_on() || !ctx.system().state().settings.is_on(&RECOVERY)? {
        return Err(Problem::forbidden(
            "No links to a new password are sent here. Ask whoever manages the users for one.",
        )
        .into());
    }
    if input.authentication_id.len() > LONGEST_NAME {
        return Err(Problem::invalid("/authentication_id", "is too long").into());
    }
    throttle(&ctx).await?;
    let turn = signin.recoveries.clone().try_acquire_owned().map_err(|_| {
        Problem::new(ProblemKind::Unavailable, "Too many requests at once.").retry_after(2)
    })?;
    // Whoever asked is nobody here, whatever he showed with the request.
    let ctx = ctx.as_nobody();
    tokio::spawn(async move {
        if let Err(error) = write(&signin, &ctx, input).await {
            tracing::error!(target: "portcullis::system", %error, "a link to a new password could not be written");
        }
        drop(turn);
    });
    Ok(StatusCode::ACCEPTED)
}

async fn throttle(ctx: &Ctx) -> Result<(), Problem> {
    let (now, database) = (ctx.now(), ctx.system().database());
    let forgotten = now.checked_sub(WINDOW).map_err(Problem::internal)?;
    let source = Source::of(ctx.request().ip).to_string();
    let requests =
        password_links::count_request(&database.single(), &source, now, forgotten).await?;
    if requests.count <= MOST_OF_SOURCE {
        return Ok(());
    }
    let wait = seconds_until(after(requests.since, WINDOW), now).max(1);
    Err(Problem::new(ProblemKind::TooMany, "Too many requests; try again later.").retry_after(wait))
}

/// Looks for the user and writes the letter. Each request is one commit with an audit event, whoever is found.
async fn write(signin: &Signin, ctx: &Ctx, input: ForgotPassword) -> Result<(), Problem> {
    let state = ctx.system().state();
    let realm = input.realm.as_deref().unwrap_or_else(|| state.settings.text(&DEFAULT_REALM));
    let user = find(ctx, realm, &input.authentication_id).await?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    let forgotten = now.checked_sub(WINDOW).map_err(Problem::internal)?;
    let event = Event::new(EventKind::PasswordChange, "password.forgotten");
    let refused = match &user {
        None => Some("nobody has that name"),
        Some(user) => refused(&tx, user, forgotten).await?,
    };
    let event = match (&user, refused) {
        (Some(user), _) => event
            .about("user", user.id, user.id)
            .of(user.id)
            .personal("username", user.username.as_str()),
        // A name that is nobody's may be a password that went into the wrong field.
        (None, _) => event,
    };
    if let (Some(user), None) = (&user, refused) {
        send(signin, &tx, user).await?;
    }
    password_links::purge_requests(&tx, forgotten).await?;
    tx.audit(match refused {
        None => event,
        Some(why) => event.failed(why),
    });
    tx.commit().await.map(drop)
}

/// Why this user gets no link.
async fn refused(
    tx: &context::Writing,
    user: &User,
    since: jiff::Timestamp,
) -> Result<Option<&'static str>, Problem> {
    let now = tx.ctx().now();
    if !tx.engine().subject(user.id).is_some_and(|subject| is_active(subject, now)) {
        return Ok(Some("disabled, locked or expired"));
    }
    // Where nobody but the user himself says that mail gets to him, a stranger may read it.
    if user.trusted_email().is_none() {
        return Ok(Some("no e-mail address that is known to be the user's"));
    }
    // Somebody without a password signs in by other means, which a link must not get round.
    if crate::store::password(tx, user.id).await?.is_none() {
        return Ok(Some("no password"));
    }
    let links = password_links::count_since(tx, user.id, since).await?;
    Ok((links >= MOST_OF_USER).then_some("too many links"))
}

async fn send(signin: &Signin, tx: &context::Writing, user: &User) -> Result<(), Problem> {
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let minutes = tx.state().settings.number(&LINK_MINUTES)?.clamp(5, 1440);
    let id = EventId::new(now, entropy).0;
    let token = SecretToken::generate(Kind::OneTimeLink, id, entropy);
    let expires_at = after(now, SignedDuration::from_mins(minutes));
    let Some(address) = user.email.as_ref().map(|email| email.as_str().to_owned()) else {
        return Ok(());
    };
    let hash = token.hash();
    let link = Link { id, user: user.id, hash, address, created_at: now, expires_at };
    let forgotten = now.checked_sub(SignedDuration::from_hours(48)).map_err(Problem::internal)?;
    password_links::save(tx.as_ref(), &link, forgotten).await?;
    match signin.writer.forgotten(user, &token.to_text(), expires_at, minutes) {
        Some(letter) => signin.outbox.put(tx, &letter).await,
        None => Ok(()),
    }
}
