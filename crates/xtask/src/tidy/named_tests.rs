//! Documents that promise a test name one that is there: the last column of their tables.

use std::collections::HashSet;

use super::Finding;
use crate::{
    tokens::{self, Kind},
    workspace::Workspace,
};

const DOCUMENTS: [&str; 2] = ["docs/attacks.md", "docs/origins.md"];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let known = Known::of(workspace);
    let mut found = Vec::new();
    for document in DOCUMENTS {
        let Ok(text) = std::fs::read_to_string(workspace.root.join(document)) else { continue };
        found.extend(check_document(document, &text, &known));
    }
    found
}

/// What can be named.
struct Known<'a> {
    functions: HashSet<&'a str>,
    files: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(workspace: &'a Workspace) -> Self {
        let functions = workspace.files().flat_map(|(_, file)| functions(&file.text)).collect();
        let files = workspace.files().filter_map(|(_, file)| file.path.rsplit('/').next());
        Self { functions, files: files.collect() }
    }

    fn has(&self, name: &str) -> bool {
        match name.rsplit('/').next() {
            Some(file) if file.ends_with(".rs") => self.files.contains(file),
            _ => self.functions.contains(name),
        }
    }
}

fn functions(text: &str) -> Vec<&str> {
    let tokens = tokens::cut(text);
    let pairs = tokens.windows(2).filter(|pair| pair[0].is("fn") && pair[1].kind == Kind::Name);
    pairs.map(|pair| pair[1].text).collect()
}

fn check_document(path: &str, text: &str, known: &Known<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let missing = promised(line).into_iter().filter(|name| !known.has(name));
        let finding = |name| Finding::new(path, number + 1, format!("there is no test `{name}`"));
        found.extend(missing.map(finding));
    }
    found
}

/// Files and functions that the last cell of a row names in backticks.
fn promised(line: &str) -> Vec<&str> {
    let Some(row) = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
        return Vec::new();
    };
    let cell = row.rsplit('|').next().unwrap_or_default();
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.ends_with(".rs") || is_function(text)).collect()
}

fn is_function(text: &str) -> bool {
    text.contains('_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::one;

    #[test]
    fn reads_the_last_cell_of_a_row() {
        let row = "| threat `a_b` | by `x/y.rs` | `api/z.rs`: `what_it_shows`, `another_1`; `make bench`, `expired` |";
        assert_eq!(promised(row), ["api/z.rs", "what_it_shows", "another_1"]);
        assert_eq!(promised("`no_row`"), Vec::<&str>::new());
    }

    #[test]
    fn finds_what_is_not_there() {
        let files =
            [("tests/api/z.rs", "on_both! { async fn what_it_shows(backend: Backend) {} }")];
        let workspace = one("x", &files);
        let text = "| a | b |\n|---|---|\n| a | `api/z.rs`: `what_it_shows`, `what_is_gone` |\n| b | `api/no.rs` |";
        let found = check_document("docs/attacks.md", text, &Known::of(&workspace));
        let expected = [
            Finding::new("docs/attacks.md", 3, "there is no test `what_is_gone`"),
            Finding::new("docs/attacks.md", 4, "there is no test `api/no.rs`"),
        ];
        assert_eq!(found, expected);
    }
}
