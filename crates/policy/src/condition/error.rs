//! Why a condition was refused, and where.

use std::fmt;

/// A place in the text of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The place of the byte at `offset`; the end of the text for an offset beyond it.
    pub(super) fn at(text: &str, offset: usize) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        // Bytes that go on with a character (10xxxxxx) are not columns of their own.
        let column = 1 + before[line_start..].iter().filter(|b| **b & 0xC0 != 0x80).count();
        Self { line, column }
    }
}

/// Why a condition was refused on save. It repeats parts of the condition's text, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError {
    /// Where; absent if the refusal is about the text as a whole.
    pub position: Option<Position>,
    /// What is not supported or wrong, and where there is one, what to write instead.
    pub detail: String,
}

impl ConditionError {
    /// A refusal of the byte at `offset`.
    pub(super) fn at(text: &str, offset: usize, detail: impl Into<String>) -> Self {
        Self { position: Some(Position::at(text, offset)), detail: detail.into() }
    }

    /// A refusal of the text as a whole.
    pub(super) fn whole(detail: impl Into<String>) -> Self {
        Self { position: None, detail: detail.into() }
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => {
                write!(f, "line {line}, column {column}: {}", self.detail)
            }
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for ConditionError {}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn columns_are_characters() {
        let text = "'é' ==\n  'ü' x";
        assert_eq!(Position::at(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::at(text, 5), Position { line: 1, column: 5 });
        assert_eq!(Position::at(text, text.find('x').unwrap()), Position { line: 2, column: 7 });
        assert_eq!(Position::at(text, 999), Position { line: 2, column: 8 });
    }
}
