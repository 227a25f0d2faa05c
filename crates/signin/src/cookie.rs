//! The cookie of a browser session: an opaque secret, judged by the database at each request. A session in somebody else's
//! place has a cookie of its own beside the browser's own, which it hides: the browser is itself again when that one goes.

use std::sync::Arc;

use context::{Caller, RequestFacts, System, Writing};
use http::{HeaderMap, HeaderValue};
use kernel::{Problem, SessionId};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use web::{
    authenticate::{Answer, Authenticate},
    cookie,
};

use crate::{
    device::{check_device, device_of},
    model::Session,
    session::{find_by_cookie, over, replace, session_caller},
    signin::Signin,
};

const OWN: &str = "session";
const IMPERSONATION: &str = "impersonation";
/// The first one that is there counts, good or not: whoever believes to act in somebody else's place must not act as himself.
const NAMES: [&str; 2] = [IMPERSONATION, OWN];

/// Reads the session cookie.
#[derive(Debug, Clone)]
pub struct SessionCookie(pub Arc<Signin>);

impl Authenticate for SessionCookie {
    fn authenticate<'a>(
        &'a self,
        system: &'a Arc<System>,
        headers: &'a HeaderMap,
        _request: &'a RequestFacts,
    ) -> Answer<'a> {
        Box::pin(read(&self.0, system, headers))
    }
}

async fn read(
    signin: &Signin,
    system: &Arc<System>,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Problem> {
    let secure = signin.secure_cookies();
    let name = NAMES.into_iter().find(|name| cookie::is_there(headers, name, secure));
    let Some(name) = name else { return Ok(None) };
    let Some(text) = cookie::get(headers, name, secure) else { return Ok(None) };
    let secret = SecretToken::parse(Kind::SessionCookie, text).map_err(|_| over())?;
    let (state, now) = (system.state(), system.now());
    let read = system.database().read().await?;
    let session = find_by_cookie(&read, &state, &secret, now).await?;
    let session = session.filter(|session| name_of(session) == name).ok_or_else(over)?;
    drop(read);
    check_device(&state.settings, &session, device_of(signin, headers).as_ref())?;
    let caller = session_caller(&state, session.shown("cookie"), now)?;
    signin.saw(system, &caller).await;
    Ok(Some(caller))
}

/// The header that gives the browser the cookie of a session. It goes when the browser closes; the server ends it sooner.
pub fn set_cookie(
    signin: &Signin,
    session: &Session,
    secret: &SecretString,
) -> Result<HeaderValue, Problem> {
    cookie::set(name_of(session), secret.expose_secret(), None, signin.secure_cookies())
}

/// The one cookie that a session is read from.
fn name_of(session: &Session) -> &'static str {
    if session.impersonator.is_some() { IMPERSONATION } else { OWN }
}

/// Another cookie for the session of a browser, which goes on under another id: whoever has copied the old one has nothing.
/// None for a session with tokens.
pub(crate) async fn renew(
    signin: &Signin,
    tx: &mut Writing,
    id: Option<SessionId>,
) -> Result<Option<HeaderValue>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let Some((session, Some(_))) = crate::store::session(tx, id).await? else { return Ok(None) };
    let opened = replace(tx, &session, session.clone(), true).await?;
    let cookie = opened.cookie.as_ref().map(|secret| set_cookie(signin, &opened.session, secret));
    cookie.transpose()
}

/// The headers that take back the cookies of sessions that are in these.
pub fn clear_cookies(signin: &Signin, headers: &HeaderMap) -> Result<Vec<HeaderValue>, Problem> {
    let secure = signin.secure_cookies();
    let shown = NAMES.into_iter().filter(|name| cookie::is_there(headers, name, secure));
    shown.map(|name| cookie::set(name, "", Some(0), secure)).collect()
}

/// The header that takes back the cookie of a session in somebody else's place, if there is one in these.
pub fn clear_impersonation(
    signin: &Signin,
    headers: &HeaderMap,
) -> Result<Option<HeaderValue>, Problem> {
    let secure = signin.secure_cookies();
    let is_shown = cookie::is_there(headers, IMPERSONATION, secure);
    is_shown.then(|| cookie::set(IMPERSONATION, "", Some(0), secure)).transpose()
}

/// The sessions of the cookies in these headers, whether alive or not, if the secrets are the right ones: to end them.
pub async fn sessions_of_cookies(
    signin: &Signin,
    system: &System,
    headers: &HeaderMap,
) -> Result<Vec<Session>, Problem> {
    let mut sessions = Vec::new();
    for name in NAMES {
        let text = cookie::get(headers, name, signin.secure_cookies());
        let parsed = text.and_then(|text| SecretToken::parse(Kind::SessionCookie, text).ok());
        let Some(secret) = parsed else { continue };
        let read = system.database().read().await?;
        let found = crate::store::session(&read, SessionId(secret.id())).await?;
        let found = found.filter(|(_, hash)| hash.is_some_and(|hash| secret.matches(&hash)));
        sessions.extend(found.map(|(session, _)| session));
    }
    Ok(sessions)
}
