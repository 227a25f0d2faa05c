//! The user who asks, as he is stored.

use context::Ctx;
use jiff::SignedDuration;
use kernel::{NodeId, Problem, ProblemKind};
use policy::{Principal, Who};
use realms::User;
use store::Run;

use crate::{
    second_factor::{method::has_factor, store::factors},
    settings::{FRESH_MINUTES, duration},
};

/// The id of a user who acts himself: not through a key, and nobody in his place. 403 otherwise.
pub(crate) fn own_id(ctx: &Ctx) -> Result<NodeId, Problem> {
    match ctx.principal() {
        Principal { who: Who::User(id), impersonator: None, .. } => Ok(*id),
        _ => Err(Problem::forbidden("Only users themselves do this, signed in.")),
    }
}

/// The same, after a sign-in that is not older than the setting says: 403 of type `sign-in-too-old` otherwise. Renewing is
/// no sign-in, nor is what a device remembers. Whoever shows the password with the request has signed in just now.
pub fn fresh_own_id(ctx: &Ctx) -> Result<NodeId, Problem> {
    let id = own_id(ctx)?;
    let signed_in_at = ctx.principal().session.as_ref().map(|session| session.signed_in_at);
    let age = signed_in_at.map_or(SignedDuration::ZERO, |at| ctx.now().duration_since(at));
    let fresh = duration(&ctx.system().state().settings, &FRESH_MINUTES, 60)?;
    if age <= fresh {
        return Ok(id);
    }
    let minutes = fresh.as_mins();
    let detail =
        format!("This needs a sign-in that is not older than {minutes} minutes; sign in again.");
    Err(Problem::new(ProblemKind::SignInTooOld, detail))
}

/// That the session did not come of what a device remembers: that is not enough for what outlasts it. 403 of type
/// `sign-in-too-old` otherwise.
pub fn need_sign_in(ctx: &Ctx) -> Result<(), Problem> {
    let session = ctx.principal().session.as_ref();
    if session.is_none_or(|session| session.signed_in_at >= session.began_at) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::SignInTooOld, "This needs a sign-in; sign in again."))
}

/// That the session was opened with a factor, for a user who has one: not with a recovery code, which lets its holder in
/// and changes no factors, and not before there was a factor. 403 of type `sign-in-too-old` otherwise.
pub(crate) async fn need_factor(run: &impl Run, ctx: &Ctx, id: NodeId) -> Result<(), Problem> {
    let session = ctx.principal().session.as_ref();
    if session.is_some_and(|session| has_factor(&session.method))
        || !factors::has_confirmed(run, id).await?
    {
        return Ok(());
    }
    let detail = "This needs a sign-in with a second factor that is no recovery code.";
    Err(Problem::new(ProblemKind::SignInTooOld, detail))
}

/// The user himself.
pub(crate) async fn own_user(run: &impl Run, id: NodeId) -> Result<User, Problem> {
    let user = realms::find_user_by_id(run, id).await?;
    user.ok_or_else(|| Problem::unauthenticated("The user is gone."))
}
