//! Two numberings of the tree, side by side.
//!
//! A node that no change labels has the same label in both. The others are taken in runs: neighbours in one numbering
//! whose labels ascend in the other too. A moved subtree is one run, and so is what was numbered anew; so a set of ranges
//! is carried over by arithmetic, not node by node.

use std::collections::BTreeSet;

use kernel::NodeId;

use super::WhatIf;
use crate::{change::Change, ranges::Ranges, snapshot::Snapshot};

/// Both numberings.
#[derive(Debug)]
pub(super) struct Alignment {
    /// Carries sets of the labels before to the labels after.
    pub(super) onward: Carrier,
    /// The other way round.
    pub(super) back: Carrier,
}

/// Carries sets of labels from one numbering to another.
#[derive(Debug)]
pub(super) struct Carrier {
    /// In the order of the labels carried to.
    runs: Vec<Run>,
    /// The labels of all runs.
    hulls: Ranges,
}

/// Nodes that are neighbours in the numbering carried to.
#[derive(Debug)]
struct Run {
    /// Their labels there.
    to: Vec<i64>,
    /// Their labels in the numbering carried from, ascending; none if they are not in it.
    from: Vec<i64>,
}

impl Alignment {
    pub(super) fn new(what_if: &WhatIf<'_>) -> Self {
        let (before, after) = (what_if.before, what_if.after);
        let label = |snapshot: &Snapshot, id| snapshot.labels(id).map(|labels| labels.label);
        let pairs: Vec<(Option<i64>, Option<i64>)> = labelled(what_if.changes)
            .into_iter()
            .map(|id| (label(before, id), label(after, id)))
            .filter(|(before, after)| before != after)
            .collect();
        let onward = pairs.iter().filter_map(|(from, to)| Some(((*to)?, *from))).collect();
        let back = pairs.iter().filter_map(|(to, from)| Some(((*to)?, *from))).collect();
        Self { onward: Carrier::new(after, onward), back: Carrier::new(before, back) }
    }
}

/// The nodes that may have other labels, or are in one of the two only.
fn labelled(changes: &[&Change]) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::new();
    for change in changes {
        match change {
            Change::NodeSaved { id, .. } | Change::NodeDeleted { id } => {
                found.insert(*id);
            }
            Change::NodeMoved { labels, .. } | Change::NodesLabelled { labels } => {
                found.extend(labels.iter().map(|labelled| labelled.id));
            }
            _ => {}
        }
    }
    found
}

impl Carrier {
    /// From the labels carried to, and those carried from where there are any.
    fn new(target: &Snapshot, mut pairs: Vec<(i64, Option<i64>)>) -> Self {
        pairs.sort_unstable();
        let mut runs: Vec<Run> = Vec::new();
        for (to, from) in pairs {
            match runs.last_mut().filter(|run| run.goes_on(target, to, from)) {
                Some(run) => {
                    run.to.push(to);
                    run.from.extend(from);
                }
                None => runs.push(Run { to: vec![to], from: from.into_iter().collect() }),
            }
        }
        let hulls = Ranges::of(runs.iter().map(|run| run.part(0, run.to.len())).collect());
        Self { runs, hulls }
    }

    /// The labels, in the numbering carried to, of the nodes that have these in the other; of no node that has none.
    pub(super) fn carry(&self, set: &Ranges) -> Ranges {
        let mut found = set.minus(&self.hulls).as_slice().to_vec();
        for run in &self.runs {
            let (Some(first), Some(last)) = (run.from.first(), run.from.last()) else { continue };
            let start = set.as_slice().partition_point(|(_, to)| to <= first);
            let near = set.as_slice()[start..].iter().take_while(|(from, _)| from <= last);
            for (from, to) in near {
                let start = run.from.partition_point(|label| label < from);
                let end = run.from.partition_point(|label| label < to);
                if start < end {
                    found.push(run.part(start, end));
                }
            }
        }
        Ranges::of(found)
    }

    /// The labels of the nodes that are in the numbering carried to only.
    pub(super) fn new_ones(&self) -> Ranges {
        let new = self.runs.iter().filter(|run| run.from.is_empty());
        Ranges::of(new.map(|run| run.part(0, run.to.len())).collect())
    }
}

impl Run {
    /// Whether the next node belongs to it: no other stands between, and both labels ascend.
    fn goes_on(&self, target: &Snapshot, to: i64, from: Option<i64>) -> bool {
        let ascends = match (self.from.last(), from) {
            (None, None) => true,
            (Some(last), Some(from)) => *last < from,
            _ => false,
        };
        ascends && self.to.last().is_some_and(|last| target.forest.count(last + 1, to) == 0)
    }

    /// The labels of its nodes from one place to another, as one range.
    fn part(&self, start: usize, end: usize) -> (i64, i64) {
        (self.to[start], self.to[end - 1] + 1)
    }
}
