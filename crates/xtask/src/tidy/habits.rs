//! Habits of the source: a map at the head of each crate and folder, no gaps, no silent exceptions.

use super::Finding;
use crate::tokens::{self, Kind, Token};
use crate::workspace::{File, Workspace};

/// Macros that stand for something not written.
const GAPS: [&str; 2] = ["todo", "unimplemented"];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.files().flat_map(|(_, file)| check_file(file)).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let tokens = tokens::cut(&file.text);
    let mut found = Vec::new();
    let mut say = |line, message: &str| found.push(Finding::new(&file.path, line, message));
    if needs_head(&file.path) && tokens.first().is_none_or(|first| first.kind != Kind::InnerDoc) {
        say(1, "begin with a `//!` comment that says what is here");
    }
    for (at, token) in tokens.iter().enumerate() {
        let called = tokens.get(at + 1).is_some_and(|next| next.is("!"));
        if called && GAPS.iter().any(|gap| token.is(gap)) {
            say(token.line, "write it, or leave it out");
        }
        let Some(end) = tokens::attribute(&tokens, at) else { continue };
        if let Some(message) = judge(&tokens[at..end]) {
            say(token.line, message);
        }
    }
    found
}

fn needs_head(path: &str) -> bool {
    path.contains("/src/")
        && ["/lib.rs", "/main.rs", "/mod.rs"].iter().any(|end| path.ends_with(end))
}

/// What is wrong with an attribute.
fn judge(attribute: &[Token<'_>]) -> Option<&'static str> {
    // `cfg_attr(condition, attribute)` holds another attribute.
    let names = || attribute.iter().filter(|token| token.kind == Kind::Name);
    let conditional = names().next().is_some_and(|name| name.is("cfg_attr"));
    let held = names().skip(usize::from(conditional));
    let mut held = held.take(if conditional { usize::MAX } else { 1 });
    held.find_map(|name| match name.text {
        "ignore" => Some("a test that is ignored tests nothing"),
        "allow" => {
            Some("use #[expect(..., reason = \"...\")]: it says when it is no longer needed")
        }
        "expect" if !names().any(|name| name.is("reason")) => Some("say the reason"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::one;

    fn found(path: &str, text: &str) -> Vec<String> {
        let findings = check(&one("x", &[(path, text)]));
        findings.into_iter().map(|f| format!("{} {}", f.line, f.message)).collect()
    }

    #[test]
    fn asks_for_a_head() {
        let expected = ["1 begin with a `//!` comment that says what is here"];
        for path in ["src/lib.rs", "src/main.rs", "src/a/mod.rs"] {
            assert_eq!(found(path, "/// Not the file's.\nfn a() {}"), expected);
            assert_eq!(found(path, ""), expected);
            assert_eq!(found(path, "//! A.\n\nfn a() {}"), [""; 0]);
        }
        assert_eq!(found("src/a.rs", "fn a() {}"), [""; 0]);
    }

    #[test]
    fn finds_gaps() {
        let text = "fn a() {\n  todo!()\n}\nfn b() { unimplemented!(\"b\") }";
        assert_eq!(
            found("src/a.rs", text),
            ["2 write it, or leave it out", "4 write it, or leave it out"]
        );
        assert_eq!(found("src/a.rs", "// todo!()\nfn todo() { \"todo!()\"; }"), [""; 0]);
    }

    #[test]
    fn finds_silent_exceptions() {
        let allow = "1 use #[expect(..., reason = \"...\")]: it says when it is no longer needed";
        assert_eq!(found("tests/a.rs", "#[allow(dead_code)]"), [allow]);
        assert_eq!(found("src/a.rs", "#![allow(dead_code, reason = \"x\")]"), [allow]);
        assert_eq!(found("src/a.rs", "#[cfg_attr(test, allow(dead_code))]"), [allow]);
        assert_eq!(found("src/a.rs", "#[expect(dead_code)]"), ["1 say the reason"]);
        assert_eq!(found("src/a.rs", "#[expect(dead_code, reason = \"x\")]"), [""; 0]);
    }

    #[test]
    fn finds_ignored_tests() {
        let expected = ["1 a test that is ignored tests nothing"];
        assert_eq!(found("tests/a.rs", "#[ignore]\n#[test]"), expected);
        assert_eq!(found("tests/a.rs", "#[ignore = \"slow\"]"), expected);
        assert_eq!(found("tests/a.rs", "#[serde(default, ignore)] // #[ignore]"), [""; 0]);
    }
}
