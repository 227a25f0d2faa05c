//! The first step by passkey: whoever shows one that has verified its user has shown two factors, and no name.

use context::{Ctx, Source, Writing};
use kernel::{Name, NodeId, Problem};
use realms::User;
use secrecy::{ExposeSecret, SecretString};
use webauthn_rs_core::proto::PublicKeyCredential;

use super::{
    PASSKEY,
    begin_passkey::passwordless,
    begun::Begun,
    relying_party::assertion,
    verify::{Verified, verify},
};
use crate::{
    authenticator::Proven,
    device,
    lockout::{Tried, audit_failure},
    model::is_switched_off,
    second_factor::{
        Method, SessionChoice, Step, challenge::over, code_tries::CountedAnswer, factor::Factor,
        next_step, store::passkeys,
    },
    settings::{DEFAULT_REALM, SIGN_INS_PER_MINUTE},
    signin::Signin,
    store::tries,
};

/// What somebody shows who signs in by passkey.
#[derive(Debug)]
pub struct Assertion {
    /// What [`super::begin_passkey`] answered.
    pub token: SecretString,
    /// The browser's answer, as JSON.
    pub answer: SecretString,
    /// Where he wants to sign in; absent: the setting's.
    pub realm: Option<String>,
    /// The only user whose passkey will do; absent: anybody's.
    pub user: Option<NodeId>,
    /// The cookie of the device that it comes from; it proves nothing.
    pub device: Option<SecretString>,
}

/// Judges it. What comes next is kept when the transaction is committed, and so is that the answer was used. 401 whatever
/// is wrong with the passkey, its user, or the realm; 429 while locked.
pub async fn sign_in_by_passkey(
    signin: &Signin,
    ctx: &Ctx,
    shown: &Assertion,
    choice: SessionChoice,
) -> Result<(Writing, Step), Problem> {
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    passwordless(signin, &ctx.system().state().settings)?;
    let begun = Begun::open(signin, &shown.token, ctx.system().now()).ok_or_else(over)?;
    let found = find(ctx, shown).await?;
    // After the passkey was read: its counter goes with the use of what has begun.
    if passkeys::is_used(&ctx.read().await?, begun.id).await? {
        return Err(over());
    }
    let Some((answer, factor, user)) = found else { return Err(unknown(signin, ctx).await?) };
    let tried = tried(ctx, &user, shown.device.as_ref()).await?;
    let counter = tried.counter;
    let _turn = signin.turns.take(counter).await?;
    let counted = signin.count_try(ctx, tried).await?;
    let passed = match judge(signin, ctx, &factor, (&answer, &begun)).await? {
        Some(verified) => {
            pass(ctx, signin, (&begun, verified), (&factor, user, counter), choice).await?
        }
        None => None,
    };
    match passed {
        Some(passed) => Ok(passed),
        None => Err(was_wrong(signin, ctx, counted).await?),
    }
}

/// The answer, its passkey, and the owner, who may sign in at the realm. What is no answer, or no realm, has nobody.
async fn find(
    ctx: &Ctx,
    shown: &Assertion,
) -> Result<Option<(PublicKeyCredential, Factor, User)>, Problem> {
    let answer = Some(shown.answer.expose_secret())
        .filter(|answer| answer.len() <= Method::Passkey.longest_answer())
        .and_then(assertion);
    let Some(answer) = answer else { return Ok(None) };
    let state = ctx.system().state();
    let realm = shown.realm.as_deref().unwrap_or_else(|| state.settings.text(&DEFAULT_REALM));
    let Ok(realm) = Name::parse(realm) else { return Ok(None) };
    let read = ctx.read().await?;
    let Some(realm) = realms::find_realm(&read, &realm).await? else { return Ok(None) };
    let Some(factor) = passkeys::find(&read, answer.get_credential_id()).await? else {
        return Ok(None);
    };
    let Some(user) = realms::find_user_by_id(&read, factor.user).await? else { return Ok(None) };
    let is_admitted = realms::may_sign_in_at(&read, user.realm, realm.id).await?;
    let is_wanted = shown.user.is_none_or(|wanted| wanted == user.id);
    Ok((is_admitted && is_wanted).then_some((answer, factor, user)))
}

/// Whether it is enough alone, for a user who is not switched off.
async fn judge(
    signin: &Signin,
    ctx: &Ctx,
    factor: &Factor,
    (answer, begun): (&PublicKeyCredential, &Begun),
) -> Result<Option<Verified>, Problem> {
    let verified = verify(signin, ctx, factor, (answer, &begun.state)).await?;
    // The device must have named it: without a user handle it may have been told which one to use.
    let is_whole = answer.get_user_unique_id().is_some() && is_usable(ctx, factor.user);
    Ok(verified.filter(|verified| verified.is_of_its_user && is_whole))
}

async fn tried(ctx: &Ctx, user: &User, device: Option<&SecretString>) -> Result<Tried, Problem> {
    Ok(Tried {
        user: Some(user.id),
        username: Some(user.username.as_str().to_owned()),
        counter: device::counter_of(ctx, device, user.id.0).await?,
        action: "sign_in",
    })
}

fn is_usable(ctx: &Ctx, user: NodeId) -> bool {
    let (state, now) = (ctx.system().state(), ctx.system().now());
    state.engine.subject(user).is_some_and(|subject| !is_switched_off(subject, now))
}

/// Uses up what has begun and moves the counter on, and goes on; none if the passkey was used elsewhere meanwhile.
async fn pass(
    ctx: &Ctx,
    signin: &Signin,
    (begun, verified): (&Begun, Verified),
    (factor, user, counter): (&Factor, User, uuid::Uuid),
    choice: SessionChoice,
) -> Result<Option<(Writing, Step)>, Problem> {
    let mut tx = ctx.begin().await?;
    let now = ctx.system().now();
    if !passkeys::use_begun(tx.as_ref(), begun.id, begun.expires_at, now).await? {
        return Err(over());
    }
    if !verified.use_up.run(tx.as_ref()).await? {
        return Ok(None);
    }
    let proven = Proven {
        user: user.id,
        realm: user.realm,
        username: user.username.as_str().to_owned(),
        method: PASSKEY,
        credential_of: factor.created_at,
        password: None,
        further: Vec::new(),
        counter,
    };
    let step = next_step(signin, &mut tx, proven, choice).await?;
    match step {
        Step::Complete(_) => tries::reset_tries(&tx, counter).await?,
        Step::Challenge(_) => tries::give_back_try(&tx, counter).await?,
    }
    Ok(Some((tx, step)))
}

/// A passkey that is nobody's here: the source counts it.
async fn unknown(signin: &Signin, ctx: &Ctx) -> Result<Problem, Problem> {
    let source = Source::of(ctx.request().ip);
    let counter = signin.source_counter(source);
    let tried = Tried { user: None, username: None, counter, action: "sign_in" };
    signin.check_not_locked(ctx, &tried, Some(source), ctx.system().now()).await?;
    signin.count_source(ctx, source).await?;
    audit_failure(ctx, &tried, "unknown passkey", false).await?;
    Ok(wrong())
}

/// Counted like a wrong password, at the user and at the source.
async fn was_wrong(signin: &Signin, ctx: &Ctx, counted: CountedAnswer) -> Result<Problem, Problem> {
    if let Some(user) = signin.count_wrong(ctx, counted, "wrong passkey").await? {
        signin.tell_of_lock(ctx, user);
    }
    Ok(wrong())
}

/// The one answer, whatever is wrong.
fn wrong() -> Problem {
    Problem::unauthenticated("The passkey is wrong, or not known here.")
}
