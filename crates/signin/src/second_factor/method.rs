//! The types of second steps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::passkey::PASSKEY;

/// A type of second step, the strongest first: that is the one that is proposed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A passkey (WebAuthn).
    Passkey,
    /// The code of an authenticator app (RFC 6238).
    Totp,
    /// A code that is sent by mail.
    Email,
    /// A code that is sent to a phone.
    Sms,
    /// One of the codes that were handed out for the day on which the factor is lost.
    Recovery,
}

impl Method {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Passkey, Self::Totp, Self::Email, Self::Sms, Self::Recovery];
    /// Those that count where settings and rules accept them; `passkey` and `totp` do without.
    pub(crate) const SENT: [Self; 2] = [Self::Email, Self::Sms];

    /// The `type` of an answer, as it stands in tables and sessions too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passkey => PASSKEY,
            Self::Totp => "totp",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Recovery => "recovery",
        }
    }

    /// The method of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it is a factor that users have, and not what stands in for a lost one.
    pub(crate) fn is_factor(self) -> bool {
        self != Self::Recovery
    }

    /// Longest answer that is looked at, in bytes: what a browser answers holds keys and certificates.
    pub(crate) fn longest_answer(self) -> usize {
        match self {
            Self::Passkey => 16 * 1024,
            _ => 128,
        }
    }
}

/// The methods of a list with commas.
pub(crate) fn methods(text: &str) -> Option<Vec<Method>> {
    text.split(',').filter(|name| !name.is_empty()).map(Method::parse).collect()
}

/// The types of factors that a session of this method was opened with, and what stood in for one. The method names all
/// steps: `password+totp`.
pub(crate) fn steps(session_method: &str) -> Vec<Method> {
    let mut steps = session_method.split('+');
    let first = steps.next().unwrap_or_default();
    let further: Vec<Method> = steps.filter_map(Method::parse).collect();
    shown(first, &further)
}

/// Whether a session of this method was opened with a factor, and not with what stands in for one. A passkey alone has
/// verified its user, so it is one even there.
pub(crate) fn has_factor(session_method: &str) -> bool {
    steps(session_method).into_iter().any(Method::is_factor)
}

/// The types of factors that were shown with this first step and these after it.
pub(crate) fn shown(first: &str, further: &[Method]) -> Vec<Method> {
    let passkey = (first == PASSKEY).then_some(Method::Passkey);
    passkey.into_iter().chain(further.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_again() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.name()), Some(method));
        }
        assert_eq!(methods("totp,recovery"), Some(vec![Method::Totp, Method::Recovery]));
        assert_eq!((methods(""), methods("totp,x")), (Some(vec![]), None));
    }

    #[test]
    fn a_recovery_code_is_no_factor() {
        assert!(has_factor("password+passkey") && has_factor("passkey"));
        assert!(has_factor("password+totp") && has_factor("password+recovery+email"));
        assert!(!has_factor("password") && !has_factor("password+recovery") && !has_factor("totp"));
    }
}
