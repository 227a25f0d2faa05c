//! Where each condition decides.

use std::collections::BTreeMap;

use crate::{
    condition::{
        Facts,
        sql::{Clause, Columns, Parameters},
    },
    ranges::Ranges,
    regions::Bounds,
    scope::Bounded,
    snapshot::Snapshot,
    when::Condition,
};

/// A set of labels, and what must be true of a row there.
#[derive(Debug, Clone)]
struct Part {
    labels: Ranges,
    when: Clause,
}

/// What a principal may see, taken apart by condition.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Where a row may be allowed, be it under a condition: all others are denied.
    pub(super) open: Ranges,
    /// Where it is, and if.
    allowed: Vec<Part>,
    /// Where it is not in spite of that, and if.
    denied: Vec<Part>,
}

impl Parts {
    /// Allowed everywhere.
    pub(super) fn everywhere() -> Self {
        let allowed = vec![Part { labels: Ranges::all(), when: Clause::TRUE }];
        Self { open: Ranges::all(), allowed, denied: Vec::new() }
    }

    /// Whether nothing depends on the label.
    pub(super) fn is_everywhere(&self) -> bool {
        self.is_plain() && self.open == Ranges::all()
    }

    /// Whether no condition is left.
    pub(super) fn is_plain(&self) -> bool {
        self.denied.is_empty() && self.allowed.iter().all(|part| part.when.is_true())
    }

    /// How many ranges the predicate tests.
    pub(super) fn count_ranges(&self) -> usize {
        let parts = self.allowed.iter().chain(&self.denied);
        parts.map(|part| part.labels.as_slice().len()).sum()
    }

    /// The predicate, with labels tested by `within`.
    pub(super) fn clause(&self, mut within: impl FnMut(&Ranges) -> Clause) -> Clause {
        let mut any = |parts: &[Part]| {
            let parts =
                parts.iter().map(|part| Clause::all([within(&part.labels), part.when.clone()]));
            Clause::any(parts.collect::<Vec<_>>())
        };
        let allowed = any(&self.allowed);
        Clause::all([allowed, any(&self.denied).negated()])
    }
}

impl Snapshot {
    /// The parts for these rules, whose conditions are settled as far as the facts do.
    pub(super) fn parts(
        &self,
        rules: &[Bounded<'_>],
        facts: &dyn Facts,
        columns: &Columns,
        parameters: &mut Parameters,
    ) -> Parts {
        let (mut allowed, mut denied) = (Gathered::default(), Gathered::default());
        for Bounded { candidate, bounds } in rules {
            let deny = candidate.rule.is_deny();
            // What a deny takes away has no rows of its own.
            let rows = candidate.rule.rows.as_ref().filter(|_| !deny);
            let conditions =
                [candidate.assignment.when.as_ref(), candidate.rule.when.as_ref(), rows];
            let written = |condition: &Condition| condition.to_sql(facts, columns, parameters);
            let when =
                Clause::all(conditions.into_iter().flatten().map(written).collect::<Vec<_>>());
            let (when, gathered) =
                if deny { (when.may_hold(), &mut denied) } else { (when.holds(), &mut allowed) };
            if !when.is_false() {
                gathered.add(when, *bounds);
            }
        }
        self.arranged(allowed, denied)
    }

    /// A deny without condition is taken off the sets, an allow without one off those with: what is left is what a
    /// condition decides.
    fn arranged(&self, allowed: Gathered, denied: Gathered) -> Parts {
        let never = self.labels_below(&denied.always);
        let always = self.labels_below(&allowed.always).minus(&never);
        let settled = never.with(&always);
        let mut parts = Parts { open: always.clone(), ..Parts::default() };
        if !always.is_empty() {
            parts.allowed.push(Part { labels: always, when: Clause::TRUE });
        }
        for (when, bounds) in allowed.if_true {
            let labels = self.labels_below(&bounds).minus(&settled);
            if !labels.is_empty() {
                parts.open = parts.open.with(&labels);
                parts.allowed.push(Part { labels, when: Clause::Open(when) });
            }
        }
        for (when, bounds) in denied.if_true {
            let labels = self.labels_below(&bounds).within(&parts.open);
            if !labels.is_empty() {
                parts.denied.push(Part { labels, when: Clause::Open(when) });
            }
        }
        parts
    }

    /// The labels of the nodes within any of these.
    fn labels_below(&self, bounds: &[Bounds]) -> Ranges {
        let below = self.region_of(bounds.iter().filter_map(Bounds::only).collect());
        let met = bounds.iter().filter(|bounds| bounds.only().is_none());
        let met = met.flat_map(|bounds| self.region_within(bounds).as_slice().to_vec());
        below.with(&Ranges::of(met.collect()))
    }
}

/// Where rules count, by what must be true there.
#[derive(Default)]
struct Gathered {
    always: Vec<Bounds>,
    if_true: BTreeMap<String, Vec<Bounds>>,
}

impl Gathered {
    fn add(&mut self, when: Clause, bounds: Bounds) {
        if when.is_true() {
            self.always.push(bounds);
        } else {
            self.if_true.entry(when.into_sql()).or_default().push(bounds);
        }
    }
}
