//! Wrong answers count where wrong passwords count, and are forgotten when the whole sign-in has succeeded.

use ::store::Run;
use context::{Ctx, Event, EventKind, Source};
use kernel::{NodeId, Problem};

use super::{
    notices::Notice,
    store::{challenges, factors},
};
use crate::{
    lockout::{Tried, audit_failure, locked, user_limit},
    own::own_user,
    settings::SIGN_INS_PER_MINUTE,
    signin::Signin,
    store::tries::{self, Taken},
};

/// After the first step is done: whether the failures before it are forgotten, or only this try is taken back. Else the
/// password step would reset the count of wrong codes.
pub(crate) async fn after_password(
    run: &impl Run,
    user: Option<NodeId>,
    counter: uuid::Uuid,
) -> Result<(), Problem> {
    let has_factor = match user {
        Some(user) => factors::has_confirmed(run, user).await?,
        None => false,
    };
    match has_factor {
        true => Ok(tries::give_back_try(run, counter).await?),
        false => Ok(tries::reset_tries(run, counter).await?),
    }
}

/// An answer that may be judged: whose, and what its count made of it.
pub(crate) struct CountedAnswer {
    pub(crate) tried: Tried,
    pub(crate) source: Option<Source>,
    pub(crate) taken: Taken,
}

impl Signin {
    /// Counts an answer before it is judged. 401 if the challenge takes no more, 429 while locked.
    pub(super) async fn count_answer(
        &self,
        ctx: &Ctx,
        tried: Tried,
        (challenge, hash): (uuid::Uuid, &[u8; 32]),
    ) -> Result<CountedAnswer, Problem> {
        ctx.throttle(&SIGN_INS_PER_MINUTE)?;
        let source = self.source_of(ctx, &tried).await?;
        let (now, single) = (ctx.system().now(), ctx.system().database().single());
        if !challenges::count_try(&single, challenge, hash, now).await? {
            return Err(super::challenge::over());
        }
        self.take(ctx, tried, source).await
    }

    /// Counts a passkey that is shown as the first step, before it is judged. 429 while locked.
    pub(crate) async fn count_try(
        &self,
        ctx: &Ctx,
        tried: Tried,
    ) -> Result<CountedAnswer, Problem> {
        let source = self.source_of(ctx, &tried).await?;
        self.take(ctx, tried, source).await
    }

    /// Where the try comes from, if that is counted too. 429 while it or the user is locked.
    async fn source_of(&self, ctx: &Ctx, tried: &Tried) -> Result<Option<Source>, Problem> {
        let source = (!tried.is_from_known_device()).then(|| Source::of(ctx.request().ip));
        self.check_not_locked(ctx, tried, source, ctx.system().now()).await?;
        Ok(source)
    }

    async fn take(
        &self,
        ctx: &Ctx,
        tried: Tried,
        source: Option<Source>,
    ) -> Result<CountedAnswer, Problem> {
        let now = ctx.system().now();
        let single = ctx.system().database().single();
        let limit = user_limit(&ctx.system().state().settings)?;
        let Some(taken) = tries::take_try(&single, tried.counter, None, &limit, now).await? else {
            // Another server has let the last one through since.
            self.check_not_locked(ctx, &tried, source, now).await?;
            return Err(locked(1));
        };
        Ok(CountedAnswer { tried, source, taken })
    }

    /// The answer was wrong: audited like a wrong password, and the source counts it too. Whoever comes as far as here
    /// knows the password, so the user is told when that locks.
    pub(super) async fn answer_was_wrong(
        &self,
        ctx: &Ctx,
        counted: CountedAnswer,
    ) -> Result<Problem, Problem> {
        if let Some(user) = self.count_wrong(ctx, counted, "wrong code").await? {
            let mut tx = ctx.begin().await?;
            let user = own_user(&tx, user).await?;
            self.notify_of_factors(&tx, &user, Notice::WrongCodes).await?;
            let event = Event::new(EventKind::SecurityAlert, "sign_in.wrong_codes");
            tx.audit(event.about("user", user.id, user.id).of(user.id));
            tx.commit().await?;
        }
        Ok(Problem::unauthenticated("The code is wrong, or was used."))
    }

    /// What was shown is wrong: audited, and the source counts it too. Tells the user whom that has locked.
    pub(crate) async fn count_wrong(
        &self,
        ctx: &Ctx,
        counted: CountedAnswer,
        reason: &str,
    ) -> Result<Option<NodeId>, Problem> {
        let CountedAnswer { tried, source, taken } = counted;
        if let Some(source) = source {
            self.count_source(ctx, source).await?;
        }
        let has_locked = taken.locked_until.is_some();
        audit_failure(ctx, &tried, reason, has_locked).await?;
        Ok(tried.user.filter(|_| has_locked))
    }
}
