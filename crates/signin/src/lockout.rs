//! Lockout: failures in a row lock a user for a while; many from one source, at whatever names, lock the source. The
//! order is locked, disabled, password; a name that is nobody's counts like any other, so that it cannot be told apart.
//! A device that is known for the user has a counter of its own, and is not kept off by what others do.

use ::store::Run;
use context::{Ctx, Event, EventKind, Source, settings::Settings};
use jiff::{SignedDuration, Timestamp};
use kernel::{NodeId, Problem, ProblemKind, Setting};
use policy::Lock;
use protocol::password::Verdict;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    mirrored,
    model::is_switched_off,
    second_factor::code_tries::after_password,
    settings::{
        LOCK_MINUTES, MAX_ATTEMPTS, SIGN_INS_PER_MINUTE, SOURCE_ATTEMPTS, SOURCE_MINUTES,
        WINDOW_MINUTES, after, duration, seconds_until,
    },
    signin::Signin,
    store::{
        self, Credential,
        tries::{self, Limit},
    },
};

/// Whose password is tried.
pub(crate) struct Tried {
    /// The user; none if the name is nobody's.
    pub user: Option<NodeId>,
    /// Its name, for the audit.
    pub username: Option<String>,
    /// The counter: the user's id, that of a device that is known for the user, or [`Signin::stranger`].
    pub counter: Uuid,
    /// The operation, for the audit: `sign_in`.
    pub action: &'static str,
}

impl Tried {
    pub(crate) fn is_from_known_device(&self) -> bool {
        self.user.is_some_and(|user| user.0 != self.counter)
    }
}

impl Signin {
    /// Whether this is the user's password. A failure counts; a success forgets those before, unless
    /// the user has a second factor: then the whole sign-in does. 401 for a wrong password
    /// and for a user who is unknown, disabled, expired or has none; 429 while locked.
    pub(crate) async fn try_password(
        &self,
        ctx: &Ctx,
        tried: &Tried,
        password: &SecretString,
    ) -> Result<Credential, Problem> {
        ctx.throttle(&SIGN_INS_PER_MINUTE)?;
        let _turn = self.turns.take(tried.counter).await?;
        let _place = self.hasher.admit()?;
        let state = ctx.system().state();
        let single = ctx.system().database().single();
        let now = ctx.system().now();
        let source = (!tried.is_from_known_device()).then(|| Source::of(ctx.request().ip));
        self.check_not_locked(ctx, tried, source, now).await?;
        let usable = |user: &NodeId| {
            state.engine.subject(*user).is_some_and(|subject| !is_switched_off(subject, now))
        };
        // For nobody the database does the same work, and finds nothing.
        let user = tried.user.map_or(Some(NodeId(tried.counter)), |user| Some(user).filter(usable));
        let limit = user_limit(&state.settings)?;
        let taken = tries::take_try(&single, tried.counter, None, &limit, now).await?;
        let Some(taken) = taken else {
            // Another server has let the last one through since.
            self.check_not_locked(ctx, tried, source, now).await?;
            return Err(locked(1));
        };
        let verdict = self.verify(ctx, user, password).await;
        let (verdict, credential) = match verdict {
            Ok(judged) => judged,
            Err(problem) => {
                tries::give_back_try(&single, tried.counter).await?;
                return Err(problem);
            }
        };
        match (verdict, credential) {
            (Verdict::Match { rehash }, Some(credential)) => {
                after_password(&single, tried.user, tried.counter).await?;
                if let Some(user) = tried.user.filter(|_| rehash) {
                    let rehashed = self.rehash(ctx, user, password, &credential).await;
                    if let Err(error) = rehashed {
                        // The password is right; the next sign-in tries again.
                        tracing::warn!(%error, "a password could not be hashed anew");
                    }
                }
                Ok(credential)
            }
            _ => {
                if let Some(source) = source {
                    self.count_source(ctx, source).await?;
                }
                let has_locked = taken.locked_until.is_some();
                audit_failure(ctx, tried, "wrong name or password", has_locked).await?;
                if let Some(user) = tried.user.filter(|_| has_locked) {
                    self.tell_of_lock(ctx, user);
                }
                Err(wrong())
            }
        }
    }

    /// 429 while the counter, the source or the user is locked.
    pub(crate) async fn check_not_locked(
        &self,
        ctx: &Ctx,
        tried: &Tried,
        source: Option<Source>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let state = ctx.system().state();
        let source = source.map(|source| self.source_counter(source));
        let read = ctx.system().database().read().await?;
        let counted = tries::locked_until(&read, tried.counter, source).await?;
        drop(read);
        let by_hand = tried.user.and_then(|user| state.engine.subject(user)).map(|s| s.lock);
        match locked_for(counted, by_hand, now, &state.settings)? {
            None => Ok(()),
            Some(seconds) => {
                audit_failure(ctx, tried, "locked", false).await?;
                Err(locked(seconds))
            }
        }
    }

    /// Whether it is the user's password. 503 if too much waits.
    async fn verify(
        &self,
        ctx: &Ctx,
        user: Option<NodeId>,
        password: &SecretString,
    ) -> Result<(Verdict, Option<Credential>), Problem> {
        let read = ctx.system().database().read().await?;
        let credential = match user {
            Some(user) => store::password(&read, user).await?,
            None => None,
        };
        drop(read);
        let stored = credential.as_ref().map(|credential| credential.hash.clone());
        let verdict = self.hasher.verify(password.clone(), stored).await;
        Ok((verdict.map_err(wrong_if_too_long)?, credential))
    }

    /// Counts a failure of a source. Those that are under way when it is locked are still answered.
    pub(crate) async fn count_source(&self, ctx: &Ctx, source: Source) -> Result<(), Problem> {
        let Some(limit) = source_limit(&ctx.system().state().settings)? else { return Ok(()) };
        let now = ctx.system().now();
        let single = ctx.system().database().single();
        if ctx.system().refusals().is_first(now, "purge of lockout".to_owned()) {
            let before = now.checked_sub(limit.window).unwrap_or(Timestamp::MIN);
            tries::purge_sources(&single, before, now).await?;
        }
        let (counter, name) = (self.source_counter(source), Some(source.to_string()));
        let counted = tries::take_try(&single, counter, name, &limit, now).await?;
        if counted.is_some_and(|counted| counted.locked_until.is_some()) {
            let alert = Event::new(EventKind::SecurityAlert, "lockout.source");
            let reason = "too many failed sign-ins from one source".to_owned();
            ctx.audit(alert.because(Some(reason))).await?;
        }
        Ok(())
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
        let state = ctx.system().state();
        let realm = state.engine.subject(user).and_then(|subject| subject.realm);
        if realm.is_some_and(|realm| ctx.system().is_mirrored(realm)) {
            return mirrored::rehash(ctx, user, &old.hash, &new).await;
        }
        Ok(store::rehash(&ctx.system().database().single(), user, &old.hash, &new).await?)
    }
}

/// Forgets the failures of a user: part of an administrator's unlock.
pub async fn reset_lockout(run: &impl Run, user: NodeId) -> Result<(), Problem> {
    Ok(tries::reset_tries_of_user(run, user).await?)
}

/// The answer to a wrong name and to a wrong password.
pub(crate) fn wrong() -> Problem {
    Problem::unauthenticated("The name or the password is wrong.")
}

/// A password over 4 KiB is nobody's.
fn wrong_if_too_long(problem: Problem) -> Problem {
    if problem.kind() == ProblemKind::Invalid { wrong() } else { problem }
}

pub(crate) fn user_limit(settings: &Settings) -> Result<Limit, Problem> {
    let minutes = |setting: &Setting| {
        Ok::<_, Problem>(SignedDuration::from_mins(settings.number(setting)?.clamp(0, 525_600)))
    };
    let (lock, window) = (minutes(&LOCK_MINUTES)?, minutes(&WINDOW_MINUTES)?);
    // Something must end it.
    let lock = if lock.is_zero() && window.is_zero() { SignedDuration::from_mins(1) } else { lock };
    Ok(Limit { most: settings.number(&MAX_ATTEMPTS)?.clamp(1, 1000), lock, window })
}

/// None: sources are not counted.
fn source_limit(settings: &Settings) -> Result<Option<Limit>, Problem> {
    let most = settings.number(&SOURCE_ATTEMPTS)?;
    let minutes = duration(settings, &SOURCE_MINUTES, 60)?;
    Ok((most > 0).then_some(Limit { most, lock: minutes, window: minutes }))
}

pub(crate) fn locked(seconds: u64) -> Problem {
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
    Ok(until.map(|until| seconds_until(until, now)))
}

/// Writes a failure, and the lock if it made one: the first of each name and source in a minute, so that somebody who
/// tries all day cannot fill the disk. A lock is always written.
pub(crate) async fn audit_failure(
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
