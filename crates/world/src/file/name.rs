//! How a file names things: nodes by path, users as `name@realm`, roles and groups as `name@/owner/path`. Ids mean
//! nothing in another environment, so a file has none.

use std::{fmt, str::FromStr};

use kernel::{
    Name, NodePath,
    name::{NameError, split_owner},
};
use serde::{Deserialize, Serialize};

/// The name of the system root.
const GLOBAL: &str = "$global";

/// Where a node is: a path, `/acme/companyA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place(pub NodePath);

/// A role, group or service account: its name, and the node that owns it. Written `name@/owner/path`, or `name` alone
/// where `$global` owns it; the last `@` counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnedName {
    /// The name.
    pub name: Name,
    /// The owner.
    pub owner: Place,
}

/// A user: `name@realm`; the last `@` counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName {
    /// The name.
    pub name: Name,
    /// The realm.
    pub realm: Name,
}

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongName {
    /// A part of it.
    #[error("'{0}' {1}")]
    Part(String, NameError),
    /// A user without a realm.
    #[error("'{0}' must be a user and a realm: name@realm")]
    NoRealm(String),
}

impl Place {
    /// The place of `$global`.
    pub fn global() -> Self {
        match NodePath::parse("/$global") {
            Ok(path) => Self(path),
            Err(_) => unreachable!("INVARIANT: /$global is a path"),
        }
    }

    /// The place of a root.
    pub fn root(name: &Name) -> Self {
        match NodePath::parse(&format!("/{name}")) {
            Ok(path) => Self(path),
            Err(_) => unreachable!("INVARIANT: a slash and a name are a path"),
        }
    }

    /// The place of a child.
    pub fn child(&self, name: &Name) -> Result<Self, NameError> {
        self.0.child(name.clone()).map(Self)
    }

    /// The place of the parent; none for a root.
    pub fn parent(&self) -> Option<Self> {
        self.0.split().0.map(Self)
    }

    /// The last name.
    pub fn name(&self) -> Name {
        self.0.split().1
    }

    /// The root above it.
    pub fn top(&self) -> Self {
        match self.0.names().first() {
            Some(name) => Self::root(name),
            None => unreachable!("INVARIANT: a path has a name"),
        }
    }

    /// How many names it has; at least one.
    pub fn depth(&self) -> usize {
        self.0.names().len()
    }

    /// Whether it is `$global`.
    pub fn is_global(&self) -> bool {
        matches!(self.0.names(), [name] if name.as_str() == GLOBAL)
    }
}

impl OwnedName {
    /// Where the thing is, if it is a node.
    pub fn place(&self) -> Result<Place, NameError> {
        self.owner.child(&self.name)
    }
}

impl UserName {
    /// Where the user is.
    pub fn place(&self) -> Place {
        match Place::root(&self.realm).child(&self.name) {
            Ok(place) => place,
            Err(_) => unreachable!("INVARIANT: two names are no deep path"),
        }
    }
}

fn part(text: &str) -> Result<Name, WrongName> {
    Name::parse(text).map_err(|error| WrongName::Part(text.to_owned(), error))
}

impl FromStr for Place {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        NodePath::parse(text).map(Self).map_err(|error| WrongName::Part(text.to_owned(), error))
    }
}

impl FromStr for OwnedName {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        let (name, owner) = split_owner(text);
        let owner = owner.map_or_else(|| Ok(Place::global()), str::parse)?;
        Ok(Self { name: part(name)?, owner })
    }
}

impl FromStr for UserName {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        let (name, realm) =
            text.rsplit_once('@').ok_or_else(|| WrongName::NoRealm(text.to_owned()))?;
        Ok(Self { name: part(name)?, realm: part(realm)? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for OwnedName {
    /// Without its owner only where that reads back as the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.owner.is_global() && !self.name.as_str().contains('@') {
            self.name.fmt(f)
        } else {
            write!(f, "{}@{}", self.name, self.owner)
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.realm)
    }
}

macro_rules! text_conversions {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = WrongName;
            fn try_from(text: String) -> Result<Self, WrongName> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )+};
}

text_conversions!(Place, OwnedName, UserName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_at_sign_divides() {
        let user: UserName = "jane@example.com@staff".parse().unwrap();
        assert_eq!((user.name.as_str(), user.realm.as_str()), ("jane@example.com", "staff"));
        let role: OwnedName = "a@b@/acme/x".parse().unwrap();
        assert_eq!((role.name.as_str(), role.owner.to_string().as_str()), ("a@b", "/acme/x"));
    }

    #[test]
    fn names_survive_text() {
        for text in ["editor", "Editor@/acme", "a@b@/$global", "x@/a/b"] {
            assert_eq!(text.parse::<OwnedName>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn without_an_owner_global_owns_it() {
        let name: OwnedName = "editor".parse().unwrap();
        assert!(name.owner.is_global());
        assert_eq!(name.place().unwrap().to_string(), "/$global/editor");
    }

    #[test]
    fn malformed_names_are_refused() {
        assert!("jane".parse::<UserName>().is_err());
        assert!("jane@".parse::<UserName>().is_err());
        assert!("x@acme".parse::<OwnedName>().is_err());
        assert!("@/acme".parse::<OwnedName>().is_err());
        assert!("acme".parse::<Place>().is_err());
    }
}
