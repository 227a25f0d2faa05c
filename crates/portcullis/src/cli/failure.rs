//! What went wrong: one clear line, with the fields in error, and the exit code.

use std::process::ExitCode;

use serde::Deserialize;

use crate::start_error::StartError;

/// Why a command did not do what it was to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    line: String,
    code: u8,
}

/// The parts of an answered problem (RFC 9457) that are told.
#[derive(Debug, Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Field {
    pointer: String,
    detail: String,
}

impl Failed {
    /// Refused or failed: 1.
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), code: 1 }
    }

    /// Wrong usage: 2.
    pub fn usage(line: impl Into<String>) -> Self {
        Self { line: line.into(), code: 2 }
    }

    /// What a server answered.
    pub fn answered(status: u16, body: &[u8]) -> Self {
        let problem = serde_json::from_slice::<Problem>(body).ok();
        let line = problem.map_or_else(
            || format!("the server answered {status}"),
            |problem| {
                let what = problem.detail.or(problem.title).unwrap_or_else(|| status.to_string());
                let fields: Vec<String> =
                    problem.errors.iter().map(|f| format!("{}: {}", f.pointer, f.detail)).collect();
                if fields.is_empty() { what } else { format!("{what} {}", fields.join("; ")) }
            },
        );
        Self::new(line)
    }

    /// The same, with the file that it is about.
    pub fn in_file(self, file: &std::path::Path) -> Self {
        Self { line: format!("{}: {}", file.display(), self.line), ..self }
    }

    /// Prints the line, and gives the code.
    pub fn report(self) -> ExitCode {
        // A message over several lines would be several messages.
        eprintln!("portcullis: {}", self.line.replace('\n', " "));
        ExitCode::from(self.code)
    }
}

impl From<StartError> for Failed {
    fn from(error: StartError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<kernel::Problem> for Failed {
    fn from(problem: kernel::Problem) -> Self {
        let fields: Vec<String> =
            problem.errors().iter().map(|f| format!("{}: {}", f.pointer, f.detail)).collect();
        Self::new(format!("{} {}", problem.detail(), fields.join("; ")).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_line_with_its_fields() {
        let body = br#"{"title":"Invalid input","detail":"The input has an error.","errors":[{"pointer":"/nodes/3/path","detail":"must start with '/'"}]}"#;
        let failed = Failed::answered(422, body);
        assert_eq!(failed.line, "The input has an error. /nodes/3/path: must start with '/'");
        assert_eq!(failed.code, 1);
    }

    #[test]
    fn what_is_no_problem_is_told_by_its_status() {
        assert_eq!(Failed::answered(502, b"<html>").line, "the server answered 502");
    }
}
