//! The values of a statement, and how each dialect names them.

use serde::{Deserialize, Serialize};

/// Which SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 15 or newer.
    Postgresql,
    /// SQLite 3.38 or newer.
    Sqlite,
}

/// A value to bind. There are two types only, that every driver and JSON reader keeps exactly: integers go as text and
/// are cast in the statement, because 2^53 + 1 would not survive JavaScript.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Parameter {
    /// Bound as text.
    Text(String),
    /// Bound as a double.
    Number(f64),
}

/// The values of one statement. While it is put together a value has a mark; [`Parameters::finish`] makes places of
/// them, so that only what is left in the statement is bound.
#[derive(Debug, Clone)]
pub struct Parameters {
    dialect: Dialect,
    values: Vec<Parameter>,
}

/// Around the index of a value: characters that occur nowhere else in a statement.
const MARK: [char; 2] = ['\u{1}', '\u{2}'];

impl Parameters {
    /// None yet.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, values: Vec::new() }
    }

    /// Whose SQL is written.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The statement with numbered places, `$1` or `?1`, in the order in which they stand there, from `first` on; and
    /// the values in the order of the numbers.
    #[must_use]
    pub fn finish(self, sql: &str, first: usize) -> (String, Vec<Parameter>) {
        let sign = match self.dialect {
            Dialect::Postgresql => '$',
            Dialect::Sqlite => '?',
        };
        let mut used: Vec<usize> = Vec::new();
        let mut text = String::with_capacity(sql.len());
        let mut pieces = sql.split(MARK[0]);
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (mark, rest) = piece.split_once(MARK[1]).unwrap_or((piece, ""));
            let index = mark.parse().unwrap_or(usize::MAX);
            let place = used.iter().position(|other| *other == index).unwrap_or(used.len());
            if place == used.len() {
                used.push(index);
            }
            text.push_str(&format!("{sign}{}{rest}", first + place));
        }
        let values = used.iter().filter_map(|index| self.values.get(*index).cloned());
        (text, values.collect())
    }

    /// An expression for a text.
    pub(crate) fn text(&mut self, value: &str) -> String {
        let place = self.place(Parameter::Text(value.to_owned()));
        match self.dialect {
            Dialect::Postgresql => format!("{place}::text"),
            Dialect::Sqlite => place,
        }
    }

    /// An expression for an integer.
    pub(crate) fn integer(&mut self, value: i64) -> String {
        let text = self.text(&value.to_string());
        match self.dialect {
            Dialect::Postgresql => format!("CAST({text} AS bigint)"),
            Dialect::Sqlite => format!("CAST({text} AS INTEGER)"),
        }
    }

    /// An expression for a double.
    pub(crate) fn double(&mut self, value: f64) -> String {
        let place = self.place(Parameter::Number(value));
        match self.dialect {
            Dialect::Postgresql => format!("{place}::float8"),
            Dialect::Sqlite => format!("CAST({place} AS REAL)"),
        }
    }

    /// The mark of a value; the same one for the same value.
    fn place(&mut self, value: Parameter) -> String {
        let known = self.values.iter().position(|other| *other == value);
        let index = known.unwrap_or(self.values.len());
        if known.is_none() {
            self.values.push(value);
        }
        format!("{}{index}{}", MARK[0], MARK[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_as_they_stand() {
        let mut parameters = Parameters::new(Dialect::Postgresql);
        let (a, b, _unused, c) = (
            parameters.text("a"),
            parameters.integer(7),
            parameters.text("unused"),
            parameters.double(0.5),
        );
        assert_eq!(parameters.text("a"), a);
        let (sql, values) = parameters.finish(&format!("{c} {a} {b} {c}"), 3);
        assert_eq!(sql, "$3::float8 $4::text CAST($5::text AS bigint) $3::float8");
        let text = |text: &str| Parameter::Text(text.to_owned());
        assert_eq!(values, [Parameter::Number(0.5), text("a"), text("7")]);
        let mut parameters = Parameters::new(Dialect::Sqlite);
        let sql = format!("{} {}", parameters.integer(7), parameters.double(7.0));
        let (sql, values) = parameters.finish(&sql, 1);
        assert_eq!(sql, "CAST(?1 AS INTEGER) CAST(?2 AS REAL)");
        assert_eq!(values, [text("7"), Parameter::Number(7.0)]);
    }
}
