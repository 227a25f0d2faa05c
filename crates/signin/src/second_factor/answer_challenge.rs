//! An answer to a challenge: counted before it is judged, and used up in the commit of what it leads to.

use context::{Ctx, Writing};
use kernel::Problem;
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};

use super::{
    challenge::{self, Asked, Asks, Challenge, SessionChoice, over},
    confirm_factor::counts_from_now_on,
    factor::Factor,
    method::Method,
    next_step::{Step, next_step, still_enrols},
    notices::Notice,
    recovery_code::FEW,
    store::{UseUp, challenges, recovery_codes},
};
use crate::{
    authenticator::{Proven, still_there},
    lockout::Tried,
    model::is_switched_off,
    own::own_user,
    signin::Signin,
    store::tries,
};

/// What is shown at a second step.
#[derive(Debug)]
pub struct Reply {
    /// The token of the challenge.
    pub token: SecretString,
    /// The type of the step.
    pub method: Method,
    /// What the user received or read.
    pub code: SecretString,
}

/// Judges an answer: 401 if it is wrong or the challenge is over, 429 while locked, 422 for a type that it does not take.
/// What comes next is kept when the transaction is committed, and so is that the answer was used.
pub async fn answer_challenge(
    signin: &Signin,
    ctx: &Ctx,
    reply: &Reply,
) -> Result<(Writing, Step), Problem> {
    let token = parse(&reply.token)?;
    let (challenge, hash) = (find(ctx, &token).await?, token.hash());
    if !challenge.methods.contains(&reply.method) {
        return Err(Problem::invalid("/type", "is none of those that this challenge takes"));
    }
    if reply.code.expose_secret().len() > reply.method.longest_answer() {
        return Err(Problem::invalid("/secret", "is too long"));
    }
    let read = ctx.read().await?;
    let user = own_user(&read, challenge.user).await?;
    let factors = challenge.factors(&read, reply.method).await?;
    drop(read);
    if challenge.asks == Asks::Enrolment && factors.is_empty() {
        return Err(Problem::conflict("The factor is to be made first: POST /auth/enrol."));
    }
    let _turn = signin.turns.take(challenge.counter).await?;
    let tried = Tried {
        user: Some(user.id),
        username: Some(user.username.as_str().to_owned()),
        counter: challenge.counter,
        action: "sign_in",
    };
    let counted = signin.count_answer(ctx, tried, (challenge.id, &hash)).await?;
    let asked = Asked {
        signin,
        ctx,
        user: user.id,
        factors: factors.clone(),
        code: &reply.code,
        ceremony: challenge.ceremony.as_deref(),
    };
    let judged = challenge::of(reply.method).judge(asked).await?;
    let passed = match judged {
        Some(use_up) => pass(signin, ctx, (challenge, reply.method, factors), use_up).await?,
        None => None,
    };
    match passed {
        Some(passed) => Ok(passed),
        None => Err(signin.answer_was_wrong(ctx, counted).await?),
    }
}

/// The challenge of this token, for a user who may sign in. 401 if there is none any more.
pub(super) async fn find(ctx: &Ctx, token: &SecretToken) -> Result<Challenge, Problem> {
    let (read, now) = (ctx.read().await?, ctx.system().now());
    let found = challenges::find(&read, token.id(), &token.hash(), now).await?;
    let subject = found.as_ref().and_then(|found| read.engine().subject(found.user));
    let is_usable = subject.is_some_and(|subject| !is_switched_off(subject, now));
    found.filter(|_| is_usable).ok_or_else(over)
}

/// The token of a challenge; anything else is told apart by its kind.
pub(super) fn parse(token: &SecretString) -> Result<SecretToken, Problem> {
    SecretToken::parse(Kind::Challenge, token.expose_secret()).map_err(|_| over())
}

/// Uses up the answer and the challenge, and goes on; none if somebody else has used the answer.
async fn pass(
    signin: &Signin,
    ctx: &Ctx,
    (challenge, method, factors): (Challenge, Method, Vec<Factor>),
    use_up: UseUp,
) -> Result<Option<(Writing, Step)>, Problem> {
    let mut tx = ctx.begin().await?;
    if !challenges::use_up(tx.as_ref(), challenge.id, ctx.system().now()).await? {
        return Err(over());
    }
    if !use_up.run(tx.as_ref()).await? {
        return Ok(None);
    }
    let user = own_user(&tx, challenge.user).await?;
    let mut codes = Vec::new();
    if challenge.asks == Asks::Enrolment {
        let [factor] = &factors[..] else { return Err(over()) };
        still_enrols(signin, &tx, &challenge, method).await?;
        // Whoever enrols while signing in again keeps the session that is stepped up by it.
        let stays = challenge.choice.steps_up;
        codes = counts_from_now_on(signin, &mut tx, &user, factor, stays).await?;
    }
    let mut left = None;
    if method == Method::Recovery {
        left = Some(recovery_codes::count_left(&tx, user.id).await?).filter(|left| *left <= FEW);
        signin.notify_of_factors(&tx, &user, Notice::CodeUsed).await?;
    }
    let counter = challenge.counter;
    let (proven, choice) = proven(signin, &tx, challenge, user.username.as_str(), method).await?;
    let mut step = next_step(signin, &mut tx, proven, choice).await?;
    match &mut step {
        Step::Complete(complete) => {
            tries::reset_tries(&tx, counter).await?;
            complete.recovery_codes = codes;
            complete.recovery_codes_left = left;
        }
        Step::Challenge(challenge) => {
            tries::give_back_try(&tx, counter).await?;
            challenge.recovery_codes = codes;
        }
    }
    Ok(Some((tx, step)))
}

/// Who it is, by all steps until now. The credential of the first one must still be that one.
async fn proven(
    signin: &Signin,
    tx: &Writing,
    challenge: Challenge,
    username: &str,
    method: Method,
) -> Result<(Proven, SessionChoice), Problem> {
    let first = signin.first_method(&challenge.first_method).ok_or_else(over)?;
    let subject = tx.engine().subject(challenge.user).ok_or_else(over)?;
    let shown = (challenge.user, first, challenge.credential_of);
    let password = still_there(tx, shown).await?.ok_or_else(over)?;
    let proven = Proven {
        user: challenge.user,
        realm: subject.realm.ok_or_else(over)?,
        username: username.to_owned(),
        method: first,
        credential_of: challenge.credential_of,
        password: password.life(),
        further: challenge.shown.into_iter().chain([method]).collect(),
        counter: challenge.counter,
    };
    Ok((proven, challenge.choice))
}
