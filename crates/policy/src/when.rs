//! A stored condition, parsed once.

use kernel::ConditionText;

use crate::condition::{Facts, Predicate, Truth};

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
