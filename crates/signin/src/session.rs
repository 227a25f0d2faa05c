//! Opening, judging and ending sessions.

use std::sync::Arc;

use context::{Caller, Change, Ctx, Event, EventKind, Impersonator, State, Writing};
use jiff::Timestamp;
use kernel::{CredentialFault, NodeId, Problem, SessionId};
use policy::{Principal, SessionFacts, SubjectKind, Who};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::SecretString;
use store::Run;

use crate::{
    authenticator::{Proven, still_there},
    impersonation,
    lockout::wrong,
    model::{Session, credential, is_active},
    password_life::PasswordLife,
    settings::{ABSOLUTE_HOURS, IDLE_MINUTES, after, duration},
    store as rows,
};

/// Longest name of a device, in characters.
const LONGEST_DEVICE: usize = 128;

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
    device_name: Option<&str>,
    with_cookie: bool,
) -> Result<Opened, Problem> {
    let now = tx.ctx().now();
    let subject = tx.engine().subject(proven.user);
    let first = (proven.user, proven.method, proven.credential_of);
    let is_same = still_there(tx, first).await?.is_some();
    if !is_same || !subject.is_some_and(|subject| is_active(subject, now)) {
        return Err(wrong());
    }
    let session = new_session(tx, proven, device_name)?;
    let cookie = with_cookie.then(|| {
        SecretToken::generate(Kind::SessionCookie, session.id.0, tx.ctx().system().entropy())
    });
    rows::purge_sessions(tx.as_ref(), now).await?;
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

/// A session in the place of one that steps up: another id and secret, the same sign-in with the same end. The old one
/// ends.
pub(crate) async fn replace(
    tx: &mut Writing,
    old: &Session,
    password: PasswordLife,
    with_cookie: bool,
) -> Result<Opened, Problem> {
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let id = SessionId::new(now, entropy);
    let cookie = with_cookie.then(|| SecretToken::generate(Kind::SessionCookie, id.0, entropy));
    let session = Session { id, last_seen_at: now, password: Some(password), ..old.clone() };
    if !end_session(tx, old).await? {
        return Err(over());
    }
    rows::insert_session(tx.as_ref(), &session, cookie.as_ref().map(SecretToken::hash)).await?;
    Ok(Opened { session, cookie: cookie.map(|cookie| cookie.to_text()) })
}

fn new_session(
    tx: &Writing,
    proven: &Proven,
    device_name: Option<&str>,
) -> Result<Session, Problem> {
    let life = duration(&tx.state().settings, &ABSOLUTE_HOURS, 3600)?;
    let whose = (proven.user, proven.realm);
    let session = plain(tx.ctx(), whose, &proven.steps(), device_name);
    Ok(Session { expires_at: after(tx.ctx().now(), life), password: proven.password, ..session })
}

/// A session that begins with this request; it ends as soon as it begins until somebody gives it a time.
pub(crate) fn plain(
    ctx: &Ctx,
    (user, realm): (NodeId, NodeId),
    method: &str,
    device_name: Option<&str>,
) -> Session {
    let device = device_name.map(|name| name.chars().take(LONGEST_DEVICE).collect());
    Session {
        id: SessionId::new(ctx.now(), ctx.system().entropy()),
        user,
        realm,
        created_at: ctx.now(),
        last_seen_at: ctx.now(),
        expires_at: ctx.now(),
        ended_at: None,
        device_name: device,
        ip: ctx.request().ip.map(|ip| ip.to_string()),
        user_agent: ctx.request().user_agent.clone(),
        method: method.to_owned(),
        password: None,
        impersonator: None,
    }
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
    if now >= after(session.signed_in_at, duration(&state.settings, &ABSOLUTE_HOURS, 3600)?) {
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
/// in the place of others. False if it was ended before.
pub async fn end_session(tx: &mut Writing, session: &Session) -> Result<bool, Problem> {
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

/// Ends all sessions of a user, but one that may stay; tells how many.
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
