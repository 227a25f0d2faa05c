//! Conditions: a subset of CEL over `subject`, `resource`, `action`, `context` and `now`.
//!
//! [`Predicate::parse`] checks the [limits], lets the `cel` crate parse the text, and lowers the
//! syntax tree into a typed [`Term`]. [`Predicate::evaluate`] walks the term in memory;
//! [`Predicate::to_sql`] writes the same term as SQL. What cannot be lowered is refused on save, with its place.
//!
//! # The subset
//!
//! | written | meaning | type |
//! |---|---|---|
//! | `true`, `false` | a boolean | boolean |
//! | `3`, `-3`, `3u`, `0x1F`, `1.5` | a number, -2^63 <= x < 2^63 | number |
//! | `"x"`, `'x'` | a string, with the escapes of CEL, in one line | text |
//! | `["a", "b"]`, `[1, 2.5]` | a list of at least one literal, only to the right of `in` | list |
//! | `resource.status` | a property of the node | as found |
//! | `subject.department` | an attribute of the principal, or `id`, `realm`, `username`, `groups`, `active_role`, `superuser` | as found |
//! | `action.name` | what the request says of the action | as found |
//! | `context.subject.country` | what the request says else; objects may nest | as found |
//! | `now` | the moment of the question | moment |
//! | `timestamp("2026-06-01T10:00:00Z")`, `timestamp(resource.due)` | a moment of RFC 3339, upper case, no leap second, at most 9 digits of fraction | moment |
//! | `now - duration("24h")`, `timestamp(resource.due) + duration("1h30m")` | a moment moved by a fixed duration: `h`, `m`, `s`, `ms`, `us`, `ns` | moment |
//! | `size(resource.tags)`, `resource.name.size()` | members of a list, characters of a text | number |
//! | `a == b`, `a != b` | equal or not, of one type | condition |
//! | `a < b`, `a <= b`, `a > b`, `a >= b` | order of numbers, of text by its UTF-8 bytes, of moments | condition |
//! | `resource.status in ["open", "new"]` | equal to one of these | condition |
//! | `"staff@/acme" in subject.groups` | equal to a member of the list in the field | condition |
//! | `resource.name.startsWith("x")`, `endsWith`, `contains` | on text in a field, with a string as written; case counts | condition |
//! | `has(resource.status)` | the field is there, be it null; never unknown | condition |
//! | `resource.public` | the field is `true` | condition |
//! | `!a`, `a && b`, `a \|\| b`, `(a)` | Kleene's connectives | condition |
//! | `// text` | a comment to the end of the line | |
//!
//! Everything else is refused: the choice `a ? b : c`, arithmetic, indexes, macros, maps, messages,
//! bytes, raw and triple-quoted strings, regular expressions, other functions, other names, a root
//! as a whole, fields of fields except below `context`. Refused as well is what could never be
//! true: `resource.x == null` (ask `has(resource.x)`), `"a" < 1`, `true < false`,
//! `resource.due < now` (write `timestamp(resource.due) < now`).
//!
//! # Three values
//!
//! A comparison is [`Truth::Unknown`] if a side is missing, null, a list, an object, of another
//! type than the other side, or out of range: a number outside of -2^63 <= x < 2^63, a moment
//! outside of the years that [`jiff::Timestamp`] has, a text that is no moment inside of
//! `timestamp(..)`. `"10" > 9` is unknown, and so is `"10" != 9`. Numbers compare exactly: `3`
//! equals `3.0`, and 2^53 + 1 is not 2^53.
//!
//! `a in list` is the disjunction of `a == member`. So it is true if one member is equal; else
//! unknown if a member is null, of another type or out of range, which for a mixed list such as
//! `["a", 1]` is always so; else false. It is unknown if `a` is, even for a list without members,
//! and if the field holds no list.
//!
//! An allow applies if its condition is true, a deny unless its condition is false.

mod error;
mod evaluate;
mod facts;
pub mod limits;
mod lower;
mod number;
mod operand;
mod parse;
mod predicate;
pub mod sql;
#[cfg(test)]
mod tests;
mod time;
mod truth;

pub use error::{ConditionError, Position};
pub use facts::Facts;
pub use number::Number;
pub use predicate::{Base, Comparison, Field, Literal, Moment, Operand, Predicate, Term, TextTest};
pub use truth::Truth;
