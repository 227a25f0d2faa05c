//! Sessions.

use context::{Credential, Impersonator};
use jiff::{SignedDuration, Timestamp};
use kernel::{NodeId, RememberedId, SessionId};
use policy::{Lock, SessionFacts, Subject};

use crate::{password_life::PasswordLife, session::Shown};

/// How often, at most, it is written that something was used.
pub(crate) const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The session of a signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id: the `sid` of its access tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user: NodeId,
    /// The realm of the user.
    pub realm: NodeId,
    /// When it began; what was stepped up began with the session before.
    pub created_at: Timestamp,
    /// When the user showed who he is: before it began, if a device remembered that.
    pub signed_in_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// Its absolute end: nothing extends it, no token of it lives longer.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// What the user calls the device.
    pub device_name: Option<String>,
    /// From where the user signed in.
    pub ip: Option<String>,
    /// With what the user signed in, as it calls itself.
    pub user_agent: Option<String>,
    /// The types of all steps of the sign-in: `password`, `password+totp`; or `remember`, `impersonation`.
    pub method: String,
    /// The password that it began with, if it began with one: when that expires, the session is good for nothing but to
    /// change it.
    pub password: Option<PasswordLife>,
    /// Who acts in it in the user's place, if it is not the user himself.
    pub impersonator: Option<Impersonator>,
    /// The device on which its sign-in is remembered, if it is.
    pub remembered: Option<RememberedId>,
    /// The hash of the cookie of the device that it is fixed to; none: a program without cookies.
    pub device: Option<[u8; 32]>,
}

impl Session {
    /// Whether it is neither ended, nor over, nor unused for longer than `idle`.
    pub fn is_alive(&self, now: Timestamp, idle: SignedDuration) -> bool {
        self.ended_at.is_none()
            && now < self.expires_at
            && now.duration_since(self.last_seen_at) < idle
    }

    /// As a request shows it.
    pub fn shown(&self, by: &'static str) -> Shown {
        Shown {
            user: self.user,
            session: self.facts(),
            password: self.password,
            impersonator: self.impersonator,
            by,
        }
    }

    /// What its tokens and its cookie are.
    pub fn credential(&self) -> Credential {
        credential(self.id, self.impersonator)
    }

    /// What decisions know of it.
    pub fn facts(&self) -> SessionFacts {
        SessionFacts {
            id: self.id,
            signed_in_at: self.signed_in_at,
            began_at: self.created_at,
            method: self.method.clone(),
        }
    }

    /// When it began, if not with the sign-in.
    pub fn began_otherwise(&self) -> Option<Timestamp> {
        (self.created_at != self.signed_in_at).then_some(self.created_at)
    }
}

/// What the tokens and the cookie of a session are.
pub(crate) fn credential(session: SessionId, impersonator: Option<Impersonator>) -> Credential {
    match impersonator {
        None => Credential::Session(session),
        Some(by) => Credential::Impersonation { session, from: by.session },
    }
}

/// Whether the subject may act at all at this moment: not disabled, not locked by hand, not expired.
pub fn is_active(subject: &Subject, now: Timestamp) -> bool {
    let locked = match subject.lock {
        Lock::None => false,
        Lock::Until(until) => now < until,
        Lock::ForGood => true,
    };
    !locked && !is_switched_off(subject, now)
}

/// Whether the subject is disabled or expired; a lock is another thing.
pub(crate) fn is_switched_off(subject: &Subject, now: Timestamp) -> bool {
    subject.disabled || subject.expires_at.is_some_and(|end| now >= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let start = Timestamp::from_second(1000).unwrap();
        Session {
            id: SessionId(uuid::Uuid::nil()),
            user: NodeId::GLOBAL,
            realm: NodeId::GLOBAL,
            created_at: start,
            signed_in_at: start,
            last_seen_at: start,
            expires_at: Timestamp::from_second(5000).unwrap(),
            ended_at: None,
            device_name: None,
            ip: None,
            user_agent: None,
            method: "password".into(),
            password: None,
            impersonator: None,
            remembered: None,
            device: None,
        }
    }

    #[test]
    fn a_session_ends_by_rest_by_time_and_by_hand() {
        let idle = SignedDuration::from_secs(600);
        let alive = |session: &Session, second| {
            session.is_alive(Timestamp::from_second(second).unwrap(), idle)
        };
        let mut session = session();
        assert!(alive(&session, 1599));
        assert!(!alive(&session, 1600), "unused");
        session.last_seen_at = Timestamp::from_second(4900).unwrap();
        assert!(alive(&session, 4999));
        assert!(!alive(&session, 5000), "over");
        session.ended_at = Some(session.created_at);
        assert!(!alive(&session, 4950), "ended");
    }
}
