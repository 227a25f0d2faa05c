//! Regions: the nodes at and below a node, along the tree and connections, as ranges of labels.

use std::collections::BTreeMap;

use crate::{forest::LABEL_END, ranges::Ranges, snapshot::Snapshot};

/// The nodes that bound where a rule counts, without those above another: what is below the latter is below the former.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    nodes: [u32; 3],
    count: usize,
}

impl Bounds {
    /// At least one, and none above another.
    pub(crate) fn nodes(&self) -> &[u32] {
        &self.nodes[..self.count]
    }

    /// The one, if there is just one.
    pub(crate) fn only(&self) -> Option<u32> {
        match self.nodes() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

impl Snapshot {
    pub(crate) fn narrowest(&self, bounds: [u32; 3]) -> Bounds {
        let mut kept = Bounds { nodes: bounds, count: 0 };
        for (at, bound) in bounds.into_iter().enumerate() {
            // Of equal ones the first stays.
            let lower = |(other, below): (usize, &u32)| {
                if *below == bound { other < at } else { self.reaches(bound, *below) }
            };
            if !bounds.iter().enumerate().any(lower) {
                kept.nodes[kept.count] = bound;
                kept.count += 1;
            }
        }
        kept
    }

    /// Whether the node is at or below all of them.
    pub(crate) fn is_within(&self, bounds: &Bounds, node: u32) -> bool {
        bounds.nodes().iter().all(|bound| self.reaches(*bound, node))
    }

    /// The labels of a node and of all below it by parents; `$global` is above everything.
    pub(crate) fn span(&self, node: u32) -> (i64, i64) {
        if self.forest.is_global(node) {
            return (0, LABEL_END);
        }
        let row = self.forest.row(node);
        (row.label, row.end)
    }

    /// The labels of the nodes at and below any of these. On the way up from any of them the lowest connection, if there
    /// is one, leads to a node that is below too, and from there on down it is all children: so they are the subtrees of
    /// these, and of the nodes connected from within, over and over.
    pub(crate) fn region_of(&self, mut open: Vec<u32>) -> Ranges {
        let mut cover = Cover::default();
        while let Some(node) = open.pop() {
            let (from, to) = self.span(node);
            if cover.add(from, to) && !self.forest.is_global(node) {
                let givers = self.givers.within(from, to);
                open.extend(givers.flat_map(|giver| self.links.inherited.rights(giver)));
            }
        }
        cover.ranges()
    }

    /// The labels of the nodes at and below it.
    pub(crate) fn region(&self, bound: u32) -> Ranges {
        self.region_of(vec![bound])
    }

    /// The labels of the nodes at and below all of the bounds.
    pub(crate) fn region_within(&self, bounds: &Bounds) -> Ranges {
        let regions = bounds.nodes().iter().map(|bound| self.region(*bound));
        regions.reduce(|a, b| a.within(&b)).unwrap_or_else(Ranges::none)
    }
}

/// Ranges of which any two are apart or one lies in the other, as subtrees do; the inner ones dropped.
#[derive(Debug, Default)]
struct Cover {
    by_start: BTreeMap<i64, i64>,
}

impl Cover {
    /// Whether it was not yet covered.
    fn add(&mut self, from: i64, to: i64) -> bool {
        let before = self.by_start.range(..=from).next_back();
        if before.is_some_and(|(_, end)| *end >= to) {
            return false;
        }
        while let Some((inner, _)) = self.by_start.range(from..to).next() {
            let inner = *inner;
            self.by_start.remove(&inner);
        }
        self.by_start.insert(from, to);
        true
    }

    fn ranges(self) -> Ranges {
        let mut ranges = Ranges::none();
        self.by_start.into_iter().for_each(|(from, to)| ranges.push(from, to));
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_covered_is_added_no_more() {
        let mut cover = Cover::default();
        let added = [(4, 6), (7, 8), (4, 6), (2, 10), (7, 8), (12, 13), (10, 12)]
            .map(|(from, to)| cover.add(from, to));
        assert_eq!(added, [true, true, false, true, false, true, true]);
        assert_eq!(cover.ranges().as_slice(), [(2, 13)]);
    }
}
