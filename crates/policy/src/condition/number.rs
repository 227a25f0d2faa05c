//! Numbers that compare exactly, whether written as integer or as fraction.

use std::cmp::Ordering;

/// Bound of the range, exclusive above and inclusive below: 2^63 as a double.
const BOUND: f64 = 9_223_372_036_854_775_808.0;

/// A number in the range -2^63 <= x < 2^63. Anything else is overflow: SQLite, PostgreSQL and JSON
/// readers agree on numbers only in there.
#[derive(Debug, Clone, Copy)]
pub struct Number(Form);

/// A double is never NaN and never negative zero.
#[derive(Debug, Clone, Copy)]
enum Form {
    Integer(i64),
    Double(f64),
}

impl Number {
    /// An unsigned integer, or `None` from 2^63 on.
    #[must_use]
    pub fn from_unsigned(value: u64) -> Option<Self> {
        i64::try_from(value).ok().map(Self::from)
    }

    /// A double, or `None` if it is not a number or out of range.
    #[must_use]
    pub fn from_double(value: f64) -> Option<Self> {
        // Adding zero makes of -0.0 plain zero.
        (-BOUND..BOUND).contains(&value).then_some(Self(Form::Double(value + 0.0)))
    }

    /// A JSON number, or `None` if it is out of range.
    #[must_use]
    pub fn from_json(value: &serde_json::Number) -> Option<Self> {
        match (value.as_i64(), value.as_u64()) {
            (Some(signed), _) => Some(Self::from(signed)),
            (None, Some(unsigned)) => Self::from_unsigned(unsigned),
            (None, None) => value.as_f64().and_then(Self::from_double),
        }
    }

    /// The integer, if it was written as one.
    #[must_use]
    pub fn as_integer(self) -> Option<i64> {
        match self.0 {
            Form::Integer(value) => Some(value),
            Form::Double(_) => None,
        }
    }

    /// The double, if it was written as one.
    #[must_use]
    pub fn as_double(self) -> Option<f64> {
        match self.0 {
            Form::Integer(_) => None,
            Form::Double(value) => Some(value),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Integer(value))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Form::Integer(a), Form::Integer(b)) => a.cmp(&b),
            (Form::Double(a), Form::Double(b)) => a.total_cmp(&b),
            (Form::Integer(a), Form::Double(b)) => integer_to_double(a, b),
            (Form::Double(a), Form::Integer(b)) => integer_to_double(b, a).reverse(),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Numeric: `3` equals `3.0`.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

/// Exact: rounding the integer to a double would make 2^53 + 1 equal to 2^53.
fn integer_to_double(integer: i64, double: f64) -> Ordering {
    // The range of the type makes this cast exact.
    let whole = double.trunc() as i64;
    integer.cmp(&whole).then_with(|| 0.0_f64.total_cmp(&(double.fract() + 0.0)))
}

#[cfg(test)]
mod tests {
    use super::Number;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn double(value: f64) -> Number {
        Number::from_double(value).unwrap()
    }

    #[test]
    fn integers_and_doubles_compare_exactly() {
        let two_53 = 9_007_199_254_740_992_i64;
        assert_eq!(Number::from(3), double(3.0));
        assert_eq!(Number::from(0), double(-0.0));
        assert!(Number::from(two_53 + 1) > double(9_007_199_254_740_992.0));
        assert!(Number::from(i64::MAX) > double(9_223_372_036_854_774_784.0));
        assert_eq!(Number::from(i64::MIN), double(-9_223_372_036_854_775_808.0));
        assert!(Number::from(-2) < double(-1.5) && Number::from(-1) > double(-1.5));
        assert!(Number::from(1) < double(1.5) && Number::from(2) > double(1.5));
        assert!(Number::from(0) > double(-0.5) && Number::from(0) < double(0.5));
    }

    #[test]
    fn out_of_range_is_no_number() {
        assert_eq!(Number::from_unsigned(1 << 63), None);
        assert_eq!(Number::from_double(9_223_372_036_854_775_808.0), None);
        assert_eq!(Number::from_double(f64::NAN), None);
        assert_eq!(Number::from_double(f64::NEG_INFINITY), None);
        for text in ["9223372036854775808", "18446744073709551616", "1e300", "-1e19"] {
            let json: serde_json::Number = serde_json::from_str(text).unwrap();
            assert_eq!(Number::from_json(&json), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_wide_integers(a in any::<i64>(), b in -9_223_372_036_854_775_808.0..9_223_372_036_854_774_784.0_f64) {
            let whole = b.floor() as i128;
            let expected = match i128::from(a).cmp(&whole) {
                Ordering::Equal if b.fract() != 0.0 => Ordering::Less,
                other => other,
            };
            prop_assert_eq!(Number::from(a).cmp(&double(b)), expected);
            prop_assert_eq!(double(b).cmp(&Number::from(a)), expected.reverse());
        }
    }
}
