//! The cookie by which a device remembers: a one-time secret. It is sent below `/auth` alone, so not to whatever else is
//! reached at this host; and it is good with the cookie of the device alone, so that no other host of the same site can
//! plant one.

use http::{HeaderMap, HeaderValue};
use kernel::Problem;
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use web::{cookie, cross_site};

use crate::{device::device_of, signin::Signin};

const NAME: &str = "remember";
const PATH: &str = "/auth";

/// The cookies by which a browser is known.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// That of the device.
    pub device: Option<SecretString>,
    /// That by which it remembers a sign-in.
    pub remembers: Option<SecretString>,
}

impl Browser {
    pub(crate) fn token(&self) -> Option<SecretToken> {
        let text = self.remembers.as_ref()?.expose_secret();
        SecretToken::parse(Kind::Remember, text).ok()
    }
}

/// The cookies of these headers.
pub fn browser_of(signin: &Signin, headers: &HeaderMap) -> Browser {
    let remembers = cookie::get_below(headers, NAME, signin.secure_cookies());
    Browser { device: device_of(signin, headers), remembers: remembers.map(SecretString::from) }
}

/// 403 for a request by which another site would use what the browser remembers.
pub fn refuse_other_sites(signin: &Signin, headers: &HeaderMap) -> Result<(), Problem> {
    let is_shown = cookie::is_there_below(headers, NAME, signin.secure_cookies());
    if is_shown && cross_site::is(headers, |own| own == signin.public_address()) {
        return Err(Problem::forbidden("A write with a cookie must come from this site itself."));
    }
    Ok(())
}

/// A cookie to set.
#[derive(Debug)]
pub struct RememberCookie {
    pub(crate) secret: SecretString,
    /// For how many seconds the browser keeps it.
    pub(crate) keep: i64,
}

/// The header that gives a browser its cookie.
pub fn set_remember_cookie(
    signin: &Signin,
    cookie: &RememberCookie,
) -> Result<HeaderValue, Problem> {
    let secret = cookie.secret.expose_secret();
    cookie::set_below(PATH, NAME, secret, Some(cookie.keep), signin.secure_cookies())
}

/// The header that takes back the cookie, if there is one in these.
pub fn clear_remember_cookie(
    signin: &Signin,
    headers: &HeaderMap,
) -> Result<Option<HeaderValue>, Problem> {
    let secure = signin.secure_cookies();
    let is_shown = cookie::is_there_below(headers, NAME, secure);
    is_shown.then(|| cookie::set_below(PATH, NAME, "", Some(0), secure)).transpose()
}
