//! Conditions as SQL, for PostgreSQL and SQLite, with the same three values: the SQL is true, false or NULL where
//! [`Predicate::evaluate`] gives true, false or unknown.
//!
//! What is known when the SQL is written (`subject`, `action`, `context`, `now`, literals) is settled by the same code as
//! in memory. What is left reads columns. Each column is seen through a [view](views) for each type its value may have,
//! which is NULL unless the value is of that type; so what is never comparable never meets, and SQLite has no chance to
//! find `'10' > 9`. Values go into the statement as parameters, columns as quoted names of a narrow grammar.
//!
//! The lowering is total: whatever [`Predicate::parse`] takes is written. In four places SQL knows less than memory and
//! gives NULL, which can only take something away from an answer: a resource name without a column; text with a NUL
//! character against PostgreSQL, which has none; the size of text with a NUL character in SQLite; and a column of type
//! [`ColumnType::Timestamp`] that is read as anything but a moment.
//!
//! | module | holds |
//! |---|---|
//! | [`columns`] | which column stands for which `resource.<name>` |
//! | [`parameters`] | dialects, and the values of a statement |
//! | [`clause`] | SQL with three values, simplified while it is put together |
//! | [`lower`] | terms |
//! | [`views`] | values: constants, and columns seen as each type |
//! | [`compare`] | comparisons of two values |
//! | [`postgres`], [`sqlite`] | how a column is seen there |

mod clause;
mod columns;
mod compare;
mod lower;
mod parameters;
mod postgres;
mod sqlite;
mod views;

pub use clause::Clause;
pub use columns::{Column, ColumnName, ColumnRefused, ColumnType, Columns};
pub use parameters::{Dialect, Parameter, Parameters};

use super::{facts::Facts, predicate::Predicate};

impl Predicate {
    /// The condition over rows whose `columns` stand for `resource.<name>`; a name without a column is unknown. All but
    /// `resource` is read from `facts` now. Values are added to the parameters, in whose dialect it is written.
    #[must_use]
    pub fn to_sql(
        &self,
        facts: &dyn Facts,
        columns: &Columns,
        parameters: &mut Parameters,
    ) -> Clause {
        lower::Lowering { facts, columns, parameters }.term(self.term())
    }
}
