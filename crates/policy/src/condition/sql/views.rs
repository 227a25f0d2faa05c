//! Values: constants, and columns seen as each type they may hold.

use serde_json::Value;

use super::{
    columns::{Column, ColumnType},
    parameters::Dialect,
    postgres, sqlite,
};
use crate::condition::{evaluate::Known, number::Number};

/// A side of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Side<'a> {
    /// Missing, null, or of a type that compares with nothing.
    Nothing,
    /// Known before any row is read.
    Constant(Known<'a>),
    /// Read from the row.
    Seen(Views),
    /// A moment read from the row: an expression that is NULL if it is out of range.
    Moment(String),
}

/// A value of a row: for each type it may have, an expression that is NULL unless it is of that type.
#[derive(Debug, Clone, Default)]
pub(super) struct Views {
    /// As a boolean.
    pub(super) boolean: Option<String>,
    /// As a number in the range of [`Number`].
    pub(super) number: Option<NumberView>,
    /// As text, in byte order.
    pub(super) text: Option<String>,
}

/// A number of a row.
#[derive(Debug, Clone)]
pub(super) enum NumberView {
    /// Compares exactly with every other number, as SQLite's do.
    Exact(String),
    /// A 64-bit integer of PostgreSQL.
    Integer(String),
    /// A double of PostgreSQL.
    Double(String),
    /// Of PostgreSQL, a double or a 64-bit integer.
    Mixed(Mixed),
}

/// A number that may be an integer of more than 53 bits or a fraction.
#[derive(Debug, Clone)]
pub(super) struct Mixed {
    /// The nearest double: exact below 2^53 in size.
    pub(super) double: String,
    /// The number without its fraction, a `bigint`.
    pub(super) whole: String,
    /// The fraction, with the sign of the number, a `float8`.
    pub(super) part: String,
}

impl Views {
    /// How the column is seen.
    pub(super) fn of(column: &Column, dialect: Dialect) -> Self {
        let name = column.name.sql(dialect);
        match dialect {
            Dialect::Postgresql => postgres::views(&name, column.holds),
            Dialect::Sqlite => sqlite::views(&name, column.holds),
        }
    }

    /// Whether it holds something that compares with anything at all.
    pub(super) fn is_known(&self) -> String {
        let number = self.number.as_ref().map(NumberView::any);
        let views = [self.boolean.as_deref(), number, self.text.as_deref()];
        let tests: Vec<String> =
            views.into_iter().flatten().map(|view| format!("{view} IS NOT NULL")).collect();
        if tests.is_empty() { "FALSE".to_owned() } else { format!("({})", tests.join(" OR ")) }
    }
}

impl NumberView {
    fn any(&self) -> &str {
        match self {
            Self::Exact(sql) | Self::Integer(sql) | Self::Double(sql) => sql,
            Self::Mixed(mixed) => &mixed.double,
        }
    }
}

/// A list of a row.
#[derive(Debug, Clone)]
pub(super) struct ListView {
    /// Whether it is a list: true, or false or NULL.
    pub(super) is_list: String,
    /// What to read the members `member` from.
    pub(super) from: String,
    /// A member.
    pub(super) member: Views,
    /// What `bool_or` is called, with its argument: the truth of one member.
    pub(super) any: &'static str,
}

impl ListView {
    /// How the column is seen as a list; `None` if it never is one.
    pub(super) fn of(column: &Column, dialect: Dialect) -> Option<Self> {
        let name = column.name.sql(dialect);
        match (dialect, column.holds) {
            (Dialect::Postgresql, None | Some(ColumnType::Json)) => Some(postgres::list(&name)),
            (Dialect::Sqlite, Some(ColumnType::Json)) => Some(sqlite::list(&name)),
            _ => None,
        }
    }
}

/// The size of what a column holds; `None` if it never has one.
pub(super) fn size(column: &Column, dialect: Dialect) -> Option<NumberView> {
    let name = column.name.sql(dialect);
    match dialect {
        Dialect::Postgresql => postgres::size(&name, column.holds),
        Dialect::Sqlite => sqlite::size(&name, column.holds),
    }
}

/// A constant list's members; `None` for a member that compares with nothing.
pub(super) fn members(list: &Value) -> Option<Vec<Option<Known<'_>>>> {
    list.as_array().map(|members| members.iter().map(Known::of_json).collect())
}

/// Below this size a double is exact.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// The number as a double, if that is exact and is below 2^53 in size.
pub(super) fn small(number: Number) -> Option<f64> {
    let double = match number.as_integer() {
        // Beyond 2^53 it may be rounded, and then is refused below.
        Some(integer) => integer as f64,
        None => number.as_double()?,
    };
    (double.abs() < EXACT).then_some(double)
}
