//! A set of labels.

use serde::Serialize;

/// Half-open ranges of labels, sorted, disjoint, not touching, none empty: `label >= a AND label < b`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// No label.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every label.
    pub fn all() -> Self {
        Self(vec![(0, i64::MAX)])
    }

    /// All labels of these, in whatever order.
    pub(crate) fn of(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.sort_unstable();
        let mut all = Self::none();
        ranges.into_iter().for_each(|(from, to)| all.push(from, to));
        all
    }

    /// The labels in either.
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self::of([self.as_slice(), other.as_slice()].concat())
    }

    /// The labels in both.
    pub(crate) fn within(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.as_slice(), other.0.as_slice());
        let mut both = Self::none();
        while let ([a, more @ ..], [b, others @ ..]) = (mine, theirs) {
            both.push(a.0.max(b.0), a.1.min(b.1));
            if a.1 <= b.1 {
                mine = more;
            } else {
                theirs = others;
            }
        }
        both
    }

    /// The labels in this and not in the other.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut gaps = Self::none();
        let mut from = 0;
        for (start, end) in &other.0 {
            gaps.push(from, *start);
            from = *end;
        }
        gaps.push(from, i64::MAX);
        self.within(&gaps)
    }

    /// The labels from this one on.
    pub(crate) fn from(&self, label: i64) -> Self {
        let first = self.0.partition_point(|(_, to)| *to <= label);
        let mut ranges = self.0[first..].to_vec();
        ranges.iter_mut().take(1).for_each(|(from, _)| *from = label.max(*from));
        Self(ranges)
    }

    /// The part of the first range that is at this label or after it.
    pub(crate) fn first_from(&self, label: i64) -> Option<(i64, i64)> {
        let first = self.0.partition_point(|(_, to)| *to <= label);
        self.0.get(first).map(|(from, to)| (label.max(*from), *to))
    }

    /// Adds `from..to`, which must not start before the last range does.
    pub(crate) fn push(&mut self, from: i64, to: i64) {
        if from >= to {
            return;
        }
        match self.0.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => self.0.push((from, to)),
        }
    }

    /// The ranges.
    pub fn as_slice(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Whether no label is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the label is in it.
    pub fn contains(&self, label: i64) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= label);
        after > 0 && label < self.0[after - 1].1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some() -> impl Strategy<Value = Ranges> {
        prop::collection::vec((0..20_i64, 0..6_i64), 0..6)
            .prop_map(|all| Ranges::of(all.into_iter().map(|(from, n)| (from, from + n)).collect()))
    }

    proptest! {
        #[test]
        fn they_are_sets(a in some(), b in some()) {
            let (with, within, minus) = (a.with(&b), a.within(&b), a.minus(&b));
            for label in 0..30 {
                let (mine, theirs) = (a.contains(label), b.contains(label));
                prop_assert_eq!(with.contains(label), mine || theirs);
                prop_assert_eq!(within.contains(label), mine && theirs);
                prop_assert_eq!(minus.contains(label), mine && !theirs);
            }
            let later = a.from(7);
            prop_assert!((0..30).all(|l| later.contains(l) == (l >= 7 && a.contains(l))));
            for all in [with, within, minus, later] {
                prop_assert!(all.as_slice().iter().all(|(from, to)| from < to), "{all:?}");
                prop_assert!(all.as_slice().windows(2).all(|w| w[0].1 < w[1].0), "{all:?}");
            }
        }
    }

    #[test]
    fn ranges_that_touch_become_one() {
        let mut ranges = Ranges::none();
        for (from, to) in [(0, 2), (2, 3), (5, 5), (7, 9), (8, 10)] {
            ranges.push(from, to);
        }
        assert_eq!(ranges.as_slice(), [(0, 3), (7, 10)]);
    }

    #[test]
    fn a_range_ends_before_its_end() {
        let mut ranges = Ranges::none();
        ranges.push(2, 4);
        let inside: Vec<bool> = (1..6).map(|label| ranges.contains(label)).collect();
        assert_eq!(inside, [false, true, true, false, false]);
        assert!(Ranges::all().contains(0) && !Ranges::none().contains(0));
    }
}
