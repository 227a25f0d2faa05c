//! What a group is.

use jiff::Timestamp;
use kernel::{Name, NodeId, Problem};
use policy::Membership;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group of users, service accounts and groups. Its node stands under its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its node.
    pub id: NodeId,
    /// The parent of the node.
    pub owner: NodeId,
    /// Its name, unique under the owner.
    pub name: Name,
    /// What sort of group.
    pub kind: GroupKind,
    /// Who is in it.
    pub membership: Membership,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

/// What sort of group it is. The engine makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// People who are given the same.
    #[default]
    Group,
    /// A part of an organisation.
    Department,
}

/// A member, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Its node.
    pub id: NodeId,
    /// The kind of the node: user, service account or group.
    pub kind: String,
    /// The name of the node.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

impl GroupKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Department => "department",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Group, Self::Department].into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Group {
    /// Whether the system made it and computes its members; such a group stays as it is.
    pub fn is_built_in(&self) -> bool {
        self.membership != Membership::Listed
    }

    /// 409 if the system made it.
    pub fn refuse_built_in(&self) -> Result<(), Problem> {
        if self.is_built_in() {
            return Err(Problem::conflict("A built-in group and its members stay as they are."));
        }
        Ok(())
    }

    /// What the engine knows of it.
    pub fn saved(&self) -> policy::Change {
        policy::Change::GroupSaved { id: self.id, membership: self.membership }
    }
}

impl context::Resource for Group {
    fn node(&self) -> NodeId {
        self.id
    }
}
