//! What the operations on users need of passwords: the port of `realms`.

use context::{Ctx, Event, EventKind, Reading, Writing};
use kernel::{NodeId, Problem};
use protocol::password::PasswordHash;
use realms::{
    User,
    passwords::{Answer, HashedPassword, Lockout, PasswordFacts, Passwords},
};
use secrecy::SecretString;

use crate::{
    impersonation,
    letters::Changed,
    notices::Notice,
    own::own_user,
    password_life::PasswordLife,
    second_factor::store::factors,
    session::end_sessions_of,
    settings::HISTORY,
    signin::Signin,
    store::{self, password_links, tries::CountedLock},
};

impl Passwords for Signin {
    fn check_and_hash<'a>(
        &'a self,
        ctx: &'a Ctx,
        password: &'a SecretString,
        about: &'a PasswordFacts,
    ) -> Answer<'a, HashedPassword> {
        Box::pin(async move {
            let state = ctx.state().await?;
            self.check_password(ctx.system(), &state, password, about, 0).await?;
            let hash = self.hasher.hash(ctx.system(), password.clone()).await?;
            Ok(HashedPassword(hash.to_text()))
        })
    }

    fn store<'a>(
        &'a self,
        tx: &'a mut Writing,
        user: NodeId,
        hash: HashedPassword,
        must_change: bool,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let hash = PasswordHash::parse(&hash.0).map_err(Problem::internal)?;
            let is_change = store::password(tx, user).await?.is_some();
            let life = PasswordLife { changed_at: tx.ctx().now(), must_change };
            replace_password(tx, user, &hash, life).await?;
            if is_change {
                let event = Event::new(EventKind::PasswordChange, "password.reset");
                tx.audit(event.about("user", user, user));
                let written = own_user(&*tx, user).await?;
                self.notify(tx, &written, Changed::Administrator).await?;
            }
            Ok(())
        })
    }

    fn locked_out(&self) -> &'static str {
        store::tries::IS_LOCKED
    }

    fn lockouts<'a>(&'a self, read: &'a Reading, users: &'a [NodeId]) -> Answer<'a, Vec<Lockout>> {
        Box::pin(async move {
            let (Some(first), Some(last)) = (users.iter().min(), users.iter().max()) else {
                return Ok(Vec::new());
            };
            let found = store::tries::counted_locks(read, *first, *last, read.ctx().now()).await?;
            let lockout = |lock: CountedLock| Lockout {
                user: NodeId(lock.who),
                since: lock.since,
                until: lock.until,
            };
            Ok(found.into_iter().map(lockout).collect())
        })
    }

    fn address_changed<'a>(&'a self, tx: &'a mut Writing, former: &'a User) -> Answer<'a, ()> {
        Box::pin(self.tell(tx, former, Notice::AddressChanged))
    }

    fn unlocked<'a>(&'a self, tx: &'a mut Writing, user: NodeId) -> Answer<'a, ()> {
        Box::pin(crate::reset_lockout(tx, user))
    }
}

/// Gives a user a password without the old one: whatever that one had opened ends, and so do the failures at it. Tells
/// how many sessions ended.
pub(crate) async fn replace_password(
    tx: &mut Writing,
    user: NodeId,
    hash: &PasswordHash,
    life: PasswordLife,
) -> Result<u64, Problem> {
    set_password(tx, user, hash, life).await?;
    // Else whoever reads somebody's mail would get more tries at the second factor with each new password.
    if !factors::has_confirmed(tx, user).await? {
        crate::reset_lockout(tx, user).await?;
    }
    // One of them may be the device of whoever is to be kept out.
    store::devices::forget(tx, user).await?;
    end_sessions_of(tx, user, None).await
}

/// Gives a user a password, and remembers the one before as the setting says. Links to a new one end, and so does what the
/// user does in the place of others, and a change of the e-mail address that waits: whoever has begun it may be whom the
/// new password keeps out. Nobody sets one in somebody else's place.
pub(crate) async fn set_password(
    tx: &mut Writing,
    user: NodeId,
    hash: &PasswordHash,
    life: PasswordLife,
) -> Result<(), Problem> {
    tx.ctx().refuse_impersonation()?;
    impersonation::end_by(tx, user).await?;
    password_links::end(tx.as_ref(), user, tx.ctx().now()).await?;
    realms::store::end_email_change(tx, user, tx.ctx().now()).await?;
    let remembered = tx.state().settings.number(&HISTORY)?;
    let new = store::NewPassword { hash, life, remembered };
    Ok(store::set_password(tx.as_ref(), user, new).await?)
}
