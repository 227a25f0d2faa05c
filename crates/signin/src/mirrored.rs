//! Passwords that are kept beside the database too.

use std::collections::HashMap;

use ::store::Run;
use context::{Ctx, Event, EventKind, Writing};
use kernel::{NodeId, Problem};
use protocol::password::PasswordHash;
use realms::HashedPassword;

use crate::{
    impersonation,
    session::end_sessions_of,
    store::{self, devices, password_links},
};

/// The hashes of users' passwords, as they are stored; those without one are left out.
pub async fn password_hashes(
    run: &impl Run,
    users: &[NodeId],
) -> Result<HashMap<NodeId, HashedPassword>, Problem> {
    let found = store::hashes(run, users).await?;
    Ok(found.into_iter().map(|(user, hash)| (user, HashedPassword(hash))).collect())
}

/// Leaves a user without a password, and ends what the former one has opened. The operation that calls it has asked
/// whether it may.
pub async fn take_password_away(tx: &mut Writing, user: NodeId) -> Result<(), Problem> {
    tx.ctx().refuse_impersonation()?;
    impersonation::end_by(tx, user).await?;
    password_links::end(tx.as_ref(), user, tx.ctx().now()).await?;
    store::delete_password(tx.as_ref(), user).await?;
    devices::forget(tx, user).await?;
    let ended = end_sessions_of(tx, user, None).await?;
    tx.audit(
        Event::new(EventKind::PasswordChange, "password.remove")
            .about("user", user, user)
            .with("sessions_ended", ended),
    );
    Ok(())
}

/// The same password in another hash, in a commit of its own, so that it comes to the other place as well.
pub(crate) async fn rehash(
    ctx: &Ctx,
    user: NodeId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<(), Problem> {
    // The request itself goes on after it, and repeats nothing by it.
    let ctx = ctx.as_nobody();
    let mut tx = ctx.begin().await?;
    store::rehash(&tx, user, old, new).await?;
    let event = Event::new(EventKind::PasswordChange, "password.rehash");
    tx.audit(event.about("user", user, user).of(user));
    tx.commit().await.map(drop)
}
