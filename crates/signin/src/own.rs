//! The user who asks, as he is stored.

use context::Ctx;
use jiff::SignedDuration;
use kernel::{NodeId, Problem};
use policy::{Principal, Who};
use realms::User;
use store::Run;

/// How old a sign-in may be where more is at stake.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The id of a user who acts himself: not through a key, and nobody in his place. 403 otherwise.
pub(crate) fn own_id(ctx: &Ctx) -> Result<NodeId, Problem> {
    match ctx.principal() {
        Principal { who: Who::User(id), impersonator: None, .. } => Ok(*id),
        _ => Err(Problem::forbidden("Only users themselves do this, signed in.")),
    }
}

/// The same, of a user whose sign-in is not older than 10 minutes: 403 otherwise. Whoever shows the password with the
/// request has signed in just now.
pub fn fresh_own_id(ctx: &Ctx) -> Result<NodeId, Problem> {
    let id = own_id(ctx)?;
    let signed_in_at = ctx.principal().session.as_ref().map(|session| session.signed_in_at);
    let age = signed_in_at.map_or(SignedDuration::ZERO, |at| ctx.now().duration_since(at));
    if age <= FRESH {
        return Ok(id);
    }
    Err(Problem::forbidden(
        "This needs a sign-in that is not older than 10 minutes; sign in again.",
    ))
}

/// The user himself.
pub(crate) async fn own_user(run: &impl Run, id: NodeId) -> Result<User, Problem> {
    let user = realms::find_user_by_id(run, id).await?;
    user.ok_or_else(|| Problem::unauthenticated("The user is gone."))
}
