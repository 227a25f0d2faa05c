//! `POST /auth/password/reset`: a new password, by the link that was sent. It signs nobody in: second factors are asked
//! at the sign-in that follows.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind, Writing};
use http::StatusCode;
use kernel::Problem;
use protocol::{
    password::PasswordHash,
    secret_token::{Kind, SecretToken},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    change_password::not_good_enough,
    letters::Changed,
    model::is_active,
    own::own_user,
    password_life::PasswordLife,
    passwords::replace_password,
    signin::Signin,
    store::password_links::{self, Sent},
};

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetForgottenPassword {
    /// The secret of the link: what stands behind `#`.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// The new password.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Gives the user of a link another password, and ends all sessions: 403 for a link that was used or is too old, 400 for
/// a password against the policy, which uses the link not up. Good once.
#[utoipa::path(post, path = "/auth/password/reset", operation_id = "reset_forgotten_password", tag = "sign-in", request_body = ResetForgottenPassword,
    responses((status = 204, description = "Changed; sign in next"), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<ResetForgottenPassword>,
) -> web::Result<StatusCode> {
    let token = SecretToken::parse(Kind::OneTimeLink, input.token.expose_secret());
    let token = token.map_err(|_| no_good())?;
    // The one who holds the link acts as nobody else, whatever he showed with the request.
    let ctx = ctx.as_nobody();
    let read = ctx.read().await?;
    // Before work that costs; the use itself is one statement below.
    let sent = password_links::find(&read, token.id(), &token.hash(), ctx.now()).await?;
    let user = own_user(&read, sent.ok_or_else(no_good)?.user).await?;
    drop(read);
    let state = ctx.state().await?;
    signin
        .check_password(ctx.system(), &state, &input.new_password, &user.password_facts(), 1)
        .await
        .map_err(not_good_enough)?;
    let hash = signin.hasher.hash(ctx.system(), input.new_password).await?;
    let mut tx = ctx.begin().await?;
    let taken = password_links::take(tx.as_ref(), token.id(), &token.hash(), ctx.now()).await?;
    change(&signin, &mut tx, taken.ok_or_else(no_good)?, &hash).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    signin: &Signin,
    tx: &mut Writing,
    sent: Sent,
    hash: &PasswordHash,
) -> Result<(), Problem> {
    let (now, id) = (tx.ctx().now(), sent.user);
    if !tx.engine().subject(id).is_some_and(|subject| is_active(subject, now)) {
        return Err(no_good());
    }
    let user = own_user(tx, id).await?;
    // Who reads mail at an address that is no longer the user's is not the user.
    if user.email.as_ref().is_none_or(|email| email.as_str() != sent.address) {
        return Err(no_good());
    }
    let life = PasswordLife { changed_at: now, must_change: false };
    let ended = replace_password(tx, id, hash, life).await?;
    realms::store::note_email_verified(tx, id, &sent.address).await?;
    signin.notify(tx, &user, Changed::Link).await?;
    tx.audit(
        Event::new(EventKind::PasswordChange, "password.recover")
            .about("user", id, id)
            .of(id)
            .with("sessions_ended", ended)
            .personal("username", user.username.as_str()),
    );
    Ok(())
}

fn no_good() -> Problem {
    Problem::forbidden("The link is not good any more.")
}
