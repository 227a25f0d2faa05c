//! Opening, judging and ending sessions.

use std::sync::Arc;

use context::{Caller, Change, Ctx, Event, EventKind, Impersonator, State, Writing};
use jiff::Timestamp;
use kernel::{CredentialFault, NodeId, Problem, RememberedId, SessionId};
use policy::{Principal, SessionFacts, SubjectKind, Who};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::SecretString;
use store::Run;

use crate::{
    authenticator::{Proven, still_there},
    device, impersonation,
    lockout::wrong,
    model::{Session, credential, is_active},
    password_life::PasswordLife,
    remember,
    settings::{ABSOLUTE_HOURS, IDLE_MINUTES, after, duration},
    store as rows,
};

/// Longest name of a device, in characters.
const LONGEST_DEVICE: usize = 128;

/// How a session is kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keeping<'a> {
    /// What the user calls the device.
    pub device_name: Option<&'a str>,
    /// Whether a browser keeps it in a cookie.
    pub with_cookie: bool,
    /// The cookie of the device that it is fixed to, if the browser has one.
    pub device: Option<&'a SecretString>,
    /// The device on which the sign-in is remembered, if it is.
    pub remembered: Option<RememberedId>,
}

/// A session that was just opened.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// The secret of its cookie, if one was asked for.
    pub cookie: Option<SecretString>,
}

/// Opens a session for a user who has signed in, and audits the sign-in. 401 if the user was switched off or has another
/// password since, or not that passkey any more.
pub async fn open_session(
    tx: &mut Writing,
    proven: &Proven,
    keeping: Keeping<'_>,
) -> Result<Opened, Problem> {
    check_still_good(tx, proven).await?;
    let session = new_session(tx, proven, keeping)?;
    let cookie = keeping.with_cookie.then(|| {
        SecretToken::generate(Kind::SessionCookie, session.id.0, tx.ctx().system().entropy())
    });
    rows::purge_sessions(tx.as_ref(), tx.ctx().now()).await?;
    rows::insert_session(tx.as_ref(), &session, cookie.as_ref().map(SecretToken::hash)).await?;
    tx.audit(
        Event::new(EventKind::Login, "sign_in")
            .about("user", proven.user, proven.user)
            .of(proven.user)
            .with("method", proven.steps())
            .with("session", session.id.to_string())
            .personal("username", proven.username.as_str()),
    );
    Ok(Opened { session, cookie: cookie.map(|cookie| cookie.to_text()) })
}

/// 401 if the user was switched off or has another password since, or not that passkey any more.
async fn check_still_good(tx: &Writing, proven: &Proven) -> Result<(), Problem> {
    let subject = tx.engine().subject(proven.user);
    let first = (proven.user, proven.method, proven.credential_of);
    let is_same = still_there(tx, first).await?.is_some();
    if !is_same || !subject.is_some_and(|subject| is_active(subject, tx.ctx().now())) {
        return Err(wrong());
    }
    Ok(())
}

/// Steps up a session of the user who has signed in again: another one takes its place, with the same beginning and end.
/// 401 if it is no more.
pub async fn step_up(tx: &mut Writing, proven: &Proven, id: SessionId) -> Result<Opened, Problem> {
    check_still_good(tx, proven).await?;
    let (old, cookie) = rows::session(tx, id).await?.ok_or_else(over)?;
    let old = keep_alive(Some(old), tx.state(), tx.ctx().now())?;
    let is_own = |old: &Session| old.user == proven.user && old.impersonator.is_none();
    let old = old.filter(is_own).ok_or_else(over)?;
    let stepped_up = Session {
        signed_in_at: tx.ctx().now(),
        method: proven.steps(),
        password: proven.password,
        ..old.clone()
    };
    let opened = replace(tx, &old, stepped_up, cookie.is_some()).await?;
    tx.audit(
        Event::new(EventKind::Login, "sign_in.again")
            .about("user", proven.user, proven.user)
            .of(proven.user)
            .with("method", proven.steps())
            .with("session", opened.session.id.to_string())
            .with("instead_of", old.id.to_string())
            .personal("username", proven.username.as_str()),
    );
    Ok(opened)
}

/// A session in the place of one that steps up: as given, but with another id and secret. The old one ends, and what was
/// begun from it; what is remembered stays.
pub(crate) async fn replace(
    tx: &mut Writing,
    old: &Session,
    stepped_up: Session,
    with_cookie: bool,
) -> Result<Opened, Problem> {
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let id = SessionId::new(now, entropy);
    let cookie = with_cookie.then(|| SecretToken::generate(Kind::SessionCookie, id.0, entropy));
    let session = Session { id, last_seen_at: now, ..stepped_up };
    if !end_here(tx, old).await? {
        return Err(over());
    }
    rows::insert_session(tx.as_ref(), &session, cookie.as_ref().map(SecretToken::hash)).await?;
    Ok(Opened { session, cookie: cookie.map(|cookie| cookie.to_text()) })
}

fn new_session(tx: &Writing, proven: &Proven, keeping: Keeping<'_>) -> Result<Session, Problem> {
    let whose = (proven.user, proven.realm);
    let session = plain(tx.ctx(), whose, &proven.steps(), keeping.device_name);
    Ok(Session {
        expires_at: absolute_end(tx)?,
        password: proven.password,
        remembered: keeping.remembered,
        device: keeping.device.and_then(device::mark),
        ..session
    })
}

/// When a session that begins now ends, used or not.
pub(crate) fn absolute_end(tx: &Writing) -> Result<Timestamp, Problem> {
    let life = duration(&tx.state().settings, &ABSOLUTE_HOURS, 3600)?;
    Ok(after(tx.ctx().now(), life))
}

/// A session that begins with this request; it ends as soon as it begins until somebody gives it a time.
pub(crate) fn plain(
    ctx: &Ctx,
    (user, realm): (NodeId, NodeId),
    method: &str,
    device_name: Option<&str>,
) -> Session {
    Session {
        id: SessionId::new(ctx.now(), ctx.system().entropy()),
        user,
        realm,
        created_at: ctx.now(),
        signed_in_at: ctx.now(),
        last_seen_at: ctx.now(),
        expires_at: ctx.now(),
        ended_at: None,
        device_name: device_name.map(short_name),
        ip: ctx.request().ip.map(|ip| ip.to_string()),
        user_agent: ctx.request().user_agent.clone(),
        method: method.to_owned(),
        password: None,
        impersonator: None,
        remembered: None,
        device: None,
    }
}

/// The name of a device, of which no more is kept.
pub(crate) fn short_name(name: &str) -> String {
    name.chars().take(LONGEST_DEVICE).collect()
}

/// The session, if it is alive: not ended, not over, not unused for too long.
pub async fn find_alive(
    run: &impl Run,
    state: &State,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Session>, Problem> {
    let found = rows::session(run, id).await?.map(|(session, _)| session);
    keep_alive(found, state, now)
}

/// The session of this cookie, if it is alive.
pub(crate) async fn find_by_cookie(
    run: &impl Run,
    state: &State,
    cookie: &SecretToken,
    now: Timestamp,
) -> Result<Option<Session>, Problem> {
    let found = rows::session(run, SessionId(cookie.id())).await?;
    let found = found.filter(|(_, hash)| hash.is_some_and(|hash| cookie.matches(&hash)));
    keep_alive(found.map(|(session, _)| session), state, now)
}

fn keep_alive(
    session: Option<Session>,
    state: &State,
    now: Timestamp,
) -> Result<Option<Session>, Problem> {
    let idle = duration(&state.settings, &IDLE_MINUTES, 60)?;
    let admits = |s: &Session| state.credentials.fault(&s.credential(), now).is_none();
    Ok(session.filter(|session| session.is_alive(now, idle) && admits(session)))
}

/// A session as a request shows it: by a token, which says it, or by a cookie, which leads to its row.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Whose it is.
    pub user: NodeId,
    /// The session.
    pub session: SessionFacts,
    /// The password that it began with, if it began with one.
    pub password: Option<PasswordLife>,
    /// Who acts in it in the user's place, if anybody.
    pub impersonator: Option<Impersonator>,
    /// How it is shown: `access token`, `cookie`.
    pub by: &'static str,
}

/// The caller of a session, judged at this moment: 401 if the session was ended or is older than the setting allows by
/// now, or the user is gone or switched off, or whoever acts in the user's place may do so no longer. It is restricted
/// once its password must be changed.
pub fn session_caller(state: &Arc<State>, shown: Shown, now: Timestamp) -> Result<Caller, Problem> {
    let Shown { user, session, password, impersonator, by } = shown;
    let credential = credential(session.id, impersonator);
    if now >= after(session.began_at, duration(&state.settings, &ABSOLUTE_HOURS, 3600)?) {
        return Err(over());
    }
    let subject = state
        .engine
        .subject(user)
        .filter(|subject| subject.kind == SubjectKind::User && is_active(subject, now))
        .ok_or_else(|| Problem::credential(CredentialFault::UserInactive))?;
    if impersonator.is_some() && impersonation::is_over(&state.settings, &session, now)? {
        return Err(Problem::credential(CredentialFault::ImpersonationOver));
    }
    let restricted = password.map_or(Ok(false), |life| life.is_over(&state.settings, now))?;
    let principal = Principal {
        session: Some(session),
        restricted,
        impersonator: impersonator.map(|by| by.user),
        ..Principal::new(Who::User(user))
    };
    let username = Some(subject.username.clone());
    let caller = Caller { principal, credential, username, method: by };
    match state.fault(&caller, now) {
        None => Ok(caller),
        Some(fault) => Err(Problem::credential(fault)),
    }
}

/// The answer to the credential of a session that is no more.
pub(crate) fn over() -> Problem {
    Problem::credential(CredentialFault::SessionOver)
}

/// Ends a session, so that its tokens and its cookie are dead when this is committed, and with it what was begun from it
/// in the place of others. What its device remembers ends too: else it would come back. False if it was ended before.
pub async fn end_session(tx: &mut Writing, session: &Session) -> Result<bool, Problem> {
    if !end_here(tx, session).await? {
        return Ok(false);
    }
    if let Some(device) = session.remembered {
        remember::forget(tx, device).await?;
    }
    Ok(true)
}

/// The same, but for what its device remembers.
pub(crate) async fn end_here(tx: &mut Writing, session: &Session) -> Result<bool, Problem> {
    if !end_alone(tx, session).await? {
        return Ok(false);
    }
    impersonation::end_from(tx, session.id).await?;
    Ok(true)
}

/// Ends a session, and no other.
pub(crate) async fn end_alone(tx: &mut Writing, session: &Session) -> Result<bool, Problem> {
    let now = tx.ctx().now();
    if !rows::end_session(tx.as_ref(), session.id, now).await? {
        return Ok(false);
    }
    tx.record(Change::SessionEnded { session: session.id, until: session.expires_at })?;
    impersonation::note_end(tx, session);
    Ok(true)
}

/// Ends all sessions of a user, but one that may stay, and all that devices remember; tells how many.
pub async fn end_sessions_of(
    tx: &mut Writing,
    user: NodeId,
    but: Option<SessionId>,
) -> Result<u64, Problem> {
    let mut ended = 0;
    for session in rows::open_sessions(tx, user).await? {
        if Some(session.id) != but && end_session(tx, &session).await? {
            ended += 1;
        }
    }
    // Of the one that stays too: what made it remembered may be what ends the others.
    rows::remembered::forget_user(tx.as_ref(), user).await?;
    Ok(ended)
}

/// Ends a session whose refresh token was used twice, with an alert. False if it had ended before.
pub async fn end_stolen(tx: &mut Writing, id: SessionId) -> Result<bool, Problem> {
    let Some((session, _)) = rows::session(tx, id).await? else { return Ok(false) };
    if !end_session(tx, &session).await? {
        return Ok(false);
    }
    tx.audit(
        Event::new(EventKind::SecurityAlert, "refresh.reuse")
            .about("user", session.user, session.user)
            .of(session.user)
            .in_place_by(session.impersonator.map(|by| by.user))
            .with("session", session.id.to_string())
            .because(Some("a refresh token was used twice; the session was ended".to_owned())),
    );
    Ok(true)
}

/// Ends the session that somebody signs out of; nothing happens if it has ended before.
pub async fn sign_out(tx: &mut Writing, id: SessionId) -> Result<bool, Problem> {
    let Some((session, _)) = rows::session(tx, id).await? else { return Ok(false) };
    if !end_session(tx, &session).await? {
        return Ok(false);
    }
    let username = tx.engine().subject(session.user).map(|subject| subject.username.clone());
    let event = Event::new(EventKind::Logout, "sign_out")
        .about("user", session.user, session.user)
        .of(session.user)
        .in_place_by(session.impersonator.map(|by| by.user))
        .with("session", session.id.to_string());
    tx.audit(username.into_iter().fold(event, |event, name| event.personal("username", name)));
    Ok(true)
}
