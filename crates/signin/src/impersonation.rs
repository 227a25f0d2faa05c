//! Sessions in somebody else's place. Such a session is the other user's in all that is decided, and says at each step who
//! acts. It ends with the session that it was begun from, when its time is over, and (see [`context::impersonation`]) when
//! whoever acts may do so no longer.

use context::{
    Action, Ctx, Event, EventKind, Impersonator, Permitted, State, Writing,
    impersonation::PERMISSION, settings::Settings,
};
use jiff::Timestamp;
use kernel::{NodeId, Problem, SessionId};
use policy::SessionFacts;
use protocol::secret_token::{Kind, SecretToken};
use realms::User;

use crate::{
    model::{Session, is_active},
    own::fresh_own_id,
    session::{self, Opened, end_alone, find_alive, over},
    settings::{IMPERSONATION_MINUTES, after, duration},
    store::{self as rows, impersonations},
};

/// The `method` of such a session.
const METHOD: &str = "impersonation";

/// Acting in somebody else's place.
#[derive(Debug)]
pub struct Impersonate;

impl Action for Impersonate {
    type Resource = User;
    const PERMISSION: &'static str = PERMISSION;
}

/// How such a session is to begin.
#[derive(Debug, Default)]
pub struct Wish {
    /// Why, for the audit.
    pub reason: Option<String>,
    /// What the device is called.
    pub device_name: Option<String>,
    /// Whether a browser keeps it in a cookie.
    pub with_cookie: bool,
}

/// Whether the caller can act in anybody's place: a user himself, who has signed in not longer than 10 minutes ago, in a
/// session. 403 for keys, service accounts, the operator, and whoever acts in somebody's place already.
pub fn check_caller(ctx: &Ctx) -> Result<Impersonator, Problem> {
    let user = fresh_own_id(ctx)?;
    let session = ctx.principal().session.as_ref();
    let session = session.ok_or_else(|| Problem::forbidden("This needs a session; sign in."))?.id;
    Ok(Impersonator { user, session })
}

/// Opens a session in the place of the target, who was asked for by [`Impersonate`]; whether the caller holds all that the
/// target holds is asked before. Both get an event in the audit.
pub async fn impersonate(
    tx: &mut Writing,
    target: Permitted<Impersonate, User>,
    wish: Wish,
) -> Result<Opened, Problem> {
    let by = check_caller(tx.ctx())?;
    check_target(tx, &target, by)?;
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let own = find_alive(&*tx, tx.state(), by.session, now).await?.ok_or_else(over)?;
    let life = duration(&tx.state().settings, &IMPERSONATION_MINUTES, 60)?;
    let session = Session {
        impersonator: Some(by),
        // When the password of whoever acts must be changed, this session is good for nothing either.
        password: own.password,
        expires_at: after(now, life).min(own.expires_at),
        // In the same browser.
        device: own.device.filter(|_| wish.with_cookie),
        ..session::plain(tx.ctx(), (target.id, target.realm), METHOD, wish.device_name.as_deref())
    };
    let cookie =
        wish.with_cookie.then(|| SecretToken::generate(Kind::SessionCookie, session.id.0, entropy));
    rows::purge_sessions(tx.as_ref(), now).await?;
    rows::insert_session(tx.as_ref(), &session, cookie.as_ref().map(SecretToken::hash)).await?;
    for event in events(EventKind::Login, "impersonation.start", &session, by) {
        tx.audit(event.because(wish.reason.clone()));
    }
    Ok(Opened { session, cookie: cookie.map(|cookie| cookie.to_text()) })
}

fn check_target(tx: &Writing, target: &User, by: Impersonator) -> Result<(), Problem> {
    let subject = tx.engine().subject(target.id);
    let subject = subject.ok_or_else(|| Problem::internal("a user whom the engine lacks"))?;
    if target.id == by.user {
        return Err(Problem::conflict("Nobody impersonates himself."));
    }
    if subject.superuser {
        return Err(Problem::forbidden("Nobody impersonates a superuser."));
    }
    if !is_active(subject, tx.ctx().now()) {
        return Err(Problem::conflict("The user is disabled, locked or expired."));
    }
    Ok(())
}

/// Whether the setting of now gives such a session no more time.
pub(crate) fn is_over(
    settings: &Settings,
    session: &SessionFacts,
    now: Timestamp,
) -> Result<bool, Problem> {
    let life = duration(settings, &IMPERSONATION_MINUTES, 60)?;
    Ok(now >= after(session.began_at, life))
}

/// Ends a session in somebody else's place; nothing happens to one that is none, or that has ended.
pub async fn end_impersonation(tx: &mut Writing, id: SessionId) -> Result<bool, Problem> {
    match rows::session(tx, id).await? {
        Some((session, _)) if session.impersonator.is_some() => end_alone(tx, &session).await,
        _ => Ok(false),
    }
}

/// Ends what was begun from this session.
pub(crate) async fn end_from(tx: &mut Writing, from: SessionId) -> Result<(), Problem> {
    for session in impersonations::open_from(tx, from).await? {
        end_alone(tx, &session).await?;
    }
    Ok(())
}

/// Ends all that this user does in the place of others.
pub(crate) async fn end_by(tx: &mut Writing, user: NodeId) -> Result<(), Problem> {
    for session in impersonations::open_by(tx, user).await? {
        end_alone(tx, &session).await?;
    }
    Ok(())
}

/// Writes the end of such a session to the audit; of any other session, nothing.
pub(crate) fn note_end(tx: &mut Writing, session: &Session) {
    let Some(by) = session.impersonator else { return };
    let ended_by = tx.ctx().principal().subject().map(|id| id.to_string());
    for event in events(EventKind::Logout, "impersonation.end", session, by) {
        tx.audit(event.with("ended_by", ended_by.clone()));
    }
}

/// One about the user and one about whoever acts in his place: each is found, and read, where its user stands.
fn events(
    kind: EventKind,
    action: &'static str,
    session: &Session,
    by: Impersonator,
) -> [Event; 2] {
    let new = |user: NodeId| {
        Event::new(kind, action)
            .about("user", user, user)
            .of(user)
            .with("session", session.id.to_string())
            .with("user", session.user.to_string())
            .with("impersonator", by.user.to_string())
    };
    [new(session.user).in_place_by(Some(by.user)), new(by.user)]
}

/// What people call a user: `name@realm`.
pub(crate) fn name(state: &State, user: NodeId) -> String {
    let Some(subject) = state.engine.subject(user) else { return user.to_string() };
    let realm = subject.realm.and_then(|realm| state.roots.realm(realm)).unwrap_or_default();
    format!("{}@{realm}", subject.username)
}
