//! Where assignments may count differently after the tree has changed.

use std::collections::BTreeSet;

use kernel::NodeId;

use super::WhatIf;
use crate::{ranges::Ranges, snapshot::Snapshot};

/// The nodes at which an assignment may count differently: those whose place differs, those that inherit from them, and
/// all above these, before or after.
pub(super) enum Around {
    /// Too many to tell.
    Any,
    These {
        above: BTreeSet<NodeId>,
        /// Their labels, before and after.
        below: [Ranges; 2],
    },
}

/// So many pairs of a node and a connection are looked at.
const MOST_PAIRS: usize = 10_000_000;

impl Around {
    pub(super) fn of(what_if: &WhatIf<'_>, placed: &BTreeSet<NodeId>) -> Self {
        let mut all = BTreeSet::new();
        let mut below: [Ranges; 2] = Default::default();
        for (side, below) in [what_if.before, what_if.after].into_iter().zip(&mut below) {
            let tops: Vec<u32> = placed
                .iter()
                .filter(|id| side.parent(**id).is_none_or(|parent| !placed.contains(&parent)))
                .filter_map(|id| side.forest.find(*id))
                .collect();
            let connected: Vec<u32> = side.links.inherited.all_rights().collect();
            if tops.len().saturating_mul(connected.len()) > MOST_PAIRS {
                return Self::Any;
            }
            let inherits = |node: &&u32| tops.iter().any(|top| side.reaches(*top, **node));
            let entries: Vec<u32> =
                connected.iter().filter(inherits).chain(&tops).copied().collect();
            let rows = entries.iter().map(|node| side.forest.row(*node));
            *below = Ranges::of(rows.map(|row| (row.label, row.end)).collect());
            all.extend(entries.iter().flat_map(|node| side.ancestors(side.forest.id(*node))));
        }
        Self::These { above: all, below }
    }

    pub(super) fn has(&self, what_if: &WhatIf<'_>, node: NodeId) -> bool {
        let Self::These { above, below } = self else { return true };
        let inside = |side: &Snapshot, below: &Ranges| {
            side.labels(node).is_some_and(|labels| below.contains(labels.label))
        };
        above.contains(&node)
            || inside(what_if.before, &below[0])
            || inside(what_if.after, &below[1])
    }
}
