//! `/orders/{order}/**`: literal segments, captured ones, and at the end all the rest. No part of a segment, no regular
//! expression: what a pattern matches can be seen.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Longest pattern, in bytes.
pub const MAX_PATTERN: usize = 1024;
/// Most segments of a pattern.
pub const MAX_PIECES: usize = 32;
const REST: &str = "**";

/// Why a pattern is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternRefused {
    /// It is a path.
    #[error("must start with '/'")]
    Relative,
    /// Over [`MAX_PATTERN`] or [`MAX_PIECES`].
    #[error("must be at most 1024 bytes and 32 segments long")]
    TooLong,
    /// `//`, or `/` at the end.
    #[error(
        "has an empty segment; one '/' at the end of a request says nothing, so none is written"
    )]
    EmptySegment,
    /// A segment that no request can have.
    #[error(
        "has a segment that no request can have: '.', '..', or one with '%', ';', '?', '#', '\\' or a control character; write it decoded"
    )]
    Segment,
    /// `ord*`, `{a}b`, or `**` elsewhere than at the end.
    #[error("'{{name}}' and '**' must be whole segments, and '**' the last")]
    Part,
    /// The name of a captured segment.
    #[error("a captured segment has a name of a-z, 0-9 and '_', once in the pattern")]
    Capture,
}

/// A segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This segment, as it is after decoding.
    Literal(String),
    /// Any one segment, under a name.
    Capture(String),
}

/// A pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern {
    pieces: Vec<Piece>,
    rest: bool,
}

impl PathPattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternRefused> {
        if text.len() > MAX_PATTERN {
            return Err(PatternRefused::TooLong);
        }
        let inner = text.strip_prefix('/').ok_or(PatternRefused::Relative)?;
        if inner.is_empty() {
            return Ok(Self { pieces: Vec::new(), rest: false });
        }
        let mut segments: Vec<&str> = inner.split('/').collect();
        if segments.len() > MAX_PIECES {
            return Err(PatternRefused::TooLong);
        }
        let rest = segments.last() == Some(&REST);
        if rest {
            segments.pop();
        }
        let pieces = segments.into_iter().map(piece).collect::<Result<Vec<_>, _>>()?;
        let mut names = BTreeSet::new();
        let twice =
            |piece: &Piece| matches!(piece, Piece::Capture(name) if !names.insert(name.clone()));
        if pieces.iter().any(twice) {
            Err(PatternRefused::Capture)
        } else {
            Ok(Self { pieces, rest })
        }
    }

    /// Its segments, without a final `**`.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether it ends with `**`: none, one or more further segments.
    pub fn is_open(&self) -> bool {
        self.rest
    }

    /// Whether it captures a segment under this name.
    pub fn captures(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// Where the segment of this name stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.pieces.iter().position(|piece| matches!(piece, Piece::Capture(other) if other == name))
    }

    /// The pattern without the names of captured segments: two of the same shape match the same paths.
    pub fn shape(&self) -> String {
        let unnamed = |piece: &Piece| match piece {
            Piece::Literal(text) => format!("/{text}"),
            Piece::Capture(_) => "/{}".to_owned(),
        };
        self.pieces.iter().map(unnamed).chain(self.rest.then(|| format!("/{REST}"))).collect()
    }

    /// Whether some path matches both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (long, short) =
            if self.pieces.len() >= other.pieces.len() { (self, other) } else { (other, self) };
        let meet = |(a, b): (&Piece, &Piece)| match (a, b) {
            (Piece::Literal(a), Piece::Literal(b)) => a == b,
            _ => true,
        };
        (long.pieces.len() == short.pieces.len() || short.rest)
            && short.pieces.iter().zip(&long.pieces).all(meet)
    }
}

fn piece(text: &str) -> Result<Piece, PatternRefused> {
    if text.is_empty() {
        return Err(PatternRefused::EmptySegment);
    }
    if let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let good = (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        return if good {
            Ok(Piece::Capture(name.to_owned()))
        } else {
            Err(PatternRefused::Capture)
        };
    }
    if text.contains(['{', '}', '*']) {
        return Err(PatternRefused::Part);
    }
    let impossible = matches!(text, "." | "..")
        || text.contains(['%', ';', '?', '#', '\\'])
        || text.chars().any(char::is_control);
    if impossible {
        return Err(PatternRefused::Segment);
    }
    Ok(Piece::Literal(if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }))
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => write!(f, "/{text}")?,
                Piece::Capture(name) => write!(f, "/{{{name}}}")?,
            }
        }
        match (self.rest, self.pieces.is_empty()) {
            (true, _) => write!(f, "/{REST}"),
            (false, true) => f.write_str("/"),
            (false, false) => Ok(()),
        }
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PatternRefused;

    fn try_from(text: String) -> Result<Self, PatternRefused> {
        Self::parse(&text)
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::parse(text).unwrap()
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        for text in ["/", "/**", "/orders", "/orders/{order}", "/a/{b_1}/c d/**", "/caf\u{e9}"] {
            assert_eq!(pattern(text).to_string(), text);
        }
    }

    #[test]
    fn what_no_request_can_have_is_refused() {
        use PatternRefused::*;
        for (text, refused) in [
            ("", Relative),
            ("orders", Relative),
            ("/orders/", EmptySegment),
            ("//", EmptySegment),
            ("/a/**/b", Part),
            ("/a*", Part),
            ("/*", Part),
            ("/{a}b", Part),
            ("/{a", Part),
            ("/{}", Capture),
            ("/{A}", Capture),
            ("/{a}/{a}", Capture),
            ("/..", Segment),
            ("/a%20b", Segment),
            ("/a;b", Segment),
            ("/a?b", Segment),
            ("/a\\b", Segment),
            ("/a\0b", Segment),
        ] {
            assert_eq!(PathPattern::parse(text), Err(refused), "{text}");
        }
        assert_eq!(PathPattern::parse(&"/a".repeat(MAX_PIECES + 1)), Err(TooLong));
        assert_eq!(PathPattern::parse(&format!("/{}", "a".repeat(MAX_PATTERN))), Err(TooLong));
    }

    #[test]
    fn patterns_overlap_where_a_path_is_of_both() {
        for (a, b, expected) in [
            ("/a/{x}", "/{y}/b", true),
            ("/a/**", "/a", true),
            ("/a/**", "/a/b/{c}", true),
            ("/**", "/", true),
            ("/a/**", "/b/**", false),
            ("/a/{x}", "/a", false),
            ("/a/{x}", "/a/b/c", false),
            ("/a/b/**", "/{x}", false),
        ] {
            assert_eq!(pattern(a).overlaps(&pattern(b)), expected, "{a} {b}");
            assert_eq!(pattern(b).overlaps(&pattern(a)), expected, "{b} {a}");
        }
    }
}
