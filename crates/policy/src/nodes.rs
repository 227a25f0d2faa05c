//! Where someone may do something: the nodes, in pages.
//!
//! First come the subtrees below which some allow of the principal lies, in the order of labels; then what is reached
//! through connections alone. The first pages walk through those subtrees node by node, which costs nothing for all
//! the rest; where a walk meets too little, and for the rest, ranges are computed.

use std::{borrow::Cow, cell::Cell, fmt};

use jiff::Timestamp;
use kernel::{NodeId, NodeKind};

use crate::{
    question::Context,
    ranges::Ranges,
    scope::{Bounded, Extent, Reach, Verdicts},
    search::{Found, NodeSearch, Position, Stopped},
    snapshot::Snapshot,
    sweep::Sweep,
};

/// No more subtrees than this come first.
const MAX_TOPS: usize = 16;

/// The nodes where the answer is allow.
#[derive(Debug)]
pub struct AllowedNodes<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// All of these must allow it.
    pub(crate) reaches: Vec<Reach<'a>>,
    /// What the conditions of each may read: what a question brings along is about its principal, and gives whoever is
    /// told nothing.
    contexts: Vec<Cow<'a, Context>>,
    /// Where to look at all.
    within: Ranges,
    kind: Option<&'a NodeKind>,
    now: Timestamp,
    patience: Patience<'a>,
}

/// Whether to go on, and how many nodes were looked at.
struct Patience<'a> {
    goes_on: &'a dyn Fn() -> bool,
    looked_at: Cell<u32>,
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("looked_at", &self.looked_at).finish_non_exhaustive()
    }
}

impl Patience<'_> {
    /// Before another node is looked at.
    fn check(&self) -> Result<(), Stopped> {
        let looked_at = self.looked_at.get().wrapping_add(1);
        self.looked_at.set(looked_at);
        let goes_on = !looked_at.is_multiple_of(256) || (self.goes_on)();
        if goes_on { Ok(()) } else { Err(Stopped) }
    }
}

impl<'a> AllowedNodes<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, search: &NodeSearch<'a>) -> Self {
        let NodeSearch { principal, permission, under, kind, told, context, now } = *search;
        let mut within = match under.map(|under| snapshot.forest.find(under)) {
            None => Ranges::all(),
            Some(None) => Ranges::none(),
            Some(Some(under)) => Ranges::of(vec![snapshot.span(under)]),
        };
        let (mut reaches, mut contexts) = (Vec::new(), Vec::new());
        let told = told.map(|told| (told, Cow::Owned(Context::default())));
        let asked = ((principal, permission), Cow::Borrowed(context));
        for ((principal, permission), context) in [asked].into_iter().chain(told) {
            match snapshot.extent(principal, permission, now) {
                Extent::All => {}
                Extent::None => within = Ranges::none(),
                Extent::Rules(reach) => {
                    reaches.push(reach);
                    contexts.push(context);
                }
            }
        }
        let patience = Patience { goes_on: &|| true, looked_at: Cell::new(0) };
        Self { snapshot, reaches, contexts, within, kind, now, patience }
    }

    /// Gives up once this says so, which is asked every few microseconds: where conditions decide, or a kind is asked
    /// for, an answer may take long.
    #[must_use]
    pub fn while_goes_on(mut self, goes_on: &'a dyn Fn() -> bool) -> Self {
        self.patience.goes_on = goes_on;
        self
    }

    /// Whether nodes may have to be looked at one by one.
    pub fn may_take_long(&self) -> bool {
        self.kind.is_some() || self.rules().any(|rule| !rule.candidate.is_unconditional())
    }

    /// Up to `limit` of them, after this position. A page goes on where the one before ended, whatever was written in
    /// between: what stayed in its place and stayed allowed is on one page, once. Only if the last node of a page was
    /// moved or deleted, and what was around it got other labels too, the next page may start a little off.
    pub fn page(
        &self,
        after: Option<&Position>,
        limit: usize,
    ) -> Result<Found<NodeId, Position>, Stopped> {
        if self.within.is_empty() || limit == 0 {
            return Ok(Found { items: Vec::new(), next: None });
        }
        let tops = match after {
            None => self.tops(),
            Some(position) => position.tops.iter().copied().take(MAX_TOPS).collect(),
        };
        let first = self.below(&tops);
        let from = after.map_or(0, |position| self.snapshot.after(position));
        let in_rest = after.is_some_and(|position| position.rest);
        let mut page = Collected { nodes: Vec::new(), most: limit.saturating_add(1) };
        if !in_rest && let Err(gave_up) = Sweep::new(self).collect(&first.from(from), &mut page) {
            let verdicts = self.verdicts();
            self.collect(&verdicts, &first.from(gave_up), &mut page)?;
        }
        let of_first = page.nodes.len();
        if !page.is_full() && first != self.within {
            let rest = self.within.minus(&first);
            let from = if in_rest { from } else { 0 };
            self.collect(&self.verdicts(), &rest.from(from), &mut page)?;
        }
        Ok(self.found(page.nodes, limit, |at| at >= of_first, tops))
    }

    /// How many there are. Costs a moment for each range of labels in the answer, and where a condition decides, or a
    /// kind is asked for, for each node.
    pub fn total(&self) -> Result<usize, Stopped> {
        if self.within.is_empty() {
            return Ok(0);
        }
        let Verdicts { sure, open } = self.verdicts();
        let (sure, open) = (sure.within(&self.within), open.within(&self.within));
        let forest = &self.snapshot.forest;
        let sure = match self.kind {
            None => sure.as_slice().iter().map(|(from, to)| forest.count(*from, *to)).sum(),
            Some(_) => self.count(&sure, |_| true)?,
        };
        Ok(sure + self.count(&open, |node| self.judge(node))?)
    }

    /// How many nodes of the ranges are of the kind, and so.
    fn count(&self, ranges: &Ranges, is_so: impl Fn(u32) -> bool) -> Result<usize, Stopped> {
        self.in_ranges(ranges).try_fold(0, |count, node| {
            self.patience.check()?;
            Ok(count + usize::from(self.is_of_kind(node) && is_so(node)))
        })
    }

    fn found(
        &self,
        mut nodes: Vec<u32>,
        limit: usize,
        is_rest: impl Fn(usize) -> bool,
        tops: Vec<NodeId>,
    ) -> Found<NodeId, Position> {
        let more = nodes.len() > limit;
        nodes.truncate(limit);
        let last = nodes.last().filter(|_| more);
        let next = last.map(|node| {
            let row = self.snapshot.forest.row(*node);
            let (id, label) = (row.id, row.label);
            let (rest, lineage) = (is_rest(nodes.len() - 1), self.snapshot.lineage(*node));
            Position { tops, rest, node: id, label, lineage }
        });
        let items = nodes.into_iter().map(|node| self.snapshot.forest.id(node)).collect();
        Found { items, next }
    }

    /// The highest nodes at which an allow of each counts.
    fn tops(&self) -> Vec<NodeId> {
        let forest = &self.snapshot.forest;
        let lists = self.reaches.iter().map(|reach| {
            let allows = reach.rules.iter().filter(|rule| !rule.candidate.rule.is_deny());
            let tops: Vec<(i64, i64, u32)> = allows
                .filter_map(|rule| rule.bounds.only())
                .map(|top| (self.snapshot.span(top), top))
                .map(|((from, to), top)| (from, to, top))
                .collect();
            outermost(tops)
        });
        let all = || forest.find(NodeId::GLOBAL).map(|top| vec![(0, i64::MAX, top)]);
        let tops = lists.reduce(|a, b| met(&a, &b)).or_else(all).unwrap_or_default();
        tops.into_iter().take(MAX_TOPS).map(|(_, _, top)| forest.id(top)).collect()
    }

    /// Where to look, below these.
    fn below(&self, tops: &[NodeId]) -> Ranges {
        let known = tops.iter().filter_map(|top| self.snapshot.forest.find(*top));
        let spans = Ranges::of(known.map(|top| self.snapshot.span(top)).collect());
        spans.within(&self.within)
    }

    fn verdicts(&self) -> Verdicts {
        let all = self.reaches.iter().map(|reach| self.snapshot.verdicts(reach));
        let everywhere = || Verdicts { sure: Ranges::all(), open: Ranges::none() };
        all.reduce(|a, b| a.and(&b)).unwrap_or_else(everywhere)
    }

    /// Adds the allowed nodes of the ranges to the page until it is full.
    fn collect(
        &self,
        verdicts: &Verdicts,
        ranges: &Ranges,
        page: &mut Collected,
    ) -> Result<(), Stopped> {
        let candidates = verdicts.sure.with(&verdicts.open).within(ranges);
        for node in self.in_ranges(&candidates) {
            if page.is_full() {
                return Ok(());
            }
            self.patience.check()?;
            let label = self.snapshot.forest.row(node).label;
            let allowed = verdicts.sure.contains(label) || self.judge(node);
            if allowed && self.is_of_kind(node) {
                page.nodes.push(node);
            }
        }
        Ok(())
    }

    fn in_ranges(&self, ranges: &Ranges) -> impl Iterator<Item = u32> {
        let forest = &self.snapshot.forest;
        let all = ranges.as_slice().iter().flat_map(|(from, to)| forest.between(*from, *to));
        all.map(|(_, node)| node)
    }

    /// Whether it is allowed at the node, conditions included.
    pub(crate) fn judge(&self, node: u32) -> bool {
        let mut all = self.reaches.iter().zip(&self.contexts);
        all.all(|(reach, context)| self.snapshot.allows(reach, node, context, self.now))
    }

    pub(crate) fn is_of_kind(&self, node: u32) -> bool {
        self.kind.is_none_or(|kind| self.snapshot.forest.kind(node) == kind)
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Bounded<'a>> {
        self.reaches.iter().flat_map(|reach| &reach.rules)
    }
}

/// The nodes of a page, in the making.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) nodes: Vec<u32>,
    most: usize,
}

impl Collected {
    pub(crate) fn is_full(&self) -> bool {
        self.nodes.len() >= self.most
    }
}

/// Those that lie in no other, in the order of labels.
fn outermost(mut tops: Vec<(i64, i64, u32)>) -> Vec<(i64, i64, u32)> {
    tops.sort_unstable_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let mut end = i64::MIN;
    tops.retain(|(_, to, _)| {
        *to > end && {
            end = *to;
            true
        }
    });
    tops
}

/// Of each two of which one lies in the other, the inner one.
fn met(a: &[(i64, i64, u32)], b: &[(i64, i64, u32)]) -> Vec<(i64, i64, u32)> {
    let lies_in = |inner: &(i64, i64, u32), all: &[(i64, i64, u32)]| {
        all.iter().any(|outer| outer.0 <= inner.0 && inner.1 <= outer.1)
    };
    let of_a = a.iter().filter(|top| lies_in(top, b));
    let of_b = b.iter().filter(|top| lies_in(top, a));
    outermost(of_a.chain(of_b).copied().collect())
}

impl Snapshot {
    /// The first label after a position. If the node has got another label where it is, all around it have, in the same
    /// order; if it was moved or is gone, those that stayed have kept theirs.
    fn after(&self, position: &Position) -> i64 {
        let stayed = self.forest.find(position.node);
        let stayed = stayed.filter(|node| self.lineage(*node) == position.lineage);
        stayed.map_or(position.label, |node| self.forest.row(node).label).saturating_add(1)
    }

    /// A digest of the nodes above (FNV-1a).
    fn lineage(&self, node: u32) -> u64 {
        let above = self.forest.upwards(node).skip(1);
        above
            .flat_map(|node| self.forest.id(node).0.into_bytes())
            .fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
                (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_tops_are_dropped_and_met() {
        let tops = outermost(vec![(5, 6, 3), (0, 10, 1), (0, 10, 4), (0, 4, 2), (20, 30, 5)]);
        let numbers: Vec<u32> = tops.iter().map(|(_, _, top)| *top).collect();
        assert!(numbers == [1, 5] || numbers == [4, 5]);
        let other = [(2, 3, 7), (8, 9, 8), (15, 40, 9)];
        assert_eq!(met(&tops, &other), [(2, 3, 7), (8, 9, 8), (20, 30, 5)]);
    }
}
