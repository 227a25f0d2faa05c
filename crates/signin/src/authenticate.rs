//! Signing in: the one way from what somebody shows to who it is.

use context::{Ctx, Event, EventKind};
use kernel::Problem;

use crate::{
    authenticator::{Attempt, Proven},
    second_factor::next_step::asks_for_more,
    signin::Signin,
};

/// Who this attempt proves to be. 401 for a wrong name or password, 429 with `Retry-After` while locked, 503 while too
/// many sign in, 422 for an unknown type. A session is opened by [`crate::open_session`], which audits the sign-in.
pub async fn authenticate(
    signin: &Signin,
    ctx: &Ctx,
    attempt: &Attempt,
) -> Result<Proven, Problem> {
    let authenticator = signin
        .authenticator(&attempt.kind)
        .ok_or_else(|| Problem::invalid("/type", "is no type of sign-in that this server has"))?;
    authenticator.prove(signin, ctx, attempt).await
}

/// The same for a single request that shows its password (RFC 7617): no session is opened, and the sign-in is written to
/// the audit once a minute for each user and source. 401 for a user of whom more than a password is asked.
pub async fn authenticate_once(
    signin: &Signin,
    ctx: &Ctx,
    attempt: &Attempt,
) -> Result<Proven, Problem> {
    let proven = authenticate(signin, ctx, attempt).await?;
    let read = ctx.read().await?;
    if asks_for_more(signin, &read, proven.user).await? {
        let detail = "A password alone is not enough for this user: sign in, or use an API key.";
        return Err(Problem::unauthenticated(detail));
    }
    drop(read);
    let kind = format!("sign_in_once {} {:?}", proven.user, ctx.request().ip);
    if ctx.system().refusals().is_first(ctx.now(), kind) {
        let event = Event::new(EventKind::Login, "sign_in_once")
            .about("user", proven.user, proven.user)
            .of(proven.user)
            .with("method", proven.method)
            .personal("username", proven.username.as_str());
        let mut tx = ctx.begin().await?;
        tx.audit(event);
        signin.tell_of_sign_in(&tx, proven.user, attempt.device.as_ref()).await?;
        tx.commit().await?;
    }
    Ok(proven)
}
