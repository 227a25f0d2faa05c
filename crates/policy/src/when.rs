//! A stored condition, parsed once.

use kernel::ConditionText;

use crate::condition::{
    Facts, Predicate, Truth,
    sql::{Clause, Columns, Parameters},
};

/// A condition of a rule or assignment.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// Absent if the text could not be understood: then it is unknown for ever, so an allow never applies and a deny
    /// always does.
    predicate: Option<Predicate>,
}

impl Condition {
    pub(crate) fn new(text: &ConditionText) -> Self {
        Self { predicate: Predicate::parse(text).ok() }
    }

    pub(crate) fn truth(&self, facts: &dyn Facts) -> Truth {
        self.predicate.as_ref().map_or(Truth::Unknown, |predicate| predicate.evaluate(facts))
    }

    /// The condition over rows; see [`Predicate::to_sql`].
    pub(crate) fn to_sql(
        &self,
        facts: &dyn Facts,
        columns: &Columns,
        parameters: &mut Parameters,
    ) -> Clause {
        match &self.predicate {
            Some(predicate) => predicate.to_sql(facts, columns, parameters),
            None => Clause::UNKNOWN,
        }
    }

    /// The names it reads as `resource.<name>`.
    pub(crate) fn reads_resource(&self) -> impl Iterator<Item = &str> {
        self.predicate.iter().flat_map(Predicate::reads_resource)
    }

    /// The names it reads as `subject.<name>`.
    pub(crate) fn reads_subject(&self) -> impl Iterator<Item = &str> {
        self.predicate.iter().flat_map(Predicate::reads_subject)
    }
}

/// Both of two optional conditions; an absent one is true.
pub(crate) fn both(a: Option<&Condition>, b: Option<&Condition>, facts: &dyn Facts) -> Truth {
    let one = |condition: Option<&Condition>| condition.map_or(Truth::True, |c| c.truth(facts));
    one(a).and(one(b))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use jiff::Timestamp;
    use serde_json::Value;

    use super::*;

    struct Nothing;
    impl Facts for Nothing {
        fn resource(&self, _: &str) -> Option<Cow<'_, Value>> {
            None
        }
        fn subject(&self, _: &str) -> Option<Cow<'_, Value>> {
            None
        }
        fn action(&self, _: &str) -> Option<Cow<'_, Value>> {
            None
        }
        fn context(&self, _: &[String]) -> Option<Cow<'_, Value>> {
            None
        }
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[test]
    fn a_false_part_outweighs_an_unknown_one() {
        let condition = |text: &str| Condition::new(&ConditionText(text.to_owned()));
        let (yes, no, garbled) = (condition("true"), condition("false"), condition("no CEL"));
        for (a, b, expected) in [
            (None, None, Truth::True),
            (Some(&yes), None, Truth::True),
            (None, Some(&garbled), Truth::Unknown),
            (Some(&yes), Some(&garbled), Truth::Unknown),
            (Some(&garbled), Some(&no), Truth::False),
        ] {
            assert_eq!(both(a, b, &Nothing), expected);
        }
    }
}
