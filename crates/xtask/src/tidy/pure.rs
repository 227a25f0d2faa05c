//! The pure crates do no I/O, know no clock and make no randomness of their own.

use super::Finding;
use crate::tokens::{self, Kind, Token};
use crate::workspace::Workspace;

const PURE: [&str; 3] = ["kernel", "policy", "protocol"];

/// Keywords that mean waiting.
const WAITING: [&str; 2] = ["async", "await"];

/// Paths that lead outside, from their first name on.
const OUTSIDE: &[&[&str]] = &[
    &["tokio"],
    &["rand"],
    &["rand_chacha"],
    &["getrandom"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
    &["std", "env"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["jiff", "Timestamp", "now"],
    &["Timestamp", "now"],
];

/// Addresses are values: they open nothing.
const VALUES: [&str; 3] = ["IpAddr", "Ipv4Addr", "Ipv6Addr"];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let files =
        workspace.files().filter(|(owner, file)| PURE.contains(&owner.name.as_str()) && !file.test);
    let mut found = Vec::new();
    for (owner, file) in files {
        let tokens = tokens::without_tests(&tokens::cut(&file.text));
        let mut say = |line, what: &str| {
            let message = format!("{} is pure, it may not name {what}", owner.name);
            found.push(Finding::new(&file.path, line, message));
        };
        for word in tokens.iter().filter(|token| WAITING.iter().any(|word| token.is(word))) {
            say(word.line, word.text);
        }
        for (line, path) in paths(&tokens) {
            let outside = OUTSIDE.iter().any(|outside| path.starts_with(outside));
            if outside && !path.last().is_some_and(|last| VALUES.contains(last)) {
                say(line, &path.join("::"));
            }
        }
    }
    found
}

/// All paths `a::b::c` with their lines; `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths<'a>(tokens: &[Token<'a>]) -> Vec<(usize, Vec<&'a str>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // A name after a dot is a field or method, not the start of a path.
        let after_dot = at > 0 && tokens[at - 1].is(".");
        if tokens[at].kind == Kind::Name && !after_dot {
            at = path(tokens, at, &mut Vec::new(), &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path that begins with the name at `at`, after `before`; gives back the position after it.
fn path<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    before: &mut Vec<&'a str>,
    found: &mut Vec<(usize, Vec<&'a str>)>,
) -> usize {
    let (line, start) = (tokens[at].line, before.len());
    loop {
        before.push(tokens[at].text);
        at += 1;
        let joined = tokens.get(at).is_some_and(|t| t.is(":"))
            && tokens.get(at + 1).is_some_and(|t| t.is(":"));
        match tokens.get(at + 2) {
            Some(next) if joined && next.kind == Kind::Name => at += 2,
            Some(next) if joined && next.is("{") => {
                at = group(tokens, at + 3, before, found);
                break;
            }
            _ => {
                found.push((line, before.clone()));
                break;
            }
        }
    }
    before.truncate(start);
    at
}

/// Reads `b, c::d}` after `a::{`.
fn group<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    before: &mut Vec<&'a str>,
    found: &mut Vec<(usize, Vec<&'a str>)>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.is("}") {
            return at + 1;
        }
        at = if token.kind == Kind::Name { path(tokens, at, before, found) } else { at + 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::one;

    fn found(name: &str, text: &str) -> Vec<String> {
        let findings = check(&one(name, &[("src/a.rs", text), ("tests/b.rs", text)]));
        findings
            .into_iter()
            .map(|f| format!("{} {}", f.line, f.message.rsplit(' ').next().unwrap()))
            .collect()
    }

    #[test]
    fn finds_what_leads_outside() {
        assert_eq!(
            found("kernel", "use std::fs;\nuse tokio::sync::Mutex;"),
            ["1 std::fs", "2 tokio::sync::Mutex"]
        );
        assert_eq!(found("policy", "async fn a() { b().await }"), ["1 async", "1 await"]);
        assert_eq!(found("protocol", "let x = rand::random::<u8>();"), ["1 rand::random"]);
        assert_eq!(
            found("kernel", "let t = std::time::SystemTime::now();"),
            ["1 std::time::SystemTime::now"]
        );
        assert_eq!(found("kernel", "let t = Timestamp::now();"), ["1 Timestamp::now"]);
    }

    #[test]
    fn finds_it_in_groups() {
        let text = "use std::{\n  collections::{BTreeMap, BTreeSet}, net::{IpAddr, TcpStream},\n  \
                    time::{Duration, Instant} };";
        assert_eq!(found("kernel", text), ["2 std::net::TcpStream", "3 std::time::Instant"]);
    }

    #[test]
    fn leaves_the_rest_alone() {
        let text = "use std::net::IpAddr; use aws_lc_rs::rand::SystemRandom; use std::time::Duration; \
                    self.rand.fill(x); // tokio\n#[cfg(test)] mod tests { use std::fs; async fn a() {} }";
        assert_eq!(found("protocol", text), [""; 0]);
        assert_eq!(found("store", "use tokio::fs; async fn a() {}"), [""; 0]);
    }
}
