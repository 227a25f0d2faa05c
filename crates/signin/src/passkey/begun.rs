//! Sign-ins by passkey without a name. Anybody may begin one, so nothing is written then: the browser keeps what must be
//! known when it answers, sealed under `APP_KEY`, and only what was used is written.

use std::fmt;

use context::Ctx;
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use kernel::{EventId, Problem};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs_core::proto::AuthenticationState;

use crate::{second_factor::challenge::LIFE, settings::after, signin::Signin};

/// What the text begins with.
const PREFIX: &str = "ppk_";

/// A sign-in that has begun.
#[derive(Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) id: Uuid,
    pub(crate) expires_at: Timestamp,
    pub(crate) state: AuthenticationState,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Whether a text is meant as a sign-in by passkey that has begun: its first step, and no answer to a challenge.
pub fn is_begun(text: &str) -> bool {
    text.starts_with(PREFIX)
}

impl Begun {
    /// One that begins now.
    pub(crate) fn new(ctx: &Ctx, state: AuthenticationState) -> Self {
        let id = EventId::new(ctx.now(), ctx.system().entropy()).0;
        Self { id, expires_at: after(ctx.now(), LIFE), state }
    }

    /// As its holder keeps it.
    pub(crate) fn seal(&self, signin: &Signin, ctx: &Ctx) -> Result<SecretString, Problem> {
        let plain = serde_json::to_vec(self).map_err(Problem::internal)?;
        let sealed = signin.seals.seal_begun(&plain, ctx.system().entropy())?;
        Ok(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&sealed)).into())
    }

    /// What its holder shows; none if it is not from us, or is over.
    pub(crate) fn open(signin: &Signin, shown: &SecretString, now: Timestamp) -> Option<Self> {
        let sealed = shown.expose_secret().strip_prefix(PREFIX)?;
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let begun: Self = serde_json::from_slice(&signin.seals.open_begun(&sealed)?).ok()?;
        (now < begun.expires_at).then_some(begun)
    }
}
