//! The typed form of a condition. It is what the evaluation walks, and what a store turns into SQL.

use super::number::Number;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A condition that was accepted: every part of it can be evaluated and written as SQL. Made by
/// [`Predicate::parse`] alone, so its depth is bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    pub(super) root: Term,
}

/// A part that is true, false or unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// `true` or `false`, as written.
    Constant(bool),
    /// A field that holds a boolean itself: `resource.public`. Unknown unless it is a boolean.
    Holds(Field),
    /// `has(field)`: whether the field is there, be it null. Never unknown.
    Present(Field),
    /// `!term`
    Not(Box<Term>),
    /// `a && b && ..`, at least two.
    All(Vec<Term>),
    /// `a || b || ..`, at least two.
    Any(Vec<Term>),
    /// `left operator right`. Types that are known on both sides are equal.
    Compare {
        /// The left side.
        left: Operand,
        /// How the sides are compared.
        operator: Comparison,
        /// The right side.
        right: Operand,
    },
    /// `value in [a, b, ..]`, with at least one member. The value is never a moment.
    OneOf {
        /// What is looked for.
        value: Operand,
        /// The members as written.
        list: Vec<Literal>,
    },
    /// `value in field`, where the field holds a list. The value is never a moment.
    MemberOf {
        /// What is looked for.
        value: Operand,
        /// Where the list is read.
        list: Field,
    },
    /// `field.startsWith("x")` and the like, on text, by characters as they are.
    Text {
        /// Where the text is read.
        field: Field,
        /// What is asked.
        test: TextTest,
        /// The part that is looked for.
        part: String,
    },
}

/// A value that is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// As written.
    Literal(Literal),
    /// What the field holds, if it is a boolean, a number or text; else unknown.
    Field(Field),
    /// `size(field)`: the number of characters (Unicode scalar values) of text or of members of a
    /// list; else unknown.
    Size(Field),
    /// A point in time.
    Moment(Moment),
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// `3`, `3u`, `0x1F`, `1.5`
    Number(Number),
    /// `"x"`, `'x'`
    Text(String),
}

/// A point in time: a base, moved by a fixed duration. Out of range is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What it starts from.
    pub base: Base,
    /// What is added. Zero for [`Base::Fixed`], which has it in it.
    pub offset: SignedDuration,
}

/// What a moment starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Base {
    /// `now`
    Now,
    /// `timestamp("2026-06-01T00:00:00Z")`
    Fixed(Timestamp),
    /// `timestamp(field)`: unknown unless the field holds text of that form.
    Field(Field),
}

/// What a condition reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `resource.<name>`
    Resource(String),
    /// `subject.<name>`
    Subject(String),
    /// `action.<name>`
    Action(String),
    /// `context.<name>.<name>..`, at least one name.
    Context(Vec<String>),
}

/// How two values are compared. The order of text is that of its UTF-8 bytes; booleans have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTest {
    /// `startsWith`
    StartsWith,
    /// `endsWith`
    EndsWith,
    /// `contains`
    Contains,
}

impl Predicate {
    /// The whole condition.
    #[must_use]
    pub fn term(&self) -> &Term {
        &self.root
    }

    /// The names of `resource.*` that are read or tested for presence, sorted, each once. To write
    /// one of them is to grant.
    pub fn reads_resource(&self) -> impl Iterator<Item = &str> {
        self.fields().into_iter().filter_map(|field| match field {
            Field::Resource(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The names of `subject.*` that are read or tested for presence, sorted, each once.
    pub fn reads_subject(&self) -> impl Iterator<Item = &str> {
        self.fields().into_iter().filter_map(|field| match field {
            Field::Subject(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Every field that is read or tested for presence.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&Field> {
        let mut found = BTreeSet::new();
        self.root.collect(&mut found);
        found
    }
}

impl Term {
    fn collect<'a>(&'a self, found: &mut BTreeSet<&'a Field>) {
        match self {
            Self::Constant(_) => {}
            Self::Holds(field) | Self::Present(field) | Self::Text { field, .. } => {
                found.insert(field);
            }
            Self::Not(term) => term.collect(found),
            Self::All(terms) | Self::Any(terms) => terms.iter().for_each(|t| t.collect(found)),
            Self::Compare { left, right, .. } => {
                found.extend(left.field());
                found.extend(right.field());
            }
            Self::OneOf { value, .. } => found.extend(value.field()),
            Self::MemberOf { value, list } => {
                found.extend(value.field());
                found.insert(list);
            }
        }
    }
}

impl Operand {
    /// The field that is read, if one is.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Field(field)
            | Self::Size(field)
            | Self::Moment(Moment { base: Base::Field(field), .. }) => Some(field),
            Self::Literal(_) | Self::Moment(_) => None,
        }
    }
}

impl Comparison {
    /// Whether this asks for more than being equal or not.
    #[must_use]
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Whether two values that stand in `order` pass.
    #[must_use]
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}
