//! The path of a request, read once and strictly. A proxy, this server and the application each read the path; where two
//! of them could read it differently, one can be shown a harmless path and the other serve a guarded one. So whatever
//! has a second reading is refused.

/// Longest request target, in bytes.
pub const MAX_TARGET: usize = 8 * 1024;
/// Most segments of a path.
pub const MAX_SEGMENTS: usize = 128;

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathRefused {
    /// It does not start with `/`: a whole URL, `*`, or nothing.
    #[error("the path must start with '/'")]
    NotAbsolute,
    /// Over [`MAX_TARGET`] or [`MAX_SEGMENTS`].
    #[error("the path is too long")]
    TooLong,
    /// A raw character that a request target cannot have: control, space, `#`, `\`, or one outside ASCII.
    #[error("the path has a character that must be escaped")]
    Character,
    /// `%` without two hexadecimal digits.
    #[error("the path has a broken escape")]
    Escape,
    /// An escaped `/`, `\`, control character or `;`.
    #[error("the path has an escape that hides its structure")]
    Hidden,
    /// An escape that gives an escape: some reader would decode it twice.
    #[error("the path is escaped twice")]
    EscapedTwice,
    /// `;`: some readers cut it off, with what comes after.
    #[error("the path has parameters")]
    Parameters,
    /// `.` or `..`, escaped or not.
    #[error("the path has a dot segment")]
    DotSegment,
    /// `//`: some readers merge it.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// Not UTF-8 (RFC 3629), overlong forms among it.
    #[error("the path is no UTF-8")]
    NotText,
}

/// The path of a request: its segments, decoded once. One `/` at the end says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPath(Vec<String>);

impl RequestPath {
    /// Reads a request target in origin form (RFC 9112, section 3.2.1); its query is cut off.
    pub fn parse(target: &str) -> Result<Self, PathRefused> {
        if target.len() > MAX_TARGET {
            return Err(PathRefused::TooLong);
        }
        // A fragment is not sent; a reader that cuts it off sees another path than one that does not.
        if target.contains('#') {
            return Err(PathRefused::Character);
        }
        let path = target.split('?').next().unwrap_or("");
        let rest = path.strip_prefix('/').ok_or(PathRefused::NotAbsolute)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() {
            return if path.len() <= 1 {
                Ok(Self(Vec::new()))
            } else {
                Err(PathRefused::EmptySegment)
            };
        }
        if rest.split('/').count() > MAX_SEGMENTS {
            return Err(PathRefused::TooLong);
        }
        rest.split('/').map(segment).collect::<Result<_, _>>().map(Self)
    }

    /// The segments, decoded.
    pub fn segments(&self) -> &[String] {
        &self.0
    }
}

fn segment(raw: &str) -> Result<String, PathRefused> {
    if raw.is_empty() {
        return Err(PathRefused::EmptySegment);
    }
    let decoded = decode(raw)?;
    if decoded == "." || decoded == ".." {
        return Err(PathRefused::DotSegment);
    }
    if decoded.contains(['/', '\\', ';']) || decoded.chars().any(char::is_control) {
        return Err(PathRefused::Hidden);
    }
    if has_escape(decoded.as_bytes()) {
        return Err(PathRefused::EscapedTwice);
    }
    Ok(decoded)
}

fn decode(raw: &str) -> Result<String, PathRefused> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        match first {
            b';' => return Err(PathRefused::Parameters),
            b'%' => {
                let [high, low, others @ ..] = rest else { return Err(PathRefused::Escape) };
                let digits = digit(*high).zip(digit(*low)).ok_or(PathRefused::Escape)?;
                bytes.push(digits.0 * 16 + digits.1);
                rest = others;
            }
            b'\\' | ..=0x20 | 0x7f.. => return Err(PathRefused::Character),
            plain => bytes.push(*plain),
        }
    }
    String::from_utf8(bytes).map_err(|_| PathRefused::NotText)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn has_escape(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|w| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segments(target: &str) -> Vec<String> {
        RequestPath::parse(target).unwrap().0
    }

    #[test]
    fn a_plain_path_is_its_segments() {
        assert_eq!(segments("/"), Vec::<String>::new());
        assert_eq!(segments("/?a=/../b"), Vec::<String>::new());
        assert_eq!(segments("/orders/7?x=%2e%2e"), ["orders", "7"]);
        assert_eq!(segments("/orders/"), ["orders"]);
        assert_eq!(segments("/caf%C3%A9/a%20b"), ["caf\u{e9}", "a b"]);
        assert_eq!(segments("/100%25/.well-known/..."), ["100%", ".well-known", "..."]);
        assert_eq!(segments("/a:b@c,d=(e)!$&'*+~[]|^`\"<>{}"), ["a:b@c,d=(e)!$&'*+~[]|^`\"<>{}"]);
    }

    #[test]
    fn whatever_has_a_second_reading_is_refused() {
        use PathRefused::*;
        for (target, refused) in [
            ("", NotAbsolute),
            ("*", NotAbsolute),
            ("http://a/admin", NotAbsolute),
            ("admin", NotAbsolute),
            ("/public/../admin", DotSegment),
            ("/public/..", DotSegment),
            ("/public/./admin", DotSegment),
            ("/public/%2e%2e/admin", DotSegment),
            ("/public/.%2E/admin", DotSegment),
            ("/public/%2E/admin", DotSegment),
            ("//admin", EmptySegment),
            ("//", EmptySegment),
            ("/a//b", EmptySegment),
            ("/a//", EmptySegment),
            ("/admin%2f..%2fpublic", Hidden),
            ("/admin%2Fx", Hidden),
            ("/admin%5cx", Hidden),
            ("/admin%00", Hidden),
            ("/admin%0d%0aX:1", Hidden),
            ("/admin%7f", Hidden),
            ("/admin%c2%85", Hidden),
            ("/admin%3bx", Hidden),
            ("/admin;x", Parameters),
            ("/..;/admin", Parameters),
            ("/admin\\x", Character),
            ("/admin x", Character),
            ("/admin\tx", Character),
            ("/admin\0", Character),
            ("/public#/../admin", Character),
            ("/public?x#/../admin", Character),
            ("/caf\u{e9}", Character),
            ("/a%", Escape),
            ("/a%2", Escape),
            ("/a%zz", Escape),
            ("/a%+1", Escape),
            ("/%252e%252e/admin", EscapedTwice),
            ("/admin%252fx", EscapedTwice),
            ("/%c0%ae%c0%ae/admin", NotText),
            ("/%ff", NotText),
            ("/%ed%a0%80", NotText),
        ] {
            assert_eq!(RequestPath::parse(target), Err(refused), "{target:?}");
        }
        assert_eq!(RequestPath::parse(&format!("/{}", "a".repeat(MAX_TARGET))), Err(TooLong));
        assert_eq!(RequestPath::parse(&"/a".repeat(MAX_SEGMENTS + 1)), Err(TooLong));
    }

    proptest! {
        /// A second reader changes nothing any more: no dots to fold, nothing to decode, nothing to divide.
        #[test]
        fn a_second_reader_reads_the_same(target in "/[a-z./%;\\\\25ef#? \u{e9}]{0,24}") {
            if let Ok(path) = RequestPath::parse(&target) {
                for segment in path.segments() {
                    prop_assert!(!segment.is_empty() && segment != "." && segment != "..");
                    prop_assert!(!segment.contains(['/', '\\', ';']));
                    prop_assert!(!segment.chars().any(char::is_control));
                    prop_assert!(!has_escape(segment.as_bytes()));
                }
            }
        }
    }
}
