//! What the operations on users need of passwords: the port of `realms`.

use context::{Ctx, Event, EventKind, Reading, Writing};
use kernel::{NodeId, Problem};
use protocol::password::PasswordHash;
use realms::passwords::{Answer, HashedPassword, Lockout, PasswordFacts, Passwords};
use secrecy::SecretString;

use crate::{
    password_policy, session::end_sessions_of, signin::Signin, store, store::tries::CountedLock,
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
            let names: Vec<&str> = std::iter::once(about.username.as_str())
                .chain(about.words.iter().map(String::as_str))
                .collect();
            password_policy::check(&state.settings, password, &names)?;
            let hash = self.hasher.hash(ctx.system(), password.clone()).await?;
            Ok(HashedPassword(hash.to_text()))
        })
    }

    fn store<'a>(
        &'a self,
        tx: &'a mut Writing,
        user: NodeId,
        hash: HashedPassword,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let hash = PasswordHash::parse(&hash.0).map_err(Problem::internal)?;
            let is_change = store::password(tx, user).await?.is_some();
            store::set_password(tx.as_ref(), user, &hash, tx.ctx().now()).await?;
            crate::reset_lockout(tx, user).await?;
            // One of them may be the device of whoever is to be kept out.
            store::devices::forget(tx, user).await?;
            end_sessions_of(tx, user, None).await?;
            if is_change {
                let event = Event::new(EventKind::PasswordChange, "password.reset");
                tx.audit(event.about("user", user, user));
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

    fn unlocked<'a>(&'a self, tx: &'a mut Writing, user: NodeId) -> Answer<'a, ()> {
        Box::pin(crate::reset_lockout(tx, user))
    }
}
