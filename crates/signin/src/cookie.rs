//! The cookie of a browser session: an opaque secret, judged by the database at each request.

use std::sync::Arc;

use context::{Caller, RequestFacts, System};
use http::{HeaderMap, HeaderValue};
use kernel::{Problem, SessionId};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use web::{
    authenticate::{Answer, Authenticate},
    cookie,
};

use crate::{
    session::{find_by_cookie, over, session_caller},
    signin::Signin,
};

const NAME: &str = "session";

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
    let Some(text) = cookie::get(headers, NAME, signin.secure_cookies()) else { return Ok(None) };
    let secret = SecretToken::parse(Kind::SessionCookie, text).map_err(|_| over())?;
    let (state, now) = (system.state(), system.now());
    let read = system.database().read().await?;
    let session = find_by_cookie(&read, &state, &secret, now).await?.ok_or_else(over)?;
    drop(read);
    let caller = session_caller(&state, session.shown("cookie"), now)?;
    signin.saw_session(system, session.id).await;
    Ok(Some(caller))
}

/// The header that gives the browser its cookie. It goes when the browser closes; the server ends it sooner.
pub fn set_cookie(signin: &Signin, secret: &SecretString) -> Result<HeaderValue, Problem> {
    cookie::set(NAME, secret.expose_secret(), None, signin.secure_cookies())
}

/// The header that takes the cookie back.
pub fn clear_cookie(signin: &Signin) -> Result<HeaderValue, Problem> {
    cookie::set(NAME, "", Some(0), signin.secure_cookies())
}

/// The session of the cookie in these headers, whether alive or not, if the secret is the right one: to sign out of it.
pub async fn session_of_cookie(
    signin: &Signin,
    system: &System,
    headers: &HeaderMap,
) -> Result<Option<SessionId>, Problem> {
    let text = cookie::get(headers, NAME, signin.secure_cookies());
    let Some(secret) = text.and_then(|t| SecretToken::parse(Kind::SessionCookie, t).ok()) else {
        return Ok(None);
    };
    let read = system.database().read().await?;
    let found = crate::store::session(&read, SessionId(secret.id())).await?;
    let found = found.filter(|(_, hash)| hash.is_some_and(|hash| secret.matches(&hash)));
    Ok(found.map(|(session, _)| session.id))
}
