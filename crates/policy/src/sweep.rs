//! A walk through nodes in the order of labels, that says of each whether it is allowed. Between two nodes with the same
//! entries nothing changes but where a bound of a rule begins or ends.

use crate::{
    nodes::{AllowedNodes, Collected},
    ranges::Ranges,
    scope::{Bounded, Reach},
};

/// So many nodes that are not in the answer are passed before the walk is given up.
const PATIENCE: usize = 256;

/// What rules say of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Denied,
    /// A condition decides.
    Open,
}

/// What was found last, and for which nodes it holds.
#[derive(Debug, Clone, Copy)]
struct Last {
    entries: u32,
    until: i64,
    verdict: Verdict,
}

pub(crate) struct Sweep<'s> {
    nodes: &'s AllowedNodes<'s>,
    /// Where bounds of rules begin and end, sorted.
    edges: Vec<i64>,
    last: Option<Last>,
    passed: usize,
}

impl<'s> Sweep<'s> {
    pub(crate) fn new(nodes: &'s AllowedNodes<'s>) -> Self {
        let bounds = nodes.rules().flat_map(|rule| rule.bounds.nodes());
        let spans = bounds.map(|bound| nodes.snapshot.span(*bound));
        let mut edges: Vec<i64> = spans.flat_map(|(from, to)| [from, to]).collect();
        edges.sort_unstable();
        edges.dedup();
        Self { nodes, edges, last: None, passed: 0 }
    }

    /// Adds allowed nodes of the ranges to the page until it is full. If too few of them are allowed: the label at which
    /// it was given up.
    pub(crate) fn collect(&mut self, ranges: &Ranges, page: &mut Collected) -> Result<(), i64> {
        for (from, to) in ranges.as_slice() {
            let mut at = *from;
            while at < *to && !page.is_full() {
                at = self.run(at, *to, page)?;
            }
        }
        Ok(())
    }

    /// The label from which to go on.
    fn run(&mut self, from: i64, to: i64, page: &mut Collected) -> Result<i64, i64> {
        let nodes = self.nodes;
        for (label, node) in nodes.snapshot.forest.between(from, to) {
            let verdict = self.verdict(label, node);
            let allowed = match verdict {
                Verdict::Allowed => true,
                Verdict::Denied => false,
                Verdict::Open => nodes.judge(node),
            };
            if allowed && nodes.is_of_kind(node) {
                page.nodes.push(node);
                if page.is_full() {
                    return Ok(to);
                }
                continue;
            }
            self.passed += 1;
            if self.passed > PATIENCE {
                return Err(label);
            }
            if verdict == Verdict::Denied
                && let Some(end) = self.end_of_deny(label)
            {
                return Ok(end);
            }
        }
        Ok(to)
    }

    fn verdict(&mut self, label: i64, node: u32) -> Verdict {
        let entries = self.nodes.snapshot.forest.row(node).entries;
        if let Some(last) = self.last
            && last.entries == entries
            && label < last.until
        {
            return last.verdict;
        }
        let verdict = self.nodes.reaches.iter().fold(Verdict::Allowed, |so_far, reach| {
            match (so_far, self.of(reach, node)) {
                (Verdict::Denied, _) | (_, Verdict::Denied) => Verdict::Denied,
                (Verdict::Open, _) | (_, Verdict::Open) => Verdict::Open,
                _ => Verdict::Allowed,
            }
        });
        let next = self.edges.partition_point(|edge| *edge <= label);
        let until = self.edges.get(next).copied().unwrap_or(i64::MAX);
        self.last = Some(Last { entries, until, verdict });
        verdict
    }

    fn of(&self, reach: &Reach<'_>, node: u32) -> Verdict {
        let (mut allowed, mut maybe_allowed, mut maybe_denied) = (false, false, false);
        for Bounded { candidate, bounds } in &reach.rules {
            if !self.nodes.snapshot.is_within(bounds, node) {
                continue;
            }
            match (candidate.rule.is_deny(), candidate.is_unconditional()) {
                (true, true) => return Verdict::Denied,
                (true, false) => maybe_denied = true,
                (false, true) => allowed = true,
                (false, false) => maybe_allowed = true,
            }
        }
        match (allowed, maybe_allowed, maybe_denied) {
            (true, _, false) => Verdict::Allowed,
            (false, false, _) => Verdict::Denied,
            _ => Verdict::Open,
        }
    }

    /// The end of a subtree around the label that is denied as a whole.
    fn end_of_deny(&self, label: i64) -> Option<i64> {
        let denies = self
            .nodes
            .rules()
            .filter(|rule| rule.candidate.rule.is_deny() && rule.candidate.is_unconditional());
        let ends = denies.filter_map(|rule| {
            let spans = rule.bounds.nodes().iter().map(|bound| self.nodes.snapshot.span(*bound));
            let around = |(from, to): (i64, i64)| (from <= label && label < to).then_some(to);
            spans.map(around).collect::<Option<Vec<i64>>>()?.into_iter().min()
        });
        ends.max()
    }
}
