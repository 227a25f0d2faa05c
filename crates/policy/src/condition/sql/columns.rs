//! Which column stands for which `resource.<name>`.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::Deserialize;

use super::parameters::Dialect;

/// Longest part of a column's name, in bytes: what PostgreSQL keeps.
const MAX_PART: usize = 63;
/// Names that begin like this are the statement's own.
pub(super) const OWN: &str = "pc__";

/// A column as a statement names it: `table.column` or `schema.table.column`, each part as the catalogue has it. A table
/// is asked for because within a statement's own subqueries a bare name could mean something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName(Vec<String>);

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be table.column, of letters, digits and '_', at most 63 each, not beginning with a digit or pc__"
)]
pub struct ColumnRefused;

impl FromStr for ColumnName {
    type Err = ColumnRefused;

    fn from_str(text: &str) -> Result<Self, ColumnRefused> {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let fits = (2..=3).contains(&parts.len()) && parts.iter().all(|part| is_name(part));
        if fits { Ok(Self(parts)) } else { Err(ColumnRefused) }
    }
}

fn is_name(part: &str) -> bool {
    let mut bytes = part.bytes();
    let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let own = part.get(..OWN.len()).is_some_and(|start| start.eq_ignore_ascii_case(OWN));
    starts
        && part.len() <= MAX_PART
        && !own
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl ColumnName {
    /// The name, quoted. In SQLite by brackets: a misspelt name in double quotes would be taken for a text.
    pub(crate) fn sql(&self, dialect: Dialect) -> String {
        let quoted = self.0.iter().map(|part| match dialect {
            Dialect::Postgresql => format!("\"{part}\""),
            Dialect::Sqlite => format!("[{part}]"),
        });
        quoted.collect::<Vec<_>>().join(".")
    }
}

/// What a column holds. SQLite checks each value; PostgreSQL fails the statement if the column is of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Text.
    Text,
    /// Whole numbers of up to 64 bits.
    Integer,
    /// Numbers, as doubles.
    Number,
    /// Numbers of PostgreSQL's type `numeric`: whole ones exactly, others as the nearest double. In SQLite as `Number`.
    Decimal,
    /// In SQLite the integers 0 and 1.
    Boolean,
    /// `timestamp`, `timestamptz` or `date`; in SQLite text as RFC 3339 has it. For `timestamp(resource.x)` alone.
    Timestamp,
    /// Seen as lower-case text with hyphens; in SQLite text, or 16 bytes.
    Uuid,
    /// `json` or `jsonb`; in SQLite text. The one type that holds lists, and booleans and numbers as found.
    Json,
}

/// A column, and what it holds. Without a type each value is taken as found: in PostgreSQL as `to_jsonb` sees it, in
/// SQLite as text or number by what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: ColumnName,
    /// What it holds.
    pub holds: Option<ColumnType>,
}

/// The columns, by the name of `resource.<name>`.
pub type Columns = BTreeMap<String, Column>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_narrow_and_quoted() {
        let name: ColumnName = "c.Status_2".parse().unwrap();
        assert_eq!(name.sql(Dialect::Postgresql), "\"c\".\"Status_2\"");
        assert_eq!(name.sql(Dialect::Sqlite), "[c].[Status_2]");
        assert_eq!(name.to_string(), "c.Status_2");
        assert!("public.contract.status".parse::<ColumnName>().is_ok());
        let long = format!("c.{}", "a".repeat(64));
        for text in [
            "",
            "status",
            "c.",
            ".c",
            "c..x",
            "a.b.c.d",
            "c.1x",
            "c.x-y",
            "c.\"x\"",
            "c.x]",
            "c.x y",
            "c.x;",
            "c.é",
            "c.x\0",
            "pc__m.x",
            "PC__m.x",
            "c.pc__t",
            "c.x\n",
            "c.$1",
            long.as_str(),
        ] {
            assert_eq!(text.parse::<ColumnName>(), Err(ColumnRefused), "{text}");
        }
    }
}
