//! The types of sign-in: one small trait, a type for each way to prove who one is.

use std::{fmt, pin::Pin};

use ::store::{Run, StoreError};
use context::{Ctx, settings::Settings};
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    passkey::PASSKEY,
    password_life::PasswordLife,
    second_factor::{Method, method::shown, store::factors},
    signin::Signin,
    store as rows,
};

/// The work of an authenticator.
pub type Proving<'a> = Pin<Box<dyn Future<Output = Result<Proven, Problem>> + Send + 'a>>;

/// One way to prove who one is.
pub trait Authenticator: Send + Sync {
    /// The `type` of a sign-in, such as `password`.
    fn kind(&self) -> &'static str;

    /// Whether the attempt proves somebody: 401 if not, 429 with `Retry-After` while locked.
    fn prove<'a>(&'a self, signin: &'a Signin, ctx: &'a Ctx, attempt: &'a Attempt) -> Proving<'a>;
}

/// What somebody shows to sign in.
#[derive(Clone)]
pub struct Attempt {
    /// The type of authenticator.
    pub kind: String,
    /// The realm where he wants to sign in; absent: the setting's.
    pub realm: Option<String>,
    /// Who he says he is; for `password`: any alias.
    pub authentication_id: String,
    /// What proves it.
    pub secret: SecretString,
    /// The cookie of the device that it comes from; it proves nothing.
    pub device: Option<SecretString>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Who it is, as an authenticator found.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The user.
    pub user: NodeId,
    /// The realm of the user, which may share its sign-in with the realm that was asked for.
    pub realm: NodeId,
    /// The user's name in it.
    pub username: String,
    /// The type of the authenticator.
    pub method: &'static str,
    /// When the credential that proves it was made: it must still be that one when the session begins.
    pub(crate) credential_of: Timestamp,
    /// The password that proves it, if one did.
    pub(crate) password: Option<PasswordLife>,
    /// What was shown after that.
    pub(crate) further: Vec<Method>,
    /// Where tries are counted.
    pub(crate) counter: Uuid,
}

impl Proven {
    /// The types of factors that were shown: a passkey as the first step is one too.
    pub(crate) fn factors_shown(&self) -> Vec<Method> {
        shown(self.method, &self.further)
    }

    /// All steps, as the session keeps them: `password+totp`.
    pub(crate) fn steps(&self) -> String {
        let further = self.further.iter().map(|method| method.name());
        std::iter::once(self.method).chain(further).collect::<Vec<_>>().join("+")
    }

    /// Whether what proves it is good for nothing but to be changed: an expired password.
    pub fn is_restricted(&self, settings: &Settings, now: Timestamp) -> Result<bool, Problem> {
        self.password.map_or(Ok(false), |life| life.is_over(settings, now))
    }
}

/// The credential of a first step, which is still the user's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StillThere {
    Password(PasswordLife),
    Passkey,
}

impl StillThere {
    /// Of a password how long it is good: a session that began with none is held back by none.
    pub(crate) fn life(self) -> Option<PasswordLife> {
        match self {
            Self::Password(life) => Some(life),
            Self::Passkey => None,
        }
    }
}

/// The credential that a user has shown first, by its type and when it was made, unless it is another one by now.
pub(crate) async fn still_there(
    run: &impl Run,
    (user, method, made_at): (NodeId, &str, Timestamp),
) -> Result<Option<StillThere>, StoreError> {
    if method == PASSKEY {
        let is_there = factors::has_passkey(run, user, made_at).await?;
        return Ok(is_there.then_some(StillThere::Passkey));
    }
    let password = rows::password(run, user).await?;
    let life = password.map(|password| password.life).filter(|life| life.changed_at == made_at);
    Ok(life.map(StillThere::Password))
}
