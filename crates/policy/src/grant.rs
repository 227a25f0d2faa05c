//! What someone holds and could hand on, and why he may not.

use jiff::Timestamp;
use kernel::{AssignmentId, ConditionText, NodeId, Pattern};
use serde::{Deserialize, Serialize};

/// An allow: what, where, how long. Conditions make it smaller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What.
    pub pattern: Pattern,
    /// What not, although the pattern matches.
    pub except: Vec<Pattern>,
    /// Where.
    pub region: Region,
    /// Until when; absent: for good.
    pub until: Option<Timestamp>,
    /// The conditions, all of which must be true.
    pub when: Vec<ConditionText>,
    /// The fields of data; absent: all.
    pub fields: Option<Vec<String>>,
    /// The rows of data; absent: all.
    pub rows: Option<ConditionText>,
}

/// The nodes that are at or below all of some nodes (assignment's node, role's owner, rule's owner).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Region(Vec<NodeId>);

impl Region {
    /// The nodes at or below all of these; of none: every node.
    pub fn new(nodes: impl IntoIterator<Item = NodeId>) -> Self {
        let mut nodes: Vec<NodeId> =
            nodes.into_iter().filter(|node| *node != NodeId::GLOBAL).collect();
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.is_empty() {
            nodes.push(NodeId::GLOBAL);
        }
        Self(nodes)
    }

    /// The nodes that bound it, sorted; at least one. `$global` stands alone or not at all.
    pub fn nodes(&self) -> &[NodeId] {
        &self.0
    }
}

/// Why a principal may not grant, or not take over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "withheld", rename_all = "snake_case")]
pub enum Withheld {
    /// Nobody, a job for nobody, someone unknown, switched off or restricted.
    #[error("this principal cannot grant anything")]
    NotEntitled,
    /// Impersonation grants nothing.
    #[error("nothing can be granted while impersonating")]
    Impersonating,
    /// The grant names a node that is not there.
    #[error("the grant names an unknown node")]
    UnknownNode,
    /// The target is not a user or service account.
    #[error("there is no such user or service account")]
    UnknownSubject,
    /// Only superusers touch superusers.
    #[error("only a superuser may do this to a superuser")]
    SuperusersOnly,
    /// No allow of the giver covers this: not wide enough, too short, conditional, or not of the active role.
    #[error("one may grant only what one holds without condition: '{pattern}' is not covered")]
    NotHeld {
        /// What is not covered.
        pattern: Pattern,
    },
    /// A deny of the giver could reach into it.
    #[error("one may not grant what one is denied: '{pattern}' meets '{denied}'")]
    Denied {
        /// What was to be granted.
        pattern: Pattern,
        /// The pattern of the deny.
        denied: Pattern,
        /// The deny's assignment.
        assignment: AssignmentId,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_names_each_bound_once_and_global_alone() {
        let other = NodeId::ANONYMOUS;
        assert_eq!(Region::new([other, NodeId::GLOBAL, other]).nodes(), [other]);
        assert_eq!(Region::new([NodeId::GLOBAL]), Region::new([]));
        assert_eq!(Region::new([]).nodes(), [NodeId::GLOBAL]);
    }
}
