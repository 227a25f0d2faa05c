//! Where someone may do something.

use std::collections::BTreeSet;

use kernel::NodeId;

use crate::{
    ranges::Ranges,
    search::{Found, NodeSearch, Position},
    snapshot::Snapshot,
};

/// The nodes where the answer is allow.
#[derive(Debug)]
pub struct AllowedNodes<'a> {
    snapshot: &'a Snapshot,
    search: NodeSearch<'a>,
}

impl<'a> AllowedNodes<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, search: &NodeSearch<'a>) -> Self {
        Self { snapshot, search: *search }
    }

    /// Up to `limit` of them, after this position. A page goes on where the one before ended, whatever was written in
    /// between: what stayed in its place and stayed allowed is on one page, once.
    pub fn page(&self, after: Option<&Position>, limit: usize) -> Found<NodeId, Position> {
        let from = after.map_or(0, |position| self.snapshot.after(position));
        let mut found: Vec<u32> = self.all(from).take(limit.saturating_add(1)).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|node| {
            let row = self.snapshot.forest.row(*node);
            let lineage = self.snapshot.lineage(*node);
            Position { tops: Vec::new(), rest: true, node: row.id, label: row.label, lineage }
        });
        let items = found.into_iter().map(|node| self.snapshot.forest.id(node)).collect();
        Found { items, next }
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.all(0).count()
    }

    fn all(&self, from: i64) -> impl Iterator<Item = u32> + '_ {
        let forest = &self.snapshot.forest;
        let NodeSearch { principal, permission, under, kind, told, context, now } = self.search;
        let mut ranges = self.snapshot.scope(principal, permission, context, now);
        if let Some((principal, permission)) = told {
            ranges = ranges.within(&self.snapshot.scope(principal, permission, context, now));
        }
        if let Some(under) = under {
            let row = forest.find(under).map(|node| forest.row(node));
            ranges = ranges
                .within(&row.map_or(Ranges::none(), |row| Ranges::of(vec![(row.label, row.end)])));
        }
        let all: BTreeSet<(i64, i64)> = ranges.as_slice().iter().copied().collect();
        all.into_iter()
            .flat_map(move |(a, b)| {
                forest.order.from(&a.max(from)).take_while(move |(label, _)| **label < b)
            })
            .map(|(_, node)| *node)
            .filter(move |node| kind.is_none_or(|kind| forest.kind(*node) == kind))
    }
}

impl Snapshot {
    /// The first label after a position. If the node has got another label where it is, all around it have, in the same
    /// order; if it was moved or is gone, those that stayed have kept theirs.
    pub(crate) fn after(&self, position: &Position) -> i64 {
        let stayed = self.forest.find(position.node);
        let stayed = stayed.filter(|node| self.lineage(*node) == position.lineage);
        stayed.map_or(position.label, |node| self.forest.row(node).label).saturating_add(1)
    }

    /// A digest of the nodes above (FNV-1a).
    pub(crate) fn lineage(&self, node: u32) -> u64 {
        let above = self.forest.upwards(node).skip(1);
        above
            .flat_map(|node| self.forest.id(node).0.into_bytes())
            .fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
                (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            })
    }
}
