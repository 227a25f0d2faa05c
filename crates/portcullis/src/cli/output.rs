//! What a command prints: short tables for people, JSON for machines.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::failure::Failed;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// For machines.
    pub json: bool,
}

impl Output {
    /// Prints `value` as JSON, or `text` for people.
    pub fn show(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failed> {
        let text = if self.json {
            serde_json::to_string_pretty(value).map_err(|error| Failed::new(error.to_string()))?
        } else {
            text()
        };
        print(&text)
    }
}

/// A line or more on standard output. A reader that has gone away (`| head`) is no failure.
pub fn print(text: &str) -> Result<(), Failed> {
    match writeln!(io::stdout().lock(), "{}", text.trim_end()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failed::new(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Columns, as wide as they must be.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(header.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

/// A field of an answer as a cell.
pub fn cell(value: &Value, field: &str) -> String {
    match value.get(field) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = vec![vec!["a".into(), "long value".into()], vec!["bcd".into(), "x".into()]];
        insta::assert_snapshot!(table(&["ID", "NAME"], &rows), @r"
        ID   NAME
        a    long value
        bcd  x
        ");
    }

    #[test]
    fn an_absent_field_is_a_dash() {
        let value = serde_json::json!({"a": null, "b": 3, "c": "x"});
        assert_eq!(["a", "b", "c", "d"].map(|f| cell(&value, f)), ["-", "3", "x", "-"]);
    }
}
