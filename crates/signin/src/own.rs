//! The user who asks, as he is stored.

use context::Ctx;
use kernel::{NodeId, Problem};
use policy::{Principal, Who};
use realms::User;
use store::Run;

/// The id of a user who acts himself: not through a key, and nobody in his place. 403 otherwise.
pub(crate) fn own_id(ctx: &Ctx) -> Result<NodeId, Problem> {
    match ctx.principal() {
        Principal { who: Who::User(id), impersonator: None, .. } => Ok(*id),
        _ => Err(Problem::forbidden("Only users themselves do this, signed in.")),
    }
}

/// The user himself.
pub(crate) async fn own_user(run: &impl Run, id: NodeId) -> Result<User, Problem> {
    let user = realms::find_user_by_id(run, id).await?;
    user.ok_or_else(|| Problem::unauthenticated("The user is gone."))
}
