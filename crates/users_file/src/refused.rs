//! Why a users file is not taken.

use std::fmt;

/// Why, and in which line. It never says what stands there: that may be a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRefused {
    /// Counted from 1.
    pub line: Option<usize>,
    /// In one sentence.
    pub reason: String,
}

impl FileRefused {
    /// A refusal of the file as a whole.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self { line: None, reason: reason.to_string() }
    }

    /// A refusal at a byte of the text.
    pub(crate) fn at(text: &str, byte: Option<usize>, reason: impl fmt::Display) -> Self {
        let before = byte.and_then(|byte| text.as_bytes().get(..byte));
        let line = before.map(|before| 1 + before.iter().filter(|byte| **byte == b'\n').count());
        Self { line, reason: reason.to_string() }
    }
}

impl fmt::Display for FileRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for FileRefused {}
