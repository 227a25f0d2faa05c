//! A session for what a browser remembers. The cookie is used up by it, and another one takes its place.

use ::store::Run;
use context::{Event, EventKind, State, Writing};
use jiff::{SignedDuration, Timestamp};
use kernel::{CredentialFault, Problem, RememberedId};
use protocol::secret_token::{Kind, SecretToken, Verdict};
use secrecy::SecretString;

use super::{
    cookie::{Browser, RememberCookie},
    forget::{forget, forget_stolen},
    remembered::{Life, Remembered},
};
use crate::{
    authenticator::{StillThere, still_there},
    device::is_device,
    model::{Session, is_active},
    second_factor::next_step::is_enough,
    session::{self, Opened, absolute_end, end_here, find_alive, over},
    signin::Signin,
    store::{self, remembered as rows},
};

/// The `method` of such a session: nothing was shown but the cookie.
const METHOD: &str = "remember";

/// For how long after its beginning a session is left alone when the next one opens.
const YOUNG: SignedDuration = SignedDuration::from_mins(1);

/// What became of a cookie.
#[derive(Debug)]
pub enum Return {
    /// The user is back.
    Back(Box<Back>),
    /// It is good no more, and what it belongs to has ended: to be committed.
    Ended(Problem),
}

/// A session that a browser has for what it remembers.
#[derive(Debug)]
pub struct Back {
    /// The session, with its cookie if it is kept in one.
    pub opened: Opened,
    /// The first refresh token of a session with tokens.
    pub refresh: SecretToken,
    /// The next cookie.
    pub cookie: RememberCookie,
    /// Whether the session began just now: to be committed. Else the cookie before was shown once more, a moment after it
    /// was used, by a request that was under way together with that use.
    pub is_new: bool,
}

/// 401 to whoever shows a cookie that remembers nothing, whatever it was.
fn nothing() -> Problem {
    Problem::credential(CredentialFault::RememberOver)
}

/// Whether the browser shows the cookie of a device that remembers. It needs no write lock: what is made up ends here.
pub async fn is_known(
    signin: &Signin,
    run: &impl Run,
    browser: &Browser,
    now: Timestamp,
) -> Result<bool, Problem> {
    let Some(token) = browser.token() else { return Ok(false) };
    let found = rows::find(run, RememberedId(token.id())).await?;
    let is_ours = |device: Remembered| {
        !matches!(device.rotation.judge(&token, &signin.successors, now), Verdict::Foreign)
    };
    Ok(found.is_some_and(is_ours))
}

/// Brings the user back. 401 if the cookie is none, old, or no longer enough; one that was used before ends what it belongs
/// to, as somebody else has it too.
pub async fn come_back(
    signin: &Signin,
    tx: &mut Writing,
    browser: &Browser,
) -> Result<Return, Problem> {
    let token = browser.token().ok_or_else(nothing)?;
    let now = tx.ctx().now();
    let device = rows::find(tx, RememberedId(token.id())).await?.ok_or_else(nothing)?;
    let verdict = device.rotation.judge(&token, &signin.successors, now);
    let is_over = now >= device.ends_at(Life::of(&tx.state().settings)?);
    let (next, is_new) = match verdict {
        Verdict::Foreign => return Err(nothing()),
        _ if is_over => return end(tx, &device).await,
        Verdict::Present(next) => (next, true),
        Verdict::Repeated(next) => (next, false),
        Verdict::Reused => {
            let reason = "a cookie that remembers a sign-in was used twice";
            forget_stolen(signin, tx, &device, reason).await?;
            return Ok(Return::Ended(nothing()));
        }
    };
    if !is_device(browser.device.as_ref(), &device.device) {
        let reason = "a cookie that remembers a sign-in was shown by another device";
        forget_stolen(signin, tx, &device, reason).await?;
        return Ok(Return::Ended(nothing()));
    }
    if !tx.engine().subject(device.user).is_some_and(|subject| is_active(subject, now)) {
        return Err(Problem::credential(CredentialFault::UserInactive));
    }
    let Some(credential) = still_good(signin, tx, tx.state(), &device, now).await? else {
        return end(tx, &device).await;
    };
    let shown = Shown { device, token, next };
    match is_new {
        true => open(signin, tx, shown, credential, browser.device.as_ref()).await,
        false => repeat(signin, tx, shown).await,
    }
}

/// What was shown, and is good.
struct Shown {
    device: Remembered,
    token: SecretToken,
    next: SecretToken,
}

/// The credential of the sign-in's first step, if all that it has shown is enough today.
async fn still_good(
    signin: &Signin,
    run: &impl Run,
    state: &State,
    device: &Remembered,
    now: Timestamp,
) -> Result<Option<StillThere>, Problem> {
    let realm = state.engine.subject(device.user).and_then(|subject| subject.realm);
    let may_sign_in = match realm {
        Some(realm) => realms::may_sign_in_at(run, realm, device.at_realm).await?,
        None => false,
    };
    let steps = (device.user, device.method.as_str());
    if !may_sign_in || !is_enough(signin, run, state, steps, now).await? {
        return Ok(None);
    }
    let first = device.method.split('+').next().unwrap_or_default();
    Ok(still_there(run, (device.user, first, device.credential_of)).await?)
}

async fn end(tx: &mut Writing, device: &Remembered) -> Result<Return, Problem> {
    let ended = forget(tx, device.id).await?;
    tx.audit(
        Event::new(EventKind::Logout, "remember.end")
            .about("user", device.user, device.user)
            .of(device.user)
            .with("device", device.id.to_string())
            .with("sessions_ended", ended),
    );
    Ok(Return::Ended(nothing()))
}

/// Opens a session, and puts the next cookie in the place of this one.
async fn open(
    signin: &Signin,
    tx: &mut Writing,
    shown: Shown,
    credential: StillThere,
    known: Option<&SecretString>,
) -> Result<Return, Problem> {
    let Shown { mut device, token, next } = shown;
    let now = tx.ctx().now();
    let life = Life::of(&tx.state().settings)?;
    let realm = tx.engine().subject(device.user).and_then(|subject| subject.realm);
    let realm = realm.ok_or_else(nothing)?;
    let name = device.device_name.as_deref();
    let session = Session {
        signed_in_at: device.signed_in_at,
        expires_at: absolute_end(tx)?.min(device.whole_end(life)),
        password: credential.life(),
        remembered: Some(device.id),
        device: Some(device.device),
        ..session::plain(tx.ctx(), (device.user, realm), METHOD, name)
    };
    if !rows::rotate(tx.as_ref(), &device, &next.hash(), session.id, now).await? {
        return Err(nothing());
    }
    end_former(tx, &device).await?;
    store::purge_sessions(tx.as_ref(), now).await?;
    let back = back(signin, &device, &token, session);
    let secret = back.secret.as_ref().map(SecretToken::hash);
    store::insert_session(tx.as_ref(), &back.session, secret).await?;
    signin.tell_of_sign_in(tx, device.user, known).await?;
    audit(tx, &back.session);
    device.rotation.rotated_at = now;
    let cookie = device.cookie(&next, life);
    Ok(Return::Back(Box::new(back.whole(cookie, true))))
}

/// The session that the same cookie has opened a moment ago, once more.
async fn repeat(signin: &Signin, tx: &mut Writing, shown: Shown) -> Result<Return, Problem> {
    let Shown { device, token, next } = shown;
    let now = tx.ctx().now();
    let life = Life::of(&tx.state().settings)?;
    let last = device.last_session.ok_or_else(nothing)?;
    let session = find_alive(tx, tx.state(), last, now).await?.ok_or_else(over)?;
    let cookie = device.cookie(&next, life);
    Ok(Return::Back(Box::new(back(signin, &device, &token, session).whole(cookie, false))))
}

/// A browser has one session in a cookie: those before end, but for what is so young that a page may be under way with it.
/// With tokens each page has its own.
async fn end_former(tx: &mut Writing, device: &Remembered) -> Result<(), Problem> {
    if !device.with_cookie {
        return Ok(());
    }
    let now = tx.ctx().now();
    for session in rows::open_sessions(tx, device.id).await? {
        if now.duration_since(session.created_at) >= YOUNG {
            end_here(tx, &session).await?;
        }
    }
    Ok(())
}

/// A session with its secrets, which come of the cookie that was shown: so whoever repeats it gets the same.
struct WithSecrets {
    session: Session,
    secret: Option<SecretToken>,
    refresh: SecretToken,
}

fn back(
    signin: &Signin,
    device: &Remembered,
    token: &SecretToken,
    session: Session,
) -> WithSecrets {
    let opens = |kind| token.opens(kind, &signin.successors, session.id.0);
    let secret = device.with_cookie.then(|| opens(Kind::SessionCookie));
    WithSecrets { secret, refresh: opens(Kind::Refresh), session }
}

impl WithSecrets {
    fn whole(self, cookie: RememberCookie, is_new: bool) -> Back {
        let secret: Option<SecretString> = self.secret.as_ref().map(SecretToken::to_text);
        let opened = Opened { session: self.session, cookie: secret };
        Back { opened, refresh: self.refresh, cookie, is_new }
    }
}

fn audit(tx: &mut Writing, session: &Session) {
    let username = tx.engine().subject(session.user).map(|subject| subject.username.clone());
    let event = Event::new(EventKind::Login, "sign_in.remembered")
        .about("user", session.user, session.user)
        .of(session.user)
        .with("method", METHOD)
        .with("session", session.id.to_string());
    tx.audit(username.into_iter().fold(event, |event, name| event.personal("username", name)));
}
