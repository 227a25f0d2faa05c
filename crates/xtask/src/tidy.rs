//! The rules of the code that no compiler checks. A rule is a file here: a function from the repository to what is
//! wrong with it, and tests that show it on a bad sample.

mod dependencies;
mod habits;
mod map;
mod named_tests;
mod pure;
mod schemas;
mod sizes;
mod tables;
mod words;

use std::fmt;

use crate::workspace::Workspace;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// From the root of the repository.
    path: String,
    /// Counted from 1.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// What all rules found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// These fail.
    pub(crate) violations: Vec<Finding>,
    /// These are only said.
    pub(crate) warnings: Vec<Finding>,
    /// Figures to watch.
    figures: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        for violation in &self.violations {
            writeln!(f, "{violation}")?;
        }
        writeln!(f, "{}", self.figures)?;
        writeln!(f, "tidy: {} violations, {} warnings", self.violations.len(), self.warnings.len())
    }
}

/// Runs every rule.
pub(crate) fn run(workspace: &Workspace) -> Report {
    let sizes = sizes::check(workspace);
    let mut violations = [
        dependencies::check(workspace),
        words::check(workspace),
        map::check(workspace),
        named_tests::check(workspace),
        habits::check(workspace),
        pure::check(workspace),
        schemas::check(workspace),
        tables::check(workspace),
        sizes.violations,
    ]
    .concat();
    violations.sort();
    Report { violations, warnings: sizes.warnings, figures: sizes.figures }
}
