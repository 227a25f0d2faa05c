//! How users and groups are named in texts: `jane@staff`, `clerks@/acme/companyA`. The last `@` counts.

use std::fmt;

use kernel::{
    Name, NodeId, NodePath,
    name::{NameError, split_owner},
};
use serde::{Deserialize, Serialize};

/// Why a reference is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefRefused {
    /// No realm.
    #[error("must be a user name, '@' and a realm")]
    NoRealm,
    /// A root: no group is one.
    #[error("must name a group below its owner")]
    NoOwner,
    /// A part that is no name.
    #[error("{0}")]
    Name(#[from] NameError),
}

/// A user: `name@realm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserRef {
    /// The user name.
    pub username: Name,
    /// The realm's name.
    pub realm: Name,
}

impl TryFrom<String> for UserRef {
    type Error = RefRefused;

    fn try_from(text: String) -> Result<Self, RefRefused> {
        let (username, realm) = text.rsplit_once('@').ok_or(RefRefused::NoRealm)?;
        Ok(Self { username: Name::parse(username)?, realm: Name::parse(realm)? })
    }
}

impl From<UserRef> for String {
    fn from(reference: UserRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.username, self.realm)
    }
}

/// A group: its id, its path as a node, or `name@/path/of/owner`; without `@` the owner is `$global`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum GroupRef {
    /// By id.
    Id(NodeId),
    /// By name and owner.
    Named {
        /// The group's name.
        name: Name,
        /// The path of its owner; none: `$global`.
        owner: Option<NodePath>,
    },
}

impl TryFrom<String> for GroupRef {
    type Error = RefRefused;

    fn try_from(text: String) -> Result<Self, RefRefused> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        if text.starts_with('/') {
            return match NodePath::parse(&text)?.split() {
                (Some(owner), name) => Ok(Self::Named { name, owner: Some(owner) }),
                (None, _) => Err(RefRefused::NoOwner),
            };
        }
        let (name, owner) = split_owner(&text);
        let owner = owner.map(NodePath::parse).transpose()?;
        Ok(Self::Named { name: Name::parse(name)?, owner })
    }
}

impl From<GroupRef> for String {
    fn from(reference: GroupRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for GroupRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Named { name, owner: None } => name.fmt(f),
            Self::Named { name, owner: Some(owner) } => write!(f, "{name}@{owner}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_at_divides() {
        let user = UserRef::try_from("jane@example.com@staff".to_owned()).unwrap();
        assert_eq!((user.username.as_str(), user.realm.as_str()), ("jane@example.com", "staff"));
        assert!(UserRef::try_from("jane".to_owned()).is_err());
        assert!(UserRef::try_from("@staff".to_owned()).is_err());
    }

    #[test]
    fn a_group_without_owner_is_of_global() {
        for text in ["clerks", "clerks@/acme/companyA", "00000000-0000-8000-8000-000000000002"] {
            assert_eq!(GroupRef::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        assert!(GroupRef::try_from("clerks@acme".to_owned()).is_err());
        let by_path = GroupRef::try_from("/acme/companyA/clerks".to_owned()).unwrap();
        assert_eq!(by_path.to_string(), "clerks@/acme/companyA");
        assert_eq!(GroupRef::try_from("/clerks".to_owned()), Err(RefRefused::NoOwner));
        assert!(matches!(
            GroupRef::try_from("authenticated".to_owned()),
            Ok(GroupRef::Named { owner: None, .. })
        ));
    }
}
