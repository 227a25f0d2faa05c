//! A sign-in that is to be remembered on the device.

use context::Writing;
use kernel::{Name, Problem, RememberedId};
use protocol::secret_token::{Kind, Rotation, SecretToken};
use secrecy::SecretString;

use super::{
    cookie::RememberCookie,
    forget::forget,
    remembered::{Life, Remembered},
};
use crate::{
    authenticator::Proven, device, second_factor::SessionChoice, session::short_name,
    store::remembered as rows,
};

/// How many devices of a user remember: those used last.
const MOST: usize = 20;

/// A sign-in that is remembered from now on.
#[derive(Debug)]
pub struct Kept {
    /// The device.
    pub id: RememberedId,
    /// Its cookie.
    pub cookie: RememberCookie,
}

/// Remembers a sign-in that is complete, at the realm that was signed in at, on the device of this cookie. None while that
/// is switched off, and for a password that must be changed first.
pub async fn begin(
    tx: &mut Writing,
    proven: &Proven,
    choice: &SessionChoice,
    device: &SecretString,
) -> Result<Option<Kept>, Problem> {
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let life = Life::of(&tx.state().settings)?;
    if life.is_off() || proven.is_restricted(&tx.state().settings, now)? {
        return Ok(None);
    }
    let name = choice.remember_at.as_deref().and_then(|name| Name::parse(name).ok());
    let Some(name) = name else { return Ok(None) };
    let Some(realm) = realms::find_realm(tx, &name).await? else { return Ok(None) };
    let Some(device) = device::mark(device) else { return Ok(None) };
    let id = RememberedId::new(now, entropy);
    let token = SecretToken::generate(Kind::Remember, id.0, entropy);
    let remembered = Remembered {
        id,
        user: proven.user,
        at_realm: realm.id,
        rotation: Rotation::begin(&token, now),
        signed_in_at: now,
        method: proven.steps(),
        credential_of: proven.credential_of,
        device,
        device_name: choice.device_name.as_deref().map(short_name),
        user_agent: tx.ctx().request().user_agent.clone(),
        with_cookie: choice.with_cookie,
        last_session: None,
    };
    keep(tx, &remembered, life).await?;
    let cookie = remembered.cookie(&token, life);
    Ok(Some(Kept { id, cookie }))
}

impl Remembered {
    /// Its cookie, which the browser keeps for as long as it is good.
    pub(super) fn cookie(&self, token: &SecretToken, life: Life) -> RememberCookie {
        let keep = self.ends_at(life).duration_since(self.rotation.rotated_at).as_secs();
        RememberCookie { secret: token.to_text(), keep }
    }
}

/// Keeps a device. Those that are over go, and those that were not used for longest of a user who has very many.
async fn keep(tx: &mut Writing, device: &Remembered, life: Life) -> Result<(), Problem> {
    let now = tx.ctx().now();
    let before = |length| now.checked_sub(length).map_err(Problem::internal);
    rows::purge(tx.as_ref(), before(life.unused)?, before(life.whole)?).await?;
    for old in rows::of_user(tx, device.user).await?.into_iter().skip(MOST - 1) {
        forget(tx, old.id).await?;
    }
    Ok(rows::insert(tx.as_ref(), device).await?)
}
