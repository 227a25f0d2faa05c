//! Permission names and the patterns of rules (Liberty's grammar): segments joined by `:`, case-sensitive;
//! `*` stands for exactly one segment, at the end for one or more, alone for everything.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest permission or pattern, in bytes.
pub const MAX_PERMISSION: usize = 255;
/// Most segments of a permission or pattern.
pub const MAX_SEGMENTS: usize = 16;
/// What no rule matches, `*` included: superusers alone may touch who may do what.
pub const SETTINGS_ACCESS: &str = "settings:access";

/// Why a permission or pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PermissionError {
    /// Nothing there.
    #[error("must not be empty")]
    Empty,
    /// Over [`MAX_PERMISSION`] or [`MAX_SEGMENTS`].
    #[error("must be at most 255 bytes and 16 segments long")]
    TooLong,
    /// `a::b`, `:a`, `a:`.
    #[error("has an empty segment")]
    EmptySegment,
    /// `cust*`, or `*` in a name.
    #[error("'*' must be a whole segment of a pattern")]
    Star,
    /// White space, control characters, `!` or `@`.
    #[error("must not contain white space, control characters, '!' or '@'")]
    Character,
}

/// The name of a permission: `sql:crm:get`, `contract.edit`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PermissionName(String);

impl PermissionName {
    /// Parses a name; it has no `*`.
    pub fn parse(text: &str) -> Result<Self, PermissionError> {
        check(text)?;
        if text.contains('*') { Err(PermissionError::Star) } else { Ok(Self(text.to_owned())) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments; at least one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split(':')
    }
}

/// The pattern of a rule: `sql:crm:*`, `sql:*:get`, `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

impl Pattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Result<Self, PermissionError> {
        check(text)?;
        let star_inside = text.split(':').any(|segment| segment != "*" && segment.contains('*'));
        if star_inside { Err(PermissionError::Star) } else { Ok(Self(text.to_owned())) }
    }

    /// The pattern that matches everything.
    pub fn everything() -> Self {
        Self("*".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it contains no `*`: it then is the name of one permission.
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether the permission is one of those it stands for. `settings:access` never is.
    pub fn matches(&self, permission: &PermissionName) -> bool {
        permission.as_str() != SETTINGS_ACCESS && self.covers_text(permission.as_str())
    }

    /// Whether every permission of `other` is one of this pattern.
    pub fn covers(&self, other: &Self) -> bool {
        self.covers_text(&other.0)
    }

    /// Whether some permission is one of both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mine, open) = self.parts();
        let (theirs, other_open) = other.parts();
        let lengths_meet = match (open, other_open) {
            (false, false) => mine.len() == theirs.len(),
            (true, false) => theirs.len() > mine.len(),
            (false, true) => mine.len() > theirs.len(),
            (true, true) => true,
        };
        lengths_meet && mine.iter().zip(&theirs).all(|(a, b)| a == b || *a == "*" || *b == "*")
    }

    fn covers_text(&self, other: &str) -> bool {
        let (mine, open) = self.parts();
        let (theirs, other_open) = split_open(other);
        let lengths_fit = match (open, other_open) {
            (true, false) => theirs.len() > mine.len(),
            (true, true) => theirs.len() >= mine.len(),
            (false, false) => theirs.len() == mine.len(),
            (false, true) => false,
        };
        lengths_fit && mine.iter().zip(&theirs).all(|(a, b)| *a == "*" || a == b)
    }

    fn parts(&self) -> (Vec<&str>, bool) {
        split_open(&self.0)
    }
}

impl From<&PermissionName> for Pattern {
    fn from(name: &PermissionName) -> Self {
        Self(name.0.clone())
    }
}

/// The segments before a final `*`, and whether there is one ("one or more of anything").
fn split_open(text: &str) -> (Vec<&str>, bool) {
    let mut segments: Vec<&str> = text.split(':').collect();
    let open = segments.last() == Some(&"*");
    if open {
        segments.pop();
    }
    (segments, open)
}

fn check(text: &str) -> Result<(), PermissionError> {
    if text.is_empty() {
        return Err(PermissionError::Empty);
    }
    if text.len() > MAX_PERMISSION || text.split(':').count() > MAX_SEGMENTS {
        return Err(PermissionError::TooLong);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '!' || c == '@') {
        return Err(PermissionError::Character);
    }
    if text.split(':').any(str::is_empty) {
        return Err(PermissionError::EmptySegment);
    }
    Ok(())
}

macro_rules! text_type {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = PermissionError;
            fn try_from(text: String) -> Result<Self, PermissionError> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(PermissionName);
text_type!(Pattern);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn matching_follows_the_grammar() {
        for (rule, ask, expected) in [
            ("*", "sql:crm:x", true),
            ("sql:crm:*", "sql:crm2:x", false),
            ("sql:crm:*", "sql:crm", false),
            ("sql:crm:*", "sql:crm:x:y", true),
            ("sql:crm", "sql:crm:x", false),
            ("sql:*:get", "sql:crm:get", true),
            ("sql:*:get", "sql:crm:get:y", false),
            ("*:crm:get", "api:crm:get", true),
            ("SQL:crm:*", "sql:crm:x", false),
            ("*", "settings:access", false),
            ("settings:access", "settings:access", false),
            ("settings:*", "settings:mail", true),
        ] {
            let ask = PermissionName::parse(ask).unwrap();
            assert_eq!(pattern(rule).matches(&ask), expected, "{rule} {ask}");
        }
    }

    #[test]
    fn malformed_text_is_refused() {
        for (text, error) in [
            ("", PermissionError::Empty),
            ("cust*", PermissionError::Star),
            ("a::b", PermissionError::EmptySegment),
            ("a:", PermissionError::EmptySegment),
            ("a b", PermissionError::Character),
            ("!x", PermissionError::Character),
            ("a@b", PermissionError::Character),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text}");
        }
        assert_eq!(PermissionName::parse("a:*"), Err(PermissionError::Star));
        assert_eq!(Pattern::parse(&"a:".repeat(20)), Err(PermissionError::TooLong));
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a", "b", "*"]), 1..4)
            .prop_map(|s| s.join(":"))
    }

    /// All names over `a`, `b`, `c` of up to five segments: more than any pattern of three can tell apart.
    fn names() -> Vec<PermissionName> {
        let mut all: Vec<String> = vec!["a".into(), "b".into(), "c".into()];
        let mut last = all.clone();
        for _ in 0..4 {
            last = last.iter().flat_map(|p| ["a", "b", "c"].map(|s| format!("{p}:{s}"))).collect();
            all.extend(last.clone());
        }
        all.iter().map(|n| PermissionName::parse(n).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn covers_and_overlaps_agree_with_the_sets(a in text(), b in text()) {
            let (a, b) = (pattern(&a), pattern(&b));
            let names = names();
            let covers = names.iter().all(|n| !b.matches(n) || a.matches(n));
            let overlaps = names.iter().any(|n| a.matches(n) && b.matches(n));
            prop_assert_eq!(a.covers(&b), covers, "{} covers {}", a, b);
            prop_assert_eq!(a.overlaps(&b), overlaps, "{} overlaps {}", a, b);
        }
    }
}
