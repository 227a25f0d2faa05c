//! Lockout: failures in a row lock a user for a while. The order is locked, disabled, password; a name that is nobody's
//! counts like any other, so that it cannot be told apart.

use ::store::Run;
use context::{Ctx, Event, EventKind, settings::Settings};
use jiff::Timestamp;
use kernel::{NodeId, Problem, ProblemKind};
use policy::Lock;
use protocol::password::Verdict;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    model::is_switched_off,
    settings::{LOCK_MINUTES, MAX_ATTEMPTS, after, duration},
    signin::Signin,
    store::{self, Credential},
};

/// Whose password is tried.
pub(crate) struct Tried {
    /// The user; none if the name is nobody's.
    pub user: Option<NodeId>,
    /// Its name, for the audit.
    pub username: Option<String>,
    /// The counter: the user's id, or [`Signin::stranger`].
    pub counter: Uuid,
    /// The operation, for the audit: `sign_in`.
    pub action: &'static str,
}

impl Signin {
    /// Whether this is the user's password. A failure counts; a success forgets those before. 401 for a wrong password
    /// and for a user who is unknown, disabled, expired or has none; 429 while locked.
    pub(crate) async fn try_password(
        &self,
        ctx: &Ctx,
        tried: &Tried,
        password: &SecretString,
    ) -> Result<Credential, Problem> {
        let _turn = self.turns.take(tried.counter).await;
        let state = ctx.system().state();
        let database = ctx.system().database();
        let read = database.read().await?;
        let tries = store::tries(&read, tried.counter).await?;
        let now = ctx.system().now();
        let by_hand = tried.user.and_then(|user| state.engine.subject(user)).map(|s| s.lock);
        let counted = tries.and_then(|tries| tries.locked_until);
        if let Some(seconds) = locked_for(counted, by_hand, now, &state.settings)? {
            audit_failure(ctx, tried, "locked", false).await?;
            return Err(locked(seconds));
        }
        let usable = |user: &NodeId| {
            state.engine.subject(*user).is_some_and(|subject| !is_switched_off(subject, now))
        };
        // For nobody the database does the same work, and finds nothing.
        let user = tried.user.map_or(Some(NodeId(tried.counter)), |user| Some(user).filter(usable));
        let credential = match user {
            Some(user) => store::password(&read, user).await?,
            None => None,
        };
        drop(read);
        let stored = credential.as_ref().map(|credential| credential.hash.clone());
        let verdict = self.hasher.verify(password.clone(), stored).await;
        match (verdict.map_err(wrong_if_too_long)?, credential) {
            (Verdict::Match { rehash }, Some(credential)) => {
                if tries.is_some() {
                    store::reset_tries(&database.single(), tried.counter).await?;
                }
                if let Some(user) = tried.user.filter(|_| rehash) {
                    let rehashed = self.rehash(ctx, user, password, &credential).await;
                    if let Err(error) = rehashed {
                        // The password is right; the next sign-in tries again.
                        tracing::warn!(%error, "a password could not be hashed anew");
                    }
                }
                Ok(credential)
            }
            _ => Err(self.count_failure(ctx, tried).await?),
        }
    }

    async fn count_failure(&self, ctx: &Ctx, tried: &Tried) -> Result<Problem, Problem> {
        let now = ctx.system().now();
        let settings = &ctx.system().state().settings;
        let until = after(now, duration(settings, &LOCK_MINUTES, 60)?);
        let most = settings.number(&MAX_ATTEMPTS)?.clamp(1, 1000);
        let single = ctx.system().database().single();
        let tries = store::count_failure(&single, tried.counter, now, until, most).await?;
        let has_locked = tries.locked_until.is_some_and(|until| until > now);
        audit_failure(ctx, tried, "wrong name or password", has_locked).await?;
        Ok(wrong())
    }

    /// The same password in a hash of today's form: the one moment at which it is known.
    async fn rehash(
        &self,
        ctx: &Ctx,
        user: NodeId,
        password: &SecretString,
        old: &Credential,
    ) -> Result<(), Problem> {
        let new = self.hasher.hash(ctx.system(), password.clone()).await?;
        Ok(store::rehash(&ctx.system().database().single(), user, &old.hash, &new).await?)
    }
}

/// Forgets the failures of a user: part of an administrator's unlock.
pub async fn reset_lockout(run: &impl Run, user: NodeId) -> Result<(), Problem> {
    Ok(store::reset_tries(run, user.0).await?)
}

/// The answer to a wrong name and to a wrong password.
pub(crate) fn wrong() -> Problem {
    Problem::unauthenticated("The name or the password is wrong.")
}

/// A password over 4 KiB is nobody's.
fn wrong_if_too_long(problem: Problem) -> Problem {
    if problem.kind() == ProblemKind::Invalid { wrong() } else { problem }
}

fn locked(seconds: u64) -> Problem {
    Problem::new(ProblemKind::TooMany, "Too many failed sign-ins; try again later.")
        .retry_after(seconds)
}

/// For how many seconds the user is locked, by failures or by hand. A lock without an end says the time of an
/// automatic one.
fn locked_for(
    counted: Option<Timestamp>,
    by_hand: Option<Lock>,
    now: Timestamp,
    settings: &Settings,
) -> Result<Option<u64>, Problem> {
    let by_hand = match by_hand {
        None | Some(Lock::None) => None,
        Some(Lock::Until(until)) => Some(until),
        Some(Lock::ForGood) => Some(after(now, duration(settings, &LOCK_MINUTES, 60)?)),
    };
    let until = counted.into_iter().chain(by_hand).filter(|until| *until > now).max();
    Ok(until.map(|until| {
        let micros = until.as_microsecond().saturating_sub(now.as_microsecond());
        u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)
    }))
}

/// Writes a failure, and the lock if it made one: the first of each name and source in a minute, so that somebody who
/// tries all day cannot fill the disk. A lock is always written.
async fn audit_failure(
    ctx: &Ctx,
    tried: &Tried,
    reason: &str,
    has_locked: bool,
) -> Result<(), Problem> {
    let kind = format!("{} {} {reason} {:?}", tried.action, tried.counter, ctx.request().ip);
    let is_first = ctx.system().refusals().is_first(ctx.now(), kind);
    if has_locked {
        let alert = about(Event::new(EventKind::SecurityAlert, "lockout"), tried)
            .because(Some("too many failed sign-ins".to_owned()));
        ctx.audit(alert).await?;
    }
    if is_first {
        let failure = about(Event::new(EventKind::LoginFailed, tried.action), tried).failed(reason);
        ctx.audit(failure).await?;
    }
    Ok(())
}

fn about(event: Event, tried: &Tried) -> Event {
    let event = match tried.user {
        Some(user) => event.about("user", user, user).of(user),
        None => event,
    };
    match &tried.username {
        Some(username) => event.personal("username", username.as_str()),
        // A name that is nobody's may be a password that went into the wrong field.
        None => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_lock_counts_and_seconds_round_up() {
        let settings = Settings::default();
        let at = |micros| Timestamp::from_microsecond(micros).unwrap();
        let wait = |counted, by_hand| locked_for(counted, by_hand, at(0), &settings).unwrap();
        assert_eq!(wait(None, Some(Lock::None)), None);
        assert_eq!(wait(Some(at(0)), None), None, "just over");
        assert_eq!(wait(Some(at(1)), None), Some(1));
        assert_eq!(wait(Some(at(1_500_000)), Some(Lock::Until(at(3_000_000)))), Some(3));
        assert_eq!(wait(None, Some(Lock::ForGood)), Some(900));
    }
}
