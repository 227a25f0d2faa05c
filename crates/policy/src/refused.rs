//! Why a change is refused.

use kernel::{AssignmentId, NodeId, PermissionId, RoleId};

/// Why a change does not fit the world. A refused change altered nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// A node it names is not there.
    #[error("there is no node {0}")]
    UnknownNode(NodeId),
    /// A role it names is not there.
    #[error("there is no role {0}")]
    UnknownRole(RoleId),
    /// A permission it names is not there.
    #[error("there is no permission {0}")]
    UnknownPermission(PermissionId),
    /// An assignment it names is not there.
    #[error("there is no assignment {0}")]
    UnknownAssignment(AssignmentId),
    /// The node is neither a user, a service account nor a group, or not the one it is meant to be.
    #[error("node {0} is not a subject of that kind")]
    NotASubject(NodeId),
    /// What is to be added is there already.
    #[error("it exists already")]
    Exists,
    /// What is to go is not there.
    #[error("it does not exist")]
    Missing,
    /// A node would be above itself, or a group within itself.
    #[error("this would close a cycle")]
    Cycle,
    /// `$global` has no parent, connects to every root by itself, and stays.
    #[error("$global and its connections cannot be changed")]
    Global,
    /// The labels do not fit the tree: outside the parent, or over another node.
    #[error("the labels of node {0} do not fit the tree")]
    BadLabel(NodeId),
    /// The numbering has no room for so many nodes.
    #[error("there is no room for so many nodes")]
    NoRoom,
    /// Something refers to it.
    #[error("it is still referred to")]
    InUse,
    /// A built-in name as the name of an attribute or property.
    #[error("the name '{0}' is built in")]
    ReservedName(String),
    /// A condition reads a property whose values were not given; see [`Snapshot::keep_property`].
    ///
    /// [`Snapshot::keep_property`]: crate::Snapshot::keep_property
    #[error("the property '{0}' is not kept")]
    PropertyNotKept(String),
    /// Members are listed in listed groups alone.
    #[error("the members of this group are computed")]
    ComputedGroup,
}
