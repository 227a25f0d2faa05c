//! What a page may offer to whoever wants to sign in: by the settings of now, and by where users reach this server.

use context::settings::Settings;
use kernel::Problem;

use crate::{
    settings::{DEFAULT_REALM, ISSUER, PASSWORDLESS, RECOVERY, REMEMBER_DAYS},
    signin::Signin,
};

/// What a sign-in has to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// How this server is called where people see it.
    pub issuer: String,
    /// The realm of a sign-in that names none.
    pub default_realm: String,
    /// Whether a passkey is enough.
    pub passkeys: Passkeys,
    /// Whether a forgotten password can be replaced by mail.
    pub recovery_by_mail: bool,
    /// For how many days a device remembers a sign-in; 0: not at all.
    pub remember_days: i64,
}

/// What there is about passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passkeys {
    /// One is enough to sign in.
    Enough,
    /// They are second factors alone.
    SecondFactors,
    /// Browsers have none for the public address.
    NotHere,
}

impl Offers {
    /// By these settings.
    pub fn of(signin: &Signin, settings: &Settings) -> Result<Self, Problem> {
        let passkeys = match (&signin.relying_party, settings.is_on(&PASSWORDLESS)?) {
            (None, _) => Passkeys::NotHere,
            (Some(_), true) => Passkeys::Enough,
            (Some(_), false) => Passkeys::SecondFactors,
        };
        Ok(Self {
            issuer: settings.text(&ISSUER).to_owned(),
            default_realm: settings.text(&DEFAULT_REALM).to_owned(),
            passkeys,
            recovery_by_mail: signin.outbox.is_on() && settings.is_on(&RECOVERY)?,
            remember_days: settings.number(&REMEMBER_DAYS)?.clamp(0, 365),
        })
    }
}
