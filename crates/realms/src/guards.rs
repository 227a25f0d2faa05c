//! What is asked beside the permission of an operation on users.

use context::{Action, Writing};
use kernel::{NodeId, PermissionName, Problem, permission::SETTINGS_ACCESS};

use crate::{facts::Attributes, model::User, store};

/// Writing what a condition reads changes who may do what.
struct WriteWhatConditionsRead;

impl Action for WriteWhatConditionsRead {
    type Resource = NodeId;
    const PERMISSION: &'static str = "access:assign";
}

/// Whether the caller acts with the full power of a superuser. No rule gives `settings:access`, so whoever may it is one,
/// and neither through a key nor in an active role nor in another's place.
pub(crate) fn is_superuser(tx: &Writing) -> Result<bool, Problem> {
    let name = PermissionName::parse(SETTINGS_ACCESS).map_err(Problem::internal)?;
    Ok(tx.may(&name, NodeId::GLOBAL))
}

/// Only superusers make and unmake superusers.
pub(crate) fn need_superuser(tx: &Writing) -> Result<(), Problem> {
    if is_superuser(tx)? {
        Ok(())
    } else {
        Err(Problem::forbidden("Only a superuser may make, change or unmake a superuser."))
    }
}

/// Only superusers touch superusers.
pub(crate) fn may_touch(tx: &Writing, user: &User) -> Result<(), Problem> {
    if user.superuser { need_superuser(tx) } else { Ok(()) }
}

/// Whether the caller may take over this user: he holds all that the user holds, and only superusers touch superusers.
pub async fn may_take_over(tx: &Writing, user: &User) -> Result<(), Problem> {
    may_touch(tx, user)?;
    access::granting::taking_over(tx, user.id).await
}

/// Refuses if nobody could administrate the system without this user.
pub(crate) fn keep_a_superuser(tx: &Writing, user: &User) -> Result<(), Problem> {
    if tx.engine().is_last_active_superuser(user.id, tx.ctx().now()) {
        return Err(last_superuser());
    }
    Ok(())
}

/// Refuses an end for the one superuser who has none: nobody would be left at that moment.
pub(crate) async fn keep_a_lasting_superuser(tx: &Writing, user: &User) -> Result<(), Problem> {
    if user.superuser && !store::has_other_lasting_superuser(tx, user.id).await? {
        return Err(last_superuser());
    }
    Ok(())
}

fn last_superuser() -> Problem {
    Problem::conflict("This is the last active superuser; make another one first.")
}

/// An attribute that a condition reads may be written by those who may assign at the user.
pub(crate) fn may_write_attributes(
    tx: &Writing,
    user: NodeId,
    new: &Attributes,
    former: &Attributes,
) -> Result<(), Problem> {
    let read = new.changed_since(former).any(|name| tx.engine().conditions_read_attribute(name));
    if read { tx.permit::<WriteWhatConditionsRead>(user).map(drop) } else { Ok(()) }
}
