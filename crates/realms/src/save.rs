//! Writing a changed user: row, engine, audit.

use context::{Action, Event, Permitted, Writing};
use kernel::Problem;

use crate::{model::User, store};

/// Writes the user as it is now, and gives it back as it is stored.
pub(crate) async fn user<A: Action>(
    tx: &mut Writing,
    user: Permitted<A, User>,
    event: Event,
) -> Result<User, Problem> {
    store::save_user(tx, &user).await?;
    tx.record(policy::Change::SubjectSaved(user.subject()))?;
    tx.audit(event);
    stored(tx, user.into_inner()).await
}

/// The user with the version that the database counted.
pub(crate) async fn stored(tx: &Writing, user: User) -> Result<User, Problem> {
    let stored = store::find_user_by_id(tx, user.id).await?;
    stored.ok_or_else(|| Problem::internal("a user that was just written is not there"))
}
