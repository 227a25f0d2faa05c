//! Evaluation in memory: pure, total, in three values.

use super::facts::Facts;
use super::number::Number;
use super::predicate::{
    Base, Comparison, Field, Literal, Moment, Operand, Predicate, Term, TextTest,
};
use super::time::parse_timestamp;
use super::truth::Truth;
use jiff::Timestamp;
use serde_json::Value;
use std::borrow::Cow;

impl Predicate {
    /// What the condition comes to for these facts.
    #[must_use]
    pub fn evaluate(&self, facts: &dyn Facts) -> Truth {
        self.root.evaluate(facts)
    }
}

impl Term {
    fn evaluate(&self, facts: &dyn Facts) -> Truth {
        match self {
            Self::Constant(value) => Truth::from(*value),
            Self::Holds(field) => match field.read(facts).as_deref() {
                Some(Value::Bool(value)) => Truth::from(*value),
                _ => Truth::Unknown,
            },
            Self::Present(field) => Truth::from(field.read(facts).is_some()),
            Self::Not(term) => !term.evaluate(facts),
            Self::All(terms) => fold(terms, facts, Truth::True, Truth::False, Truth::and),
            Self::Any(terms) => fold(terms, facts, Truth::False, Truth::True, Truth::or),
            Self::Compare { left, operator, right } => {
                match (left.value(facts), right.value(facts)) {
                    (Some(left), Some(right)) => left.compare(*operator, &right),
                    _ => Truth::Unknown,
                }
            }
            Self::OneOf { value, list } => match value.value(facts) {
                Some(value) => value.is_among(list.iter().map(|l| Some(Known::of_literal(l)))),
                None => Truth::Unknown,
            },
            Self::MemberOf { value, list } => {
                match (value.value(facts), list.read(facts).as_deref()) {
                    (Some(value), Some(Value::Array(members))) => {
                        value.is_among(members.iter().map(Known::of_json))
                    }
                    _ => Truth::Unknown,
                }
            }
            Self::Text { field, test, part } => match field.read(facts).as_deref() {
                Some(Value::String(text)) => Truth::from(test.holds(text, part)),
                _ => Truth::Unknown,
            },
        }
    }
}

/// Joins the terms, and stops at the value that decides.
fn fold(
    terms: &[Term],
    facts: &dyn Facts,
    start: Truth,
    decisive: Truth,
    join: fn(Truth, Truth) -> Truth,
) -> Truth {
    let mut result = start;
    for term in terms {
        result = join(result, term.evaluate(facts));
        if result == decisive {
            break;
        }
    }
    result
}

/// A value whose type is settled.
#[derive(Debug, Clone)]
pub(super) enum Known<'a> {
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    Moment(Timestamp),
}

impl<'a> Known<'a> {
    pub(super) fn of_literal(literal: &'a Literal) -> Self {
        match literal {
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Number(value) => Self::Number(*value),
            Literal::Text(value) => Self::Text(Cow::Borrowed(value)),
        }
    }

    /// `None` for null, lists, objects, and numbers out of range.
    pub(super) fn of_json(value: &'a Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Bool(*value)),
            Value::Number(value) => Number::from_json(value).map(Self::Number),
            Value::String(value) => Some(Self::Text(Cow::Borrowed(value))),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn of_fact(value: Cow<'a, Value>) -> Option<Self> {
        match value {
            Cow::Borrowed(value) => Self::of_json(value),
            Cow::Owned(Value::String(value)) => Some(Self::Text(Cow::Owned(value))),
            Cow::Owned(Value::Bool(value)) => Some(Self::Bool(value)),
            Cow::Owned(Value::Number(value)) => Number::from_json(&value).map(Self::Number),
            Cow::Owned(_) => None,
        }
    }

    /// Unknown for two types, and for the order of booleans.
    pub(super) fn compare(&self, operator: Comparison, other: &Known<'_>) -> Truth {
        let order = match (self, other) {
            (Self::Bool(a), Known::Bool(b)) if !operator.is_order() => a.cmp(b),
            (Self::Number(a), Known::Number(b)) => a.cmp(b),
            (Self::Text(a), Known::Text(b)) => a.cmp(b),
            (Self::Moment(a), Known::Moment(b)) => a.cmp(b),
            _ => return Truth::Unknown,
        };
        Truth::from(operator.accepts(order))
    }

    /// The disjunction of being equal to each member; a member that is `None` is unknown.
    pub(super) fn is_among<'m>(&self, members: impl Iterator<Item = Option<Known<'m>>>) -> Truth {
        let mut result = Truth::False;
        for member in members {
            result = result.or(match member {
                Some(member) => self.compare(Comparison::Equal, &member),
                None => Truth::Unknown,
            });
            if result.is_true() {
                break;
            }
        }
        result
    }
}

impl Operand {
    pub(super) fn value<'a>(&'a self, facts: &'a dyn Facts) -> Option<Known<'a>> {
        match self {
            Self::Literal(literal) => Some(Known::of_literal(literal)),
            Self::Field(field) => field.read(facts).and_then(Known::of_fact),
            Self::Size(field) => {
                let size = match field.read(facts)?.as_ref() {
                    Value::String(text) => text.chars().count(),
                    Value::Array(members) => members.len(),
                    _ => return None,
                };
                i64::try_from(size).ok().map(|size| Known::Number(Number::from(size)))
            }
            Self::Moment(moment) => moment.value(facts).map(Known::Moment),
        }
    }
}

impl Moment {
    fn value(&self, facts: &dyn Facts) -> Option<Timestamp> {
        let base = match &self.base {
            Base::Now => facts.now(),
            Base::Fixed(moment) => *moment,
            Base::Field(field) => match field.read(facts)?.as_ref() {
                Value::String(text) => parse_timestamp(text)?,
                _ => return None,
            },
        };
        base.checked_add(self.offset).ok()
    }
}

impl Field {
    pub(super) fn read<'a>(&self, facts: &'a dyn Facts) -> Option<Cow<'a, Value>> {
        match self {
            Self::Resource(name) => facts.resource(name),
            Self::Subject(name) => facts.subject(name),
            Self::Action(name) => facts.action(name),
            Self::Context(path) => facts.context(path),
        }
    }
}

impl TextTest {
    pub(super) fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::StartsWith => text.starts_with(part),
            Self::EndsWith => text.ends_with(part),
            Self::Contains => text.contains(part),
        }
    }
}
