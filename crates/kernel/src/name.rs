//! Names of nodes, and the two ways to refer to one: by id, or by the path of names from its root.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::id::NodeId;

/// Longest name, in bytes.
pub const MAX_NAME: usize = 255;
/// Most names in a path; also the deepest that a node can be.
pub const MAX_DEPTH: usize = 64;

/// Why a name, kind or path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("must not be empty")]
    Empty,
    /// Over [`MAX_NAME`].
    #[error("must be at most 255 bytes long")]
    TooLong,
    /// `/` separates names.
    #[error("must not contain '/'")]
    Slash,
    /// Control characters, and the marks that change the direction of text.
    #[error("must not contain control characters")]
    Control,
    /// White space at an end, or `.` and `..`, which clients fold away in a URL.
    #[error("must not start or end with white space, nor be '.' or '..'")]
    Edge,
    /// A path is absolute.
    #[error("must start with '/'")]
    Relative,
    /// Over [`MAX_DEPTH`].
    #[error("must have at most 64 names")]
    TooDeep,
    /// A kind is a plain word.
    #[error("must be 1 to 64 characters of a-z, 0-9, '_', '-', '.', starting with a letter")]
    Kind,
}

/// The name of a node, unique under its parent: NFC, without `/` and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// Parses a name; text that is not NFC is normalised (UAX #15).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        if name.contains('/') {
            return Err(NameError::Slash);
        }
        if name.chars().any(is_hidden) {
            return Err(NameError::Control);
        }
        if name.trim() != name || name == "." || name == ".." {
            return Err(NameError::Edge);
        }
        Ok(Self(name))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters and bidirectional overrides: what makes two names look like one.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What a node is: `region`, `contract`, ..., and the kinds that have more to them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeKind(String);

impl NodeKind {
    /// The kind of `$global` alone.
    pub const GLOBAL: &'static str = "global";
    /// A realm.
    pub const REALM: &'static str = "realm";
    /// A user.
    pub const USER: &'static str = "user";
    /// A group of users.
    pub const GROUP: &'static str = "group";
    /// A service account.
    pub const SERVICE_ACCOUNT: &'static str = "service_account";
    /// An application: always a root.
    pub const APPLICATION: &'static str = "application";

    /// Parses a kind: a plain lower-case word.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase());
        let rest =
            text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c));
        if first && rest && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Kind)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nodes of this kind change only through operations of their own, never as plain nodes.
    pub fn is_managed(&self) -> bool {
        [
            Self::GLOBAL,
            Self::REALM,
            Self::USER,
            Self::GROUP,
            Self::SERVICE_ACCOUNT,
            Self::APPLICATION,
        ]
        .contains(&self.as_str())
    }
}

/// An absolute path of names: `/acme/companyA/contract1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePath(Vec<Name>);

impl NodePath {
    /// Parses `/a/b`; there is no path without a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let rest = text.strip_prefix('/').ok_or(NameError::Relative)?;
        let names =
            rest.split('/').take(MAX_DEPTH + 1).map(Name::parse).collect::<Result<Vec<_>, _>>()?;
        if names.len() > MAX_DEPTH { Err(NameError::TooDeep) } else { Ok(Self(names)) }
    }

    /// The names from the root down; at least one.
    pub fn names(&self) -> &[Name] {
        &self.0
    }

    /// The path of the parent and the own name; no parent for a root.
    pub fn split(&self) -> (Option<Self>, Name) {
        let (last, parent) = match self.0.split_last() {
            Some((last, parent)) => (last.clone(), parent.to_vec()),
            None => unreachable!("INVARIANT: a path has a name"),
        };
        ((!parent.is_empty()).then_some(Self(parent)), last)
    }

    /// This path with one more name at its end.
    pub fn child(&self, name: Name) -> Result<Self, NameError> {
        if self.0.len() == MAX_DEPTH {
            return Err(NameError::TooDeep);
        }
        let mut names = self.0.clone();
        names.push(name);
        Ok(Self(names))
    }
}

impl fmt::Display for NodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

/// How a caller names a node: its id, or its path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum NodeRef {
    /// By id.
    Id(NodeId),
    /// By path.
    Path(NodePath),
}

/// Why a reference to a node is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a node's id, or a path that starts with '/': {0}")]
pub struct NodeRefError(pub NameError);

impl FromStr for NodeRef {
    type Err = NodeRefError;

    fn from_str(text: &str) -> Result<Self, NodeRefError> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => NodePath::parse(text).map(Self::Path).map_err(NodeRefError),
        }
    }
}

impl fmt::Display for NodeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Path(path) => path.fmt(f),
        }
    }
}

/// Divides `name@owner`, the way roles and groups are named. An owner is mostly a path, and no name has a `/`, so the
/// first `@/` divides; else the last `@`.
pub fn split_owner(text: &str) -> (&str, Option<&str>) {
    let divided = match text.find("@/") {
        Some(at) => Some((&text[..at], &text[at + 1..])),
        None => text.rsplit_once('@'),
    };
    divided.map_or((text, None), |(name, owner)| (name, Some(owner)))
}

macro_rules! text_conversions {
    ($name:ident, $error:ty, $parse:expr) => {
        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                $parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    };
}

text_conversions!(Name, NameError, Name::parse);
text_conversions!(NodeKind, NameError, NodeKind::parse);
text_conversions!(NodeRef, NodeRefError, str::parse);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_normalised() {
        assert_eq!(Name::parse("e\u{301}").unwrap(), Name::parse("\u{e9}").unwrap());
    }

    #[test]
    fn bad_names_are_refused() {
        let long = "x".repeat(256);
        for (text, error) in [
            ("", NameError::Empty),
            (long.as_str(), NameError::TooLong),
            ("a/b", NameError::Slash),
            ("a\nb", NameError::Control),
            ("a\u{202e}b", NameError::Control),
            (" a", NameError::Edge),
            ("..", NameError::Edge),
        ] {
            assert_eq!(Name::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_path_is_absolute_and_has_names() {
        assert_eq!(NodePath::parse("/acme/companyA").unwrap().to_string(), "/acme/companyA");
        for text in ["", "/", "acme", "//a", "/a/", "/a//b"] {
            assert!(NodePath::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(NodePath::parse(&"/a".repeat(65)), Err(NameError::TooDeep));
    }

    #[test]
    fn a_path_splits_into_parent_and_name() {
        let (parent, name) = NodePath::parse("/a/b").unwrap().split();
        assert_eq!((parent.unwrap().to_string(), name.as_str()), ("/a".to_owned(), "b"));
        assert_eq!(NodePath::parse("/a").unwrap().split().0, None);
    }

    #[test]
    fn a_reference_is_an_id_or_a_path() {
        assert_eq!(NodeId::GLOBAL.to_string().parse(), Ok(NodeRef::Id(NodeId::GLOBAL)));
        assert!(matches!("/$global".parse(), Ok(NodeRef::Path(_))));
        assert!("acme".parse::<NodeRef>().is_err());
    }

    #[test]
    fn an_owner_is_divided_off() {
        for (text, expected) in [
            ("Editor", ("Editor", None)),
            ("Editor@/acme", ("Editor", Some("/acme"))),
            ("a@b@/acme/x@y", ("a@b", Some("/acme/x@y"))),
            ("x@/ac@/me", ("x", Some("/ac@/me"))),
            ("a@b@id", ("a@b", Some("id"))),
        ] {
            assert_eq!(split_owner(text), expected);
        }
    }

    #[test]
    fn managed_kinds_are_known() {
        assert!(NodeKind::parse("user").unwrap().is_managed());
        assert!(!NodeKind::parse("contract").unwrap().is_managed());
        assert_eq!(NodeKind::parse("Region"), Err(NameError::Kind));
    }
}
