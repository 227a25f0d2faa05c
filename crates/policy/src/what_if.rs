//! Who gains and who loses what by changes that are not made: two snapshots, compared.
//!
//! Only those are compared whom the changes can reach, for those permissions that they can reach
//! ([`touched`](self::touched)); then the set of nodes before is taken from the set after, and the other way round. Nodes
//! that move or come change labels, so the sets are first put side by side ([`alignment`](self::alignment)). Subjects
//! that hold the same assignments without conditions are compared once.
//!
//! Either the answer is exact, with the number of all who gain or lose, or there is none ([`Unanswered`]).

mod alignment;
mod around;
mod difference;
mod names;
mod reached;
mod touched;

use jiff::Timestamp;
use kernel::{NodeId, Pattern, PermissionName};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    principal::{Principal, Who},
    ranges::Ranges,
    snapshot::Snapshot,
};
use alignment::Alignment;
use difference::Differences;
use touched::Touched;

/// What is compared, and of it, what is told.
#[derive(Clone, Copy)]
pub struct WhatIf<'a> {
    /// The world as it is.
    pub before: &'a Snapshot,
    /// The world as it would be.
    pub after: &'a Snapshot,
    /// What leads from one to the other, in order.
    pub changes: &'a [&'a Change],
    /// When: at this one moment both are asked.
    pub now: Timestamp,
    /// Permissions that are compared beside the registered ones and those that a rule names exactly.
    pub more: &'a [PermissionName],
    /// Only these permissions; absent: all.
    pub permissions: Option<&'a [PermissionName]>,
    /// Only these subjects; absent: all.
    pub subjects: Option<&'a [NodeId]>,
    /// Only nodes where this principal has this permission: before, or at nodes that come, after. Absent: all nodes.
    pub seen_by: Option<(&'a Principal, &'a PermissionName)>,
    /// How much may be compared.
    pub limits: Limits,
    /// Asked from time to time; `false` ends the work.
    pub goes_on: &'a (dyn Fn() -> bool + Sync),
}

/// How much may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most subjects that the changes may reach.
    pub subjects: usize,
    /// Most sets of nodes that are computed.
    pub sets: usize,
}

/// Which part of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// After this one; absent: from the beginning.
    pub after: Option<Position>,
    /// How many subjects.
    pub subjects: usize,
    /// How many nodes of each set are named.
    pub nodes: usize,
}

/// The place of a subject in the answer: those who are not signed in, those who are there by id, those who come in the
/// order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Nobody signed in.
    Nobody,
    /// A subject that is there before.
    Known(NodeId),
    /// The how manieth of those who come.
    New(u32),
}

/// Who gains and who loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How many subjects gain or lose something.
    pub total: usize,
    /// How many gain something.
    pub gaining: usize,
    /// How many lose something.
    pub losing: usize,
    /// One part of them, in order.
    pub part: Vec<SubjectChange>,
    /// Where the next part begins, if there is more.
    pub next: Option<Position>,
    /// Patterns of rules that the changes reach and that stand for more than the names that were compared: what nobody
    /// registered may be gained or lost too. None covers another.
    pub also: Vec<Pattern>,
    /// Whether nodes were left out because [`WhatIf::seen_by`] does not see them.
    pub is_partial: bool,
}

/// A subject that gains or loses something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectChange {
    /// Its place.
    pub position: Position,
    /// A user, a service account, or nobody.
    pub who: Who,
    /// What, at least one. Permissions with the same nodes are together.
    pub changes: Vec<PermissionChange>,
}

/// Permissions, and where they are gained and lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionChange {
    /// The permissions, sorted.
    pub permissions: Vec<PermissionName>,
    /// Where they are allowed only after.
    pub gained: NodeSet,
    /// Where they are allowed only before.
    pub lost: NodeSet,
}

/// A set of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSet {
    /// Their labels: of what is gained, the labels after; of what is lost, before.
    pub ranges: Ranges,
    /// How many.
    pub total: usize,
    /// The first of them, in the order of labels.
    pub first: Vec<NodeId>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// More than [`Limits::subjects`].
    #[error("the change reaches more than {0} users and service accounts")]
    Subjects(usize),
    /// More than [`Limits::sets`].
    #[error("more than {0} sets of nodes would have to be compared")]
    Sets(usize),
    /// It was stopped.
    #[error("the comparison was stopped")]
    Stopped,
}

impl WhatIf<'_> {
    /// Compares.
    pub fn ask(&self, part: Part) -> Result<Outcome, Unanswered> {
        let alignment = Alignment::new(self);
        let touched = Touched::find(self)?;
        let mut differences = Differences::new(self, &alignment, &touched);
        let (mut total, mut gaining, mut losing) = (0, 0, 0);
        let (mut found, mut more) = (Vec::new(), false);
        for (position, who, names) in touched.in_order() {
            let changes = differences.of(&who, names)?;
            if changes.is_empty() {
                continue;
            }
            total += 1;
            gaining += usize::from(changes.iter().any(|change| change.gained.total > 0));
            losing += usize::from(changes.iter().any(|change| change.lost.total > 0));
            if part.after.is_some_and(|after| position <= after) {
                continue;
            }
            if found.len() == part.subjects {
                more = true;
                continue;
            }
            let changes = differences.name(&changes, part.nodes);
            found.push(SubjectChange { position, who, changes });
        }
        let next = found.last().filter(|_| more).map(|last| last.position);
        let is_partial = differences.is_partial();
        let also = touched.also;
        Ok(Outcome { total, gaining, losing, part: found, next, also, is_partial })
    }
}

impl Snapshot {
    /// How many nodes have these labels.
    fn count_labelled(&self, ranges: &Ranges) -> usize {
        ranges.as_slice().iter().map(|(from, to)| self.forest.count(*from, *to)).sum()
    }

    /// Those of the ranges that have a node.
    fn inhabited(&self, ranges: &Ranges) -> Ranges {
        let all = ranges.as_slice().iter().copied();
        Ranges::of(all.filter(|(from, to)| self.forest.count(*from, *to) > 0).collect())
    }

    /// The nodes with these labels, in their order.
    fn labelled<'a>(&'a self, ranges: &'a Ranges) -> impl Iterator<Item = NodeId> + 'a {
        let all = ranges.as_slice().iter();
        let labels = all.flat_map(|(from, to)| self.forest.between(*from, *to));
        labels.map(|(_, node)| self.forest.id(node))
    }
}
