//! Method names (RFC 9110, section 9.1). They are case-sensitive; what is not upper case is refused, as some servers
//! would read it as upper case.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a method is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a method in upper case, such as GET")]
pub struct MethodRefused;

/// A method, in upper case: `GET`, `M-SEARCH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MethodName(String);

impl MethodName {
    /// Parses a method of at most 32 letters and `-`.
    pub fn parse(text: &str) -> Result<Self, MethodRefused> {
        let good = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
            && !text.starts_with('-');
        if good { Ok(Self(text.to_owned())) } else { Err(MethodRefused) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it only reads (RFC 9110, section 9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

impl fmt::Display for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MethodName {
    type Error = MethodRefused;

    fn try_from(text: String) -> Result<Self, MethodRefused> {
        Self::parse(&text)
    }
}

impl From<MethodName> for String {
    fn from(method: MethodName) -> Self {
        method.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_upper_case() {
        for text in ["GET", "M-SEARCH", "PROPFIND"] {
            assert!(MethodName::parse(text).is_ok(), "{text}");
        }
        for text in ["", "get", "Get", "GET ", "GET,POST", "-GET", "GÉT", "G\0T"] {
            assert_eq!(MethodName::parse(text), Err(MethodRefused), "{text}");
        }
    }
}
