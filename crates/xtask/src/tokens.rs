//! Cuts Rust source into tokens, well enough for the rules: names, strings and punctuation with their lines. Comments
//! are left out, but for the `//!` that a file begins with.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword.
    Name,
    /// The inside of a string literal, as written.
    Text,
    /// A single character of punctuation.
    Mark,
    /// A `//!` comment.
    InnerDoc,
    /// A number, character or lifetime.
    Other,
}

/// A token and the line it begins in, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether it is this name or punctuation.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Name | Kind::Mark) && self.text == text
    }
}

/// All tokens of `source`.
pub(crate) fn cut(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (taken, after) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = if kind == Kind::Text { inside(taken) } else { taken };
            tokens.push(Token { kind, text, line });
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    tokens
}

/// `tokens` without what is only there in tests: items under `#[cfg(test)]`.
pub(crate) fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match test_item(tokens, at) {
            Some(end) => at = end,
            None => {
                kept.push(tokens[at]);
                at += 1;
            }
        }
    }
    kept
}

/// The position after the item, if `#[cfg(test)]` begins at `at`.
pub(crate) fn test_item(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut at = attribute(tokens, at).filter(|&end| is_cfg_test(&tokens[at..end]))?;
    while let Some(end) = attribute(tokens, at) {
        at = end;
    }
    let mut depth = 0_usize;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match token.text {
            _ if token.kind != Kind::Mark => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" {
                    return Some(at + offset + 1);
                }
            }
            ";" if depth == 0 => return Some(at + offset + 1),
            _ => {}
        }
    }
    Some(tokens.len())
}

/// The position after the attribute `#[...]` or `#![...]` that begins at `at`.
pub(crate) fn attribute(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    tokens.get(at).filter(|token| token.is("#"))?;
    let open = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|token| token.is("!")));
    tokens.get(open).filter(|token| token.is("["))?;
    let mut depth = 0_usize;
    for (offset, token) in tokens[open..].iter().enumerate() {
        if token.is("[") {
            depth += 1;
        } else if token.is("]") {
            depth -= 1;
            if depth == 0 {
                return Some(open + offset + 1);
            }
        }
    }
    None
}

fn is_cfg_test(attribute: &[Token<'_>]) -> bool {
    let names: Vec<_> =
        attribute.iter().filter(|t| t.kind == Kind::Name).map(|token| token.text).collect();
    matches!(names[..], ["cfg", "test"] | ["cfg", "all" | "any", "test", ..])
}

/// Kind and length of the token that `rest` begins with; no kind for spaces and comments.
fn next(rest: &str, first: char) -> (Option<Kind>, usize) {
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if rest.starts_with("//") {
        let kind = rest.starts_with("//!").then_some(Kind::InnerDoc);
        return (kind, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, block_comment(rest));
    }
    if let Some(length) = string(rest) {
        return (Some(Kind::Text), length);
    }
    if first == '\'' {
        return (Some(Kind::Other), quote(rest));
    }
    let name = rest.strip_prefix("r#").map_or(0, |_| 2);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let length = name + rest[name..].find(|c| !word(c)).unwrap_or(rest.len() - name);
    match first {
        '0'..='9' => (Some(Kind::Other), length),
        c if word(c) => (Some(Kind::Name), length),
        c => (Some(Kind::Mark), c.len_utf8()),
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        match rest.get(at..at + 2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of the string literal at the start: `"..."`, `b"..."`, `c"..."`, `r#"..."#` and their mixtures.
fn string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r"].into_iter().find(|prefix| rest.starts_with(prefix));
    let prefix = prefix.filter(|p| rest[p.len()..].starts_with(['"', '#'])).unwrap_or("");
    let body = &rest[prefix.len()..];
    let hashes =
        if prefix.ends_with('r') { body.len() - body.trim_start_matches('#').len() } else { 0 };
    let body = body[hashes..].strip_prefix('"')?;
    let open = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&end).map_or(rest.len(), |at| open + at + end.len()));
    }
    let mut escaped = false;
    let end = body.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    Some(end.map_or(rest.len(), |at| open + at + 1))
}

/// The length of a character or lifetime.
fn quote(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    let (Some((_, first)), second) = (characters.next(), characters.next()) else { return 1 };
    if first == '\\' {
        let end = characters.find(|(_, c)| *c == '\'');
        return end.map_or(rest.len(), |(at, _)| at + 1);
    }
    match second {
        Some((at, '\'')) => at + 1,
        _ => {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            1 + rest[1..].find(|c| !word(c)).unwrap_or(rest.len() - 1)
        }
    }
}

fn inside(literal: &str) -> &str {
    let open = literal.find('"').map_or(0, |at| at + 1);
    let close = literal.rfind('"').unwrap_or(literal.len()).max(open);
    &literal[open..close]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(Kind, &str)> {
        cut(source).into_iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn tells_strings_from_comments() {
        use Kind::{Mark, Name, Text};
        let source = r###"a /* "no" /* */ " */ "b\"//" // "c"
            br#"d"e"# "###;
        let expected = [(Name, "a"), (Text, r#"b\"//"#), (Text, r#"d"e"#)];
        assert_eq!(texts(source), expected);
        assert_eq!(texts(r#"b::c"#), [(Name, "b"), (Mark, ":"), (Mark, ":"), (Name, "c")]);
    }

    #[test]
    fn tells_characters_from_lifetimes() {
        use Kind::{Name, Other};
        assert_eq!(
            texts(r#"'"' '\'' 'a x '\u{22}' 'é'"#),
            [
                (Other, r#"'"'"#),
                (Other, r"'\''"),
                (Other, "'a"),
                (Name, "x"),
                (Other, r"'\u{22}'"),
                (Other, "'é'")
            ]
        );
    }

    #[test]
    fn counts_lines() {
        let lines: Vec<_> =
            cut("//! x\n\"a\nb\"\n/*\n*/ c").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn leaves_tests_out() {
        let source = "a; #[cfg(test)] #[path = \"x\"] mod tests { fn b() { [1; 2] } } c #[cfg(not(test))] d; \
                      #[cfg(test)] mod e; f #[cfg(test)] use g::{h}; i";
        let tokens = cut(source);
        let kept = without_tests(&tokens);
        let names: Vec<_> = kept.iter().filter(|t| t.kind == Kind::Name).map(|t| t.text).collect();
        assert_eq!(names, ["a", "c", "cfg", "not", "test", "d", "f", "i"]);
    }
}
