//! Roles, references to them, and what the operations of this crate ask.

use std::{fmt, str::FromStr};

use context::{Action, Resource};
use jiff::Timestamp;
use kernel::{
    Name, NodeId, NodeRef, Problem, RoleId,
    name::{NameError, split_owner},
};
use policy::Rule;
use serde::{Deserialize, Serialize};

/// A role: a named set of rules, owned by the node at and below which it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name, unique among the roles of its owner.
    pub name: Name,
    /// The node that owns it.
    pub owner: NodeId,
    /// Its rules; their order means nothing.
    pub rules: Vec<Rule>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

impl Resource for Role {
    fn node(&self) -> NodeId {
        self.owner
    }
}

impl Role {
    /// 409 if the system made it.
    pub fn refuse_built_in(&self) -> Result<(), Problem> {
        if self.id.is_built_in() {
            return Err(Problem::conflict("A built-in role cannot be changed."));
        }
        Ok(())
    }
}

/// How a caller names a role: by id, or `name@owner`. Without `@` the owner is `$global`; the last `@` counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleRef {
    /// By id.
    Id(RoleId),
    /// By name and owner.
    Named {
        /// The name.
        name: Name,
        /// The owner; absent: `$global`.
        owner: Option<NodeRef>,
    },
}

/// Why a reference to a role is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleRefError {
    /// The part before `@`.
    #[error("the role's name {0}")]
    Name(#[from] NameError),
    /// The part after `@`.
    #[error("the role's owner {0}")]
    Owner(#[from] kernel::name::NodeRefError),
}

impl FromStr for RoleRef {
    type Err = RoleRefError;

    fn from_str(text: &str) -> Result<Self, RoleRefError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let (name, owner) = split_owner(text);
        let owner = owner.map(str::parse).transpose()?;
        Ok(Self::Named { name: Name::parse(name)?, owner })
    }
}

impl TryFrom<String> for RoleRef {
    type Error = RoleRefError;
    fn try_from(text: String) -> Result<Self, RoleRefError> {
        text.parse()
    }
}

impl From<RoleRef> for String {
    fn from(role: RoleRef) -> String {
        role.to_string()
    }
}

impl fmt::Display for RoleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Named { name, owner: None } => name.fmt(f),
            Self::Named { name, owner: Some(owner) } => write!(f, "{name}@{owner}"),
        }
    }
}

/// Making, changing and deleting roles, and registering permissions; asked at the owner.
#[derive(Debug)]
pub struct ManageRole;

impl Action for ManageRole {
    type Resource = NodeId;
    const PERMISSION: &'static str = "access:role";
}

/// Making and removing assignments; asked at their node.
#[derive(Debug)]
pub struct Assign;

impl Action for Assign {
    type Resource = NodeId;
    const PERMISSION: &'static str = "access:assign";
}

/// Seeing roles, permissions and assignments, and asking about others; asked at the node.
#[derive(Debug)]
pub struct Inspect;

impl Action for Inspect {
    type Resource = NodeId;
    const PERMISSION: &'static str = "access:inspect";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_with_its_owner() {
        for text in ["admin", "Editor@/acme", "a@b@/acme/x@y", "x@/$global"] {
            assert_eq!(text.parse::<RoleRef>().unwrap().to_string(), text);
        }
        let RoleRef::Named { name, owner } = "a@b@/acme".parse().unwrap() else { panic!() };
        assert_eq!((name.as_str(), owner.unwrap().to_string()), ("a@b", "/acme".to_owned()));
        assert_eq!(RoleId::ADMIN.to_string().parse(), Ok(RoleRef::Id(RoleId::ADMIN)));
    }

    #[test]
    fn malformed_references_are_refused() {
        for text in ["", "@/acme", "Editor@", "Editor@acme", "a/b"] {
            assert!(text.parse::<RoleRef>().is_err(), "{text}");
        }
    }
}
