//! What the operations on users need of passwords: the port of `realms`.

use context::{Ctx, Event, EventKind, Writing};
use kernel::{NodeId, Problem};
use protocol::password::PasswordHash;
use realms::passwords::{Answer, HashedPassword, PasswordFacts, Passwords};
use secrecy::SecretString;

use crate::{password_policy, session::end_sessions_of, signin::Signin, store};

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
            store::reset_tries(tx, user.0).await?;
            end_sessions_of(tx, user, None).await?;
            if is_change {
                let event = Event::new(EventKind::PasswordChange, "password.reset");
                tx.audit(event.about("user", user, user));
            }
            Ok(())
        })
    }

    fn unlocked<'a>(&'a self, tx: &'a mut Writing, user: NodeId) -> Answer<'a, ()> {
        Box::pin(crate::reset_lockout(tx, user))
    }
}
