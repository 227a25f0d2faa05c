//! What a user signs in with: the user name and further aliases, and how two of them are compared.

use std::fmt;

use kernel::Name;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Longest folded alias, in bytes: compatibility forms can be longer than what was written, and an index has a limit.
pub const MAX_FOLDED: usize = 512;

/// Why an alias, address or name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// Not a plain word.
    #[error("must be 1 to 32 characters of a-z, 0-9, '_', starting with a letter")]
    Kind,
    /// Over [`MAX_FOLDED`].
    #[error("is too long")]
    TooLong,
    /// Not an e-mail address.
    #[error("must be an e-mail address of at most 254 characters")]
    Email,
    /// Not a telephone number in the international form (E.164).
    #[error("must be a telephone number such as +32470123456")]
    Phone,
    /// Empty, too long, or with control characters.
    #[error("must be 1 to 255 bytes, without control characters")]
    FullName,
}

/// The form in which aliases are compared: compatibility forms and case are folded away, so that `Ｊane`, `JANE` and
/// `jane` are one (UAX #15, NFKC; lower, upper, and lower case, so that `ẞ`, `ß` and `SS` meet and both sigmas are one).
pub fn fold(text: &str) -> String {
    let upper = text.nfkc().collect::<String>().to_lowercase().to_uppercase();
    upper.chars().flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether a name can serve as an alias: its folded form is short enough for the index.
pub fn check_username(name: &Name) -> Result<(), NameRefused> {
    if fold(name.as_str()).len() > MAX_FOLDED { Err(NameRefused::TooLong) } else { Ok(()) }
}

/// What an alias is: `username`, `email`, `phone`, or any other plain word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AliasKind(String);

impl AliasKind {
    /// The kind of the user name itself.
    pub fn username() -> Self {
        Self("username".to_owned())
    }

    /// The kind of an alias of which nothing is said.
    pub fn email() -> Self {
        Self("email".to_owned())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AliasKind {
    type Error = NameRefused;

    fn try_from(text: String) -> Result<Self, NameRefused> {
        let first = text.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if first && rest && text.len() <= 32 { Ok(Self(text)) } else { Err(NameRefused::Kind) }
    }
}

impl From<AliasKind> for String {
    fn from(kind: AliasKind) -> Self {
        kind.0
    }
}

/// One of the names that a user signs in with, unique in the realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// What it is.
    pub kind: AliasKind,
    /// As it was written.
    pub value: Name,
}

impl Alias {
    /// An alias; an `email` must be an address, a `phone` a number.
    pub fn new(kind: AliasKind, value: Name) -> Result<Self, NameRefused> {
        match kind.as_str() {
            "email" => Email::try_from(value.as_str().to_owned()).map(drop)?,
            "phone" if !is_phone(value.as_str()) => return Err(NameRefused::Phone),
            _ => {}
        }
        check_username(&value)?;
        Ok(Self { kind, value })
    }

    /// The alias that is this e-mail address.
    pub fn of_email(email: &Email) -> Result<Self, NameRefused> {
        let value = Name::parse(email.as_str()).map_err(|_| NameRefused::Email)?;
        Self::new(AliasKind::email(), value)
    }

    /// The form in which it is compared.
    pub fn folded(&self) -> String {
        fold(self.value.as_str())
    }
}

/// E.164: `+` and 4 to 15 digits, the first not 0.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (4..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Where a user gets mail. It is not an alias, unless it is added as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = NameRefused;

    /// Only the outer form is checked: whether an address receives mail is known after mail was sent.
    fn try_from(text: String) -> Result<Self, NameRefused> {
        let sides = text.rsplit_once('@').is_some_and(|(l, r)| !l.is_empty() && !r.is_empty());
        let plain =
            !text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;\"".contains(c));
        if sides && plain && text.len() <= 254 { Ok(Self(text)) } else { Err(NameRefused::Email) }
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// How a user is called by people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullName(String);

impl FullName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FullName {
    type Error = NameRefused;

    fn try_from(text: String) -> Result<Self, NameRefused> {
        let plain = !text.trim().is_empty() && !text.chars().any(char::is_control);
        if plain && text.len() <= 255 { Ok(Self(text)) } else { Err(NameRefused::FullName) }
    }
}

impl From<FullName> for String {
    fn from(name: FullName) -> Self {
        name.0
    }
}

impl fmt::Display for AliasKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(kind: &str, value: &str) -> Result<Alias, NameRefused> {
        Alias::new(AliasKind::try_from(kind.to_owned())?, Name::parse(value).unwrap())
    }

    #[test]
    fn what_reads_alike_is_one() {
        for text in ["JANE", "Jane", "\u{ff2a}ane", "jane"] {
            assert_eq!(fold(text), "jane", "{text}");
        }
        assert_eq!(fold("Stra\u{df}e"), fold("STRASSE"));
        assert_eq!(fold("STRA\u{1e9e}E"), fold("STRASSE"));
        assert_eq!(fold("e\u{301}"), fold("\u{c9}"));
        assert_eq!(fold("\u{3c3}\u{3b1}\u{3c2}"), fold("\u{3a3}\u{391}\u{3a3}"));
        assert_ne!(fold("jane"), fold("jame"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["\u{130}stanbul", "\u{fdfa}", "\u{1f88}", "\u{fb01}n", "\u{1e9e}"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn an_alias_fits_its_kind() {
        assert!(alias("email", "jane@example.com").is_ok());
        assert_eq!(alias("email", "jane"), Err(NameRefused::Email));
        assert!(alias("phone", "+32470123456").is_ok());
        assert_eq!(alias("phone", "0470 12"), Err(NameRefused::Phone));
        assert!(alias("badge", "0470 12").is_ok());
        assert_eq!(alias("Badge", "1"), Err(NameRefused::Kind));
    }

    #[test]
    fn an_alias_that_unfolds_beyond_the_index_is_refused() {
        assert_eq!(alias("badge", &"\u{fdfa}".repeat(80)), Err(NameRefused::TooLong));
    }

    #[test]
    fn addresses_cannot_carry_headers() {
        for text in ["a@b\r\nBcc: x@y", "a b@c", "@b", "a@", "a", "<a@b>"] {
            assert_eq!(Email::try_from(text.to_owned()), Err(NameRefused::Email), "{text}");
        }
        assert!(Email::try_from("root@localhost".to_owned()).is_ok());
    }
}
