//! The labels of a subtree, in the form that is quickest to ask.

use crate::forest::{Forest, LABEL_END};

/// The labels of a node and of all below it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    from: i64,
    width: u64,
}

impl Span {
    /// Every label.
    pub(crate) const ALL: Self = Self { from: 0, width: LABEL_END.unsigned_abs() };

    /// Of this node; `$global` is above everything.
    pub(crate) fn of(forest: &Forest, node: u32) -> Self {
        if forest.is_global(node) {
            return Self::ALL;
        }
        let row = forest.row(node);
        Self { from: row.label, width: row.end.abs_diff(row.label) }
    }

    /// Whether the label is in it; a negative one never is.
    pub(crate) fn has(self, label: i64) -> bool {
        // Below the start the difference wraps around to a number that is larger than every width.
        label.wrapping_sub(self.from).cast_unsigned() < self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_first_label_and_not_its_end() {
        let span = Span { from: 5, width: 3 };
        let found: Vec<i64> = (-2..12).filter(|label| span.has(*label)).collect();
        assert_eq!(found, [5, 6, 7]);
        assert!(!Span::default().has(0) && !span.has(i64::MAX) && !span.has(i64::MIN));
        assert!(Span::ALL.has(0) && !Span::ALL.has(-1) && !Span::ALL.has(i64::MAX));
    }
}
