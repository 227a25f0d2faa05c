//! What is kept of a device on which a sign-in is remembered.

use context::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use kernel::{NodeId, Problem, RememberedId, SessionId};
use protocol::secret_token::Rotation;

use crate::settings::{REMEMBER_ABSOLUTE_DAYS, REMEMBER_DAYS, after};

/// A device on which a sign-in is remembered.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) id: RememberedId,
    /// Who signed in.
    pub(crate) user: NodeId,
    /// The realm that was signed in at, which may be another than the user's.
    pub(crate) at_realm: NodeId,
    /// The present cookie.
    pub(crate) rotation: Rotation,
    /// When the user signed in.
    pub(crate) signed_in_at: Timestamp,
    /// The types of all steps of that sign-in.
    pub(crate) method: String,
    /// When the credential of its first step was made: it must still be that one.
    pub(crate) credential_of: Timestamp,
    /// The hash of the cookie of the device.
    pub(crate) device: [u8; 32],
    /// What the user calls the device.
    pub(crate) device_name: Option<String>,
    /// With what the user signed in, as it calls itself.
    pub(crate) user_agent: Option<String>,
    /// Whether sessions are kept in a cookie.
    pub(crate) with_cookie: bool,
    /// The session that the last cookie opened.
    pub(crate) last_session: Option<SessionId>,
}

impl Remembered {
    /// When it is over, used no more.
    pub(crate) fn ends_at(&self, life: Life) -> Timestamp {
        after(self.rotation.rotated_at, life.unused).min(self.whole_end(life))
    }

    /// When it is over, whatever is done.
    pub(crate) fn whole_end(&self, life: Life) -> Timestamp {
        after(self.signed_in_at, life.whole)
    }
}

/// For how long a device remembers, by the settings of now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    /// Without use.
    pub(crate) unused: SignedDuration,
    /// From the sign-in on.
    pub(crate) whole: SignedDuration,
}

impl Life {
    /// By these settings. Zero days are none: nothing is remembered.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Problem> {
        let days = |days: i64| SignedDuration::from_hours(days * 24);
        Ok(Self {
            unused: days(settings.number(&REMEMBER_DAYS)?.clamp(0, 365)),
            whole: days(settings.number(&REMEMBER_ABSOLUTE_DAYS)?.clamp(1, 365)),
        })
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_off(self) -> bool {
        self.unused.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    #[test]
    fn it_ends_by_rest_and_by_time() {
        let life = Life::of(&Settings::default()).unwrap();
        let device = |rotated_at| Remembered {
            id: RememberedId(Uuid::nil()),
            user: NodeId::GLOBAL,
            at_realm: NodeId::GLOBAL,
            rotation: Rotation { hash: [0; 32], generation: 0, rotated_at },
            signed_in_at: day(0),
            method: "password".to_owned(),
            credential_of: day(0),
            device: [0; 32],
            device_name: None,
            user_agent: None,
            with_cookie: true,
            last_session: None,
        };
        assert_eq!(device(day(0)).ends_at(life), day(30));
        assert_eq!(device(day(29)).ends_at(life), day(59));
        assert_eq!(device(day(80)).ends_at(life), day(90));
        assert!(!life.is_off());
    }
}
