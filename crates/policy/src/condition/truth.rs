//! The three values of a condition.

use std::ops::Not;

/// What a condition comes to. `Unknown` is neither: an allow with an unknown condition does not
/// apply, a deny with one does.
///
/// The connectives are those of Kleene's strong three-valued logic, which is also SQL's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// The condition holds.
    True,
    /// The condition does not hold.
    False,
    /// A value it reads is missing, null, of another type, or out of range.
    Unknown,
}

impl Truth {
    /// False if either is false, true if both are true, else unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// True if either is true, false if both are false, else unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// Whether this is `True`: what an allow asks.
    #[must_use]
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether this is `False`: what lifts a deny.
    #[must_use]
    pub fn is_false(self) -> bool {
        self == Self::False
    }
}

/// `!truth`: unknown stays unknown.
impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};
    use proptest::prelude::*;

    fn any_truth() -> impl Strategy<Value = Truth> {
        prop_oneof![Just(True), Just(False), Just(Unknown)]
    }

    #[test]
    fn tables_are_those_of_kleene() {
        let and = [[True, False, Unknown], [False, False, False], [Unknown, False, Unknown]];
        let or = [[True, True, True], [True, False, Unknown], [True, Unknown, Unknown]];
        let values = [True, False, Unknown];
        for (i, a) in values.into_iter().enumerate() {
            for (j, b) in values.into_iter().enumerate() {
                assert_eq!(a.and(b), and[i][j], "{a:?} and {b:?}");
                assert_eq!(a.or(b), or[i][j], "{a:?} or {b:?}");
            }
        }
        assert_eq!([!True, !False, !Unknown], [False, True, Unknown]);
    }

    proptest! {
        #[test]
        fn laws(a in any_truth(), b in any_truth(), c in any_truth()) {
            prop_assert_eq!(a.and(b), b.and(a));
            prop_assert_eq!(a.or(b), b.or(a));
            prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            prop_assert_eq!(a.or(b).or(c), a.or(b.or(c)));
            prop_assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
            prop_assert_eq!(!a.and(b), (!a).or(!b));
            prop_assert_eq!(!a.or(b), (!a).and(!b));
            prop_assert_eq!(!!a, a);
            prop_assert_eq!(a.and(True), a);
            prop_assert_eq!(a.or(False), a);
        }
    }
}
