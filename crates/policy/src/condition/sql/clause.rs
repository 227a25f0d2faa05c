//! SQL with three values, simplified while it is put together.

use crate::condition::truth::Truth;

/// A part of a WHERE: settled already, or SQL that is true, false or NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// Known before any row is read.
    Settled(Truth),
    /// An expression in brackets, or one that needs none.
    Open(String),
}

impl Clause {
    /// True for every row.
    pub(crate) const TRUE: Self = Self::Settled(Truth::True);
    /// False for every row.
    pub(crate) const FALSE: Self = Self::Settled(Truth::False);
    /// Unknown for every row.
    pub(crate) const UNKNOWN: Self = Self::Settled(Truth::Unknown);

    /// An expression that is put in brackets.
    pub(crate) fn open(sql: impl AsRef<str>) -> Self {
        Self::Open(format!("({})", sql.as_ref()))
    }

    /// Whether every row is true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Self::TRUE
    }

    /// Whether every row is false.
    #[must_use]
    pub fn is_false(&self) -> bool {
        *self == Self::FALSE
    }

    /// `NOT`.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Settled(truth) => Self::Settled(!truth),
            Self::Open(sql) => Self::Open(format!("(NOT {sql})")),
        }
    }

    /// True where this is true, else false: what an allow asks.
    pub(crate) fn holds(self) -> Self {
        match self {
            Self::Settled(truth) => Self::Settled(Truth::from(truth.is_true())),
            Self::Open(sql) => Self::Open(format!("({sql} IS TRUE)")),
        }
    }

    /// False where this is false, else true: what a deny asks.
    pub(crate) fn may_hold(self) -> Self {
        match self {
            Self::Settled(truth) => Self::Settled(Truth::from(!truth.is_false())),
            Self::Open(sql) => Self::Open(format!("({sql} IS NOT FALSE)")),
        }
    }

    /// `AND` of all; true if there are none.
    pub(crate) fn all(clauses: impl IntoIterator<Item = Self>) -> Self {
        join(clauses, " AND ", Truth::True, Truth::False, Truth::and)
    }

    /// `OR` of all; false if there are none.
    pub(crate) fn any(clauses: impl IntoIterator<Item = Self>) -> Self {
        join(clauses, " OR ", Truth::False, Truth::True, Truth::or)
    }

    /// The SQL.
    #[must_use]
    pub fn into_sql(self) -> String {
        match self {
            Self::Settled(Truth::True) => "TRUE".to_owned(),
            Self::Settled(Truth::False) => "FALSE".to_owned(),
            Self::Settled(Truth::Unknown) => "NULL".to_owned(),
            Self::Open(sql) => sql,
        }
    }
}

fn join(
    clauses: impl IntoIterator<Item = Clause>,
    word: &str,
    neutral: Truth,
    decisive: Truth,
    both: fn(Truth, Truth) -> Truth,
) -> Clause {
    let mut settled = neutral;
    let mut open = Vec::new();
    for clause in clauses {
        match clause {
            Clause::Settled(truth) => settled = both(settled, truth),
            Clause::Open(sql) => open.push(sql),
        }
    }
    if settled == decisive || open.is_empty() {
        return Clause::Settled(settled);
    }
    if settled == Truth::Unknown {
        open.push("NULL".to_owned());
    }
    Clause::Open(balanced(&open, word))
}

/// Joined pairwise: SQLite allows an expression to be 1,000 deep, and a chain is as deep as it is long.
fn balanced(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        // Short chains read better flat.
        few if few.len() <= 8 => format!("({})", few.join(word)),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({}{word}{})", balanced(left, word), balanced(right, word))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> Clause {
        Clause::Open(text.to_owned())
    }

    #[test]
    fn what_is_settled_is_not_written() {
        assert_eq!(Clause::all([Clause::TRUE, sql("a"), Clause::TRUE]), sql("a"));
        assert_eq!(Clause::all([sql("a"), Clause::FALSE]), Clause::FALSE);
        assert_eq!(Clause::all([sql("a"), Clause::UNKNOWN]), sql("(a AND NULL)"));
        assert_eq!(Clause::any([sql("a"), Clause::TRUE]), Clause::TRUE);
        assert_eq!(Clause::any([Clause::FALSE, sql("a"), sql("b")]), sql("(a OR b)"));
        assert_eq!(Clause::any([Clause::UNKNOWN, Clause::FALSE]), Clause::UNKNOWN);
        assert_eq!((Clause::all([]), Clause::any([])), (Clause::TRUE, Clause::FALSE));
        assert_eq!(Clause::UNKNOWN.holds(), Clause::FALSE);
        assert_eq!(Clause::UNKNOWN.may_hold(), Clause::TRUE);
        assert_eq!(sql("a").negated(), sql("(NOT a)"));
    }

    #[test]
    fn long_chains_are_shallow() {
        let many = Clause::any((0..1000).map(|i| sql(&format!("x{i}")))).into_sql();
        let deepest = many.chars().scan(0_i32, |depth, c| {
            *depth += i32::from(c == '(') - i32::from(c == ')');
            Some(*depth)
        });
        assert_eq!((deepest.max(), many.matches(" OR ").count()), (Some(8), 999));
    }
}
