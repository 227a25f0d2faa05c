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
    use super::*;

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
