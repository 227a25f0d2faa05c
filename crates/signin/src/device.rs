//! Devices that are known again. A browser that has signed in as a user keeps a cookie, and tries from there have a
//! counter of their own: strangers who fail at the user's name do not lock out the user. It proves nothing else. The
//! sessions of a browser are fixed to it.

use context::{Ctx, Writing, settings::Settings};
use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use kernel::{CredentialFault, DeviceId, NodeId, Problem};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use store::Run;
use uuid::Uuid;
use web::cookie;

use crate::{
    model::Session,
    settings::{FIXED_TO, NOTHING},
    signin::Signin,
    store::devices,
};

const NAME: &str = "device";
/// How long a device is known after it was used last.
const LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The cookie of the device that a request shows.
pub fn device_of(signin: &Signin, headers: &HeaderMap) -> Option<SecretString> {
    cookie::get(headers, NAME, signin.secure_cookies()).map(SecretString::from)
}

/// The header that gives a browser its cookie.
pub fn set_device_cookie(signin: &Signin, secret: &SecretString) -> Result<HeaderValue, Problem> {
    cookie::set(NAME, secret.expose_secret(), Some(LIFE.as_secs()), signin.secure_cookies())
}

/// 401 unless the device that a request shows is the one that the session is fixed to. What a program without cookies has
/// begun is fixed to none.
pub fn check_device(
    settings: &Settings,
    session: &Session,
    shown: Option<&SecretString>,
) -> Result<(), Problem> {
    match session.device {
        Some(hash) if settings.text(&FIXED_TO) != NOTHING && !is_device(shown, &hash) => {
            Err(Problem::credential(CredentialFault::OtherDevice))
        }
        _ => Ok(()),
    }
}

/// Whether it is the device of this hash.
pub(crate) fn is_device(shown: Option<&SecretString>, hash: &[u8; 32]) -> bool {
    shown.and_then(parse).is_some_and(|secret| secret.matches(hash))
}

/// The hash by which it is known; none if it is no cookie of a device.
pub(crate) fn mark(shown: &SecretString) -> Option<[u8; 32]> {
    parse(shown).map(|secret| secret.hash())
}

/// The counter of the device, if it is known for this user. For nobody the database does the same work, and finds nothing.
pub(crate) async fn counter(
    run: &impl Run,
    shown: &SecretString,
    user: Uuid,
    now: Timestamp,
) -> Result<Option<Uuid>, Problem> {
    let Some(secret) = parse(shown) else { return Ok(None) };
    let found = devices::find(run, secret.id(), user, since(now)).await?;
    let found = found.filter(|device| device.hash().is_some_and(|hash| secret.matches(&hash)));
    Ok(found.map(|device| device.counter))
}

/// Where tries at this name are counted: at the device that is shown, if it is known for its user, else at the name.
pub(crate) async fn counter_of(
    ctx: &Ctx,
    shown: Option<&SecretString>,
    of_name: Uuid,
) -> Result<Uuid, Problem> {
    let known = match shown {
        Some(shown) => counter(&ctx.read().await?, shown, of_name, ctx.now()).await?,
        None => None,
    };
    Ok(known.unwrap_or(of_name))
}

/// Makes the device known for a user who has just signed in. The cookie to set: a new one, unless the device has one
/// already, which it keeps.
pub async fn know_device(
    tx: &mut Writing,
    user: NodeId,
    shown: Option<&SecretString>,
) -> Result<SecretString, Problem> {
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let mut secret = shown.and_then(parse);
    if let Some(shown) = &secret {
        let found = devices::find_of_anybody(tx, shown.id(), since(now)).await?;
        let is_ours = found.and_then(|device| device.hash()).is_some_and(|h| shown.matches(&h));
        secret = secret.filter(|_| is_ours);
    }
    let new = || SecretToken::generate(Kind::Device, DeviceId::new(now, entropy).0, entropy);
    let secret = secret.unwrap_or_else(new);
    let counter = DeviceId::new(now, entropy).0;
    devices::save(tx.as_ref(), (secret.id(), secret.hash()), counter, user, now).await?;
    Ok(secret.to_text())
}

fn parse(shown: &SecretString) -> Option<SecretToken> {
    SecretToken::parse(Kind::Device, shown.expose_secret()).ok()
}

fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(LIFE).unwrap_or(Timestamp::MIN)
}
