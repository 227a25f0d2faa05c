//! A user changes the own password. The other sessions end, this one stays; one that was good for nothing else gives way
//! to a whole one. The route is in `tokens`, as its answer may be a token.

use context::{Ctx, Event, EventKind, Writing};
use kernel::{Problem, ProblemKind, SessionId};
use protocol::password::PasswordHash;
use realms::User;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Opened,
    letters::Changed,
    lockout::{Tried, wrong},
    model::Session,
    own::{own_id, own_user},
    password_life::PasswordLife,
    passwords::set_password,
    session::{self, end_sessions_of},
    signin::Signin,
    store::{self, Credential},
};

/// The old and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    old_password: SecretString,
    /// The new one.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// A change that was checked, and whose new password is hashed.
#[derive(Debug)]
pub struct Prepared {
    user: User,
    old: Credential,
    hash: PasswordHash,
}

/// Checks a change and hashes the new password, before the write lock is taken: 401 if the old one is wrong (that counts
/// as a failed sign-in), 400 if the new one is against the policy.
pub async fn prepare(
    signin: &Signin,
    ctx: &Ctx,
    input: ChangePassword,
) -> Result<Prepared, Problem> {
    let id = own_id(ctx)?;
    let read = ctx.read().await?;
    let user = own_user(&read, id).await?;
    drop(read);
    let tried = Tried {
        user: Some(id),
        username: Some(user.username.as_str().to_owned()),
        counter: id.0,
        action: "password.change",
    };
    let old = signin.try_password(ctx, &tried, &input.old_password).await?;
    let state = ctx.state().await?;
    // The present one is refused whatever the setting says: it would be no change.
    let about = user.password_facts();
    signin
        .check_password(ctx.system(), &state, &input.new_password, &about, 1)
        .await
        .map_err(not_good_enough)?;
    let hash = signin.hasher.hash(ctx.system(), input.new_password).await?;
    Ok(Prepared { user, old, hash })
}

/// Changes the password. For a session that was good for nothing else a new one, and for that of a browser, with another
/// cookie: whoever has copied the old one has nothing.
pub async fn run(
    signin: &Signin,
    tx: &mut Writing,
    change: Prepared,
) -> Result<Option<Opened>, Problem> {
    let Prepared { user, old, hash } = change;
    let present = store::password(tx, user.id).await?;
    // Somebody else changed it while this one was hashed: the old password is no longer the old one.
    if present.is_none_or(|present| present.life.changed_at != old.life.changed_at) {
        return Err(wrong());
    }
    let life = PasswordLife { changed_at: tx.ctx().now(), must_change: false };
    let here = tx.ctx().principal().session.as_ref().map(|session| session.id);
    let opened = match here {
        Some(id) if tx.ctx().principal().restricted => Some(make_whole(tx, id, life).await?),
        Some(id) => go_on(tx, id, life).await?,
        None => None,
    };
    set_password(tx, user.id, &hash, life).await?;
    let stays = opened.as_ref().map(|opened| opened.session.id).or(here);
    let ended = end_sessions_of(tx, user.id, stays).await?;
    signin.notify(tx, &user, Changed::User).await?;
    tx.audit(
        Event::new(EventKind::PasswordChange, "password.change")
            .about("user", user.id, user.id)
            .with("sessions_ended", ended),
    );
    Ok(opened)
}

/// A whole session in the place of one that only its password keeps back. One that something else keeps back stays so.
async fn make_whole(
    tx: &mut Writing,
    id: SessionId,
    life: PasswordLife,
) -> Result<Opened, Problem> {
    let incomplete = || Problem::forbidden("The sign-in is not complete.");
    let (session, cookie) = store::session(tx, id).await?.ok_or_else(incomplete)?;
    let old = session.password.ok_or_else(incomplete)?;
    if !old.is_over(&tx.state().settings, tx.ctx().now())? {
        return Err(incomplete());
    }
    let whole = Session { password: Some(life), ..session.clone() };
    session::replace(tx, &session, whole, cookie.is_some()).await
}

/// Goes on with the new password: under another id in a browser, as it was with tokens.
async fn go_on(
    tx: &mut Writing,
    id: SessionId,
    life: PasswordLife,
) -> Result<Option<Opened>, Problem> {
    match store::session(tx, id).await? {
        Some((session, Some(_))) => {
            let renewed = Session { password: session.password.map(|_| life), ..session.clone() };
            session::replace(tx, &session, renewed, true).await.map(Some)
        }
        _ => {
            store::renew_session(tx.as_ref(), id, life.changed_at).await?;
            Ok(None)
        }
    }
}

/// `/auth/*` keeps the status of NornicDB.
pub(crate) fn not_good_enough(problem: Problem) -> Problem {
    match problem.kind() {
        ProblemKind::Invalid => problem.errors().iter().fold(
            Problem::new(ProblemKind::BadRequest, "The new password is not good enough."),
            |bad, error| bad.and_field("/new_password", &error.detail),
        ),
        _ => problem,
    }
}
