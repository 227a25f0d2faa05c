//! What people write for people: why a user is locked, what a rule is for.

use serde::{Deserialize, Serialize};

/// Why a remark is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemarkError {
    /// More than the longest.
    #[error("must be at most {0} characters")]
    TooLong(usize),
    /// PostgreSQL keeps no such text.
    #[error("must not contain the character NUL")]
    Nul,
}

/// Free text of at most `LONGEST` characters (Unicode scalar values), lines and all, but NUL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Remark<const LONGEST: usize = 500>(String);

impl<const LONGEST: usize> Remark<LONGEST> {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const LONGEST: usize> TryFrom<String> for Remark<LONGEST> {
    type Error = RemarkError;

    fn try_from(text: String) -> Result<Self, RemarkError> {
        if text.contains('\0') {
            return Err(RemarkError::Nul);
        }
        if text.chars().count() > LONGEST {
            return Err(RemarkError::TooLong(LONGEST));
        }
        Ok(Self(text))
    }
}

impl<const LONGEST: usize> From<Remark<LONGEST>> for String {
    fn from(remark: Remark<LONGEST>) -> Self {
        remark.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_has_an_end_and_no_nul() {
        let parse = |text: &str| Remark::<4>::try_from(text.to_owned()).map(String::from);
        for text in ["", "a\nb", "\u{1f980}\u{1f980}\u{1f980}\u{1f980}", "\u{202e}"] {
            assert_eq!(parse(text), Ok(text.to_owned()));
        }
        assert_eq!(parse("12345"), Err(RemarkError::TooLong(4)));
        assert_eq!(parse("a\0"), Err(RemarkError::Nul));
    }
}
