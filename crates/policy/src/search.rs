//! Questions with one part left open: where, who, what. An answer is prepared once, and then read in pages.

use jiff::Timestamp;
use kernel::{NodeId, NodeKind, PermissionName};
use serde::{Deserialize, Serialize};

use crate::{
    nodes::AllowedNodes, principal::Principal, question::Context, snapshot::Snapshot,
    subjects::AllowedSubjects,
};

/// At which nodes may this principal do this?
#[derive(Debug, Clone, Copy)]
pub struct NodeSearch<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// What.
    pub permission: &'a PermissionName,
    /// Only this node and what is below it by parents, connections aside; unknown: nothing.
    pub under: Option<NodeId>,
    /// Only this kind.
    pub kind: Option<&'a NodeKind>,
    /// Who is told: nodes where he may not do this are left out.
    pub told: Option<(&'a Principal, &'a PermissionName)>,
    /// What conditions may read beside stored facts.
    pub context: &'a Context,
    /// When.
    pub now: Timestamp,
}

/// Who may do this at this node?
#[derive(Debug, Clone, Copy)]
pub struct SubjectSearch<'a> {
    /// What.
    pub permission: &'a PermissionName,
    /// Where; unknown: nobody.
    pub node: NodeId,
    /// What conditions may read beside stored facts.
    pub context: &'a Context,
    /// When.
    pub now: Timestamp,
}

/// A page of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T, P> {
    /// What was found, in the order of the answer.
    pub items: Vec<T>,
    /// Where the next page goes on; absent on the last one.
    pub next: Option<P>,
}

/// The search was told not to go on, and has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Where a page of nodes ended. It may come back from a client: a made-up one gives other pages of the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The subtrees that come first.
    pub(crate) tops: Vec<NodeId>,
    /// Whether those are done, and it is about the rest.
    pub(crate) rest: bool,
    /// The last node of the page.
    pub(crate) node: NodeId,
    /// The label that it had.
    pub(crate) label: i64,
    /// A digest of the nodes above it: another one now tells that it was moved.
    pub(crate) lineage: u64,
}

impl Snapshot {
    /// The nodes where the answer is allow.
    pub fn nodes<'a>(&'a self, search: &NodeSearch<'a>) -> AllowedNodes<'a> {
        AllowedNodes::new(self, search)
    }

    /// The users and service accounts for whom the answer is allow, with no session.
    pub fn subjects(&self, search: &SubjectSearch<'_>) -> AllowedSubjects {
        AllowedSubjects::new(self, search)
    }
}
