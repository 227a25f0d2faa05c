//! What refers to a node.

use kernel::NodeId;
use serde::Serialize;

use crate::snapshot::Snapshot;

/// How many things of each sort refer to a node. While there is one, the node cannot be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Usage {
    /// Nodes directly below.
    pub children: usize,
    /// Connections from or to it, sharing of sign-in included.
    pub connections: usize,
    /// Assignments at it.
    pub assignments: usize,
    /// Assignments to it.
    pub held_assignments: usize,
    /// Roles it owns.
    pub roles: usize,
    /// Roles with a rule that it owns.
    pub rules: usize,
    /// Permissions it owns.
    pub permissions: usize,
    /// Its members, and groups of which it is one.
    pub memberships: usize,
    /// Subjects and computed groups of this realm.
    pub of_realm: usize,
    /// Itself as a user, service account or group.
    pub as_subject: usize,
}

impl Usage {
    /// Whether nothing refers to it.
    pub fn is_unused(&self) -> bool {
        *self == Self::default()
    }
}

impl Snapshot {
    /// What refers to the node; `None` if there is no such node.
    pub fn usage(&self, node: NodeId) -> Option<Usage> {
        Some(self.usage_of(self.forest.find(node)?))
    }

    pub(crate) fn usage_of(&self, node: u32) -> Usage {
        let ends = |relation: &crate::links::Relation| {
            relation.count_lefts(node) + relation.count_rights(node)
        };
        let subject = self.people.subjects.has(&node);
        let group = self.people.groups.has(&node);
        Usage {
            children: self.forest.children(Some(node)).count(),
            connections: ends(&self.links.inherited) + ends(&self.links.sharing),
            assignments: self.assignments.by_node.count_of(node),
            held_assignments: self.assignments.by_subject.of(node).len(),
            roles: self.roles.owned.count_of(node),
            rules: self.roles.rules_owned.count_of(node),
            permissions: self.permissions.owned.count_of(node),
            memberships: ends(&self.people.members),
            of_realm: self.people.of_realm.count_of(node),
            as_subject: usize::from(subject) + usize::from(group),
        }
    }
}
