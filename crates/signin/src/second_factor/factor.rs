//! The second factors of a user.

use jiff::{SignedDuration, Timestamp};
use kernel::{FactorId, NodeId, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::method::Method;
use crate::{
    settings::{after, seconds_until},
    signin::Signin,
};

/// Most factors of one user.
pub(crate) const MOST: usize = 10;
/// How long it takes until another code is sent.
pub(crate) const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// Longest name of a factor, in characters.
const LONGEST_NAME: usize = 64;

/// A second factor of a user.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    pub(crate) id: FactorId,
    pub(crate) user: NodeId,
    pub(crate) method: Method,
    /// What the user calls it.
    pub(crate) name: String,
    /// What it needs: a secret, an address, a public key.
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    /// It counts from then on.
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    /// When a code was sent last.
    pub(crate) sent_at: Option<Timestamp>,
    /// The counter of a passkey: how often it has signed, as it says.
    pub(crate) sign_count: i64,
}

/// A second factor, as its user sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FactorView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: FactorId,
    /// Its type.
    pub r#type: Method,
    /// What its user calls it.
    pub name: String,
    /// Where its codes go, with most of it hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was used last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl Factor {
    /// Whether it counts.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// What it needs; none if it was sealed under another key.
    pub(crate) fn secret(&self, signin: &Signin) -> Option<Zeroizing<Vec<u8>>> {
        let opened = signin.seals.open(self);
        if opened.is_none() {
            tracing::error!(factor = %self.id, "a second factor cannot be read: APP_KEY is another one");
        }
        opened
    }

    /// As its user sees it.
    pub(crate) fn view(&self, signin: &Signin) -> FactorView {
        FactorView {
            id: self.id,
            r#type: self.method,
            name: self.name.clone(),
            hint: self.hint(signin),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        }
    }

    /// In how many seconds another code can be sent, if one was sent a moment ago.
    pub(crate) fn wait(&self, now: Timestamp) -> Option<u64> {
        Some(seconds_until(after(self.sent_at?, PAUSE), now)).filter(|seconds| *seconds > 0)
    }

    /// Where its codes go.
    pub(crate) fn hint(&self, signin: &Signin) -> Option<String> {
        match self.method {
            Method::Email => self.secret(signin).map(|address| hidden(&address)),
            Method::Sms => self.secret(signin).map(|number| hidden_number(&number)),
            Method::Passkey | Method::Totp | Method::Recovery => None,
        }
    }
}

/// The types that count, each once, the strongest first.
pub(crate) fn kinds(factors: &[Factor]) -> Vec<Method> {
    let mut kinds: Vec<Method> =
        factors.iter().filter(|factor| factor.is_confirmed()).map(|factor| factor.method).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The name of a new factor.
pub(crate) fn name(given: Option<String>, method: Method) -> Result<String, Problem> {
    let name = given.unwrap_or_else(|| method.name().to_owned());
    let is_good = (1..=LONGEST_NAME).contains(&name.chars().count())
        && !name.chars().any(|character| character.is_control());
    if is_good {
        Ok(name)
    } else {
        Err(Problem::invalid("/name", "must be 1 to 64 characters without control characters"))
    }
}

/// `j***@example.com`
fn hidden(address: &[u8]) -> String {
    let address = String::from_utf8_lossy(address);
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

/// `+32*******56`
fn hidden_number(number: &[u8]) -> String {
    let number = String::from_utf8_lossy(number);
    let last = number.chars().count().saturating_sub(2);
    let shown = |(at, character)| if at < 3 || at >= last { character } else { '*' };
    number.chars().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_an_address_is_hidden() {
        assert_eq!(hidden(b"jane@example.com"), "j***@example.com");
        assert_eq!(hidden("é@x".as_bytes()), "é***@x");
        assert_eq!(hidden_number(b"+32470123456"), "+32*******56");
    }

    #[test]
    fn names_have_a_length() {
        assert_eq!(name(None, Method::Totp).unwrap(), "totp");
        for bad in [String::new(), "x".repeat(65), "a\nb".to_owned()] {
            assert!(name(Some(bad), Method::Totp).is_err());
        }
    }
}
