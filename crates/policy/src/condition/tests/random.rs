//! What random text may not do, and laws that hold for all conditions.

use super::{evaluate, parse, world};
use crate::condition::ConditionError;
use proptest::prelude::*;

/// Words of the language and some from beside it, so that texts come close to being accepted.
const WORDS: &[&str] = &[
    "subject",
    "resource",
    "action",
    "context",
    "now",
    ".",
    ".",
    "x",
    "status",
    "level",
    "groups",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "(",
    ")",
    "[",
    "]",
    ",",
    "true",
    "false",
    "null",
    "1",
    "-1",
    "1.5",
    "1e3",
    "1e400",
    "0x",
    "0x1F",
    "7u",
    "1.e",
    ".5",
    "99999999999999999999",
    "'a'",
    "\"b\"",
    "'\\u00e9'",
    "'\\q'",
    "'\\xZZ'",
    "'\\ud800'",
    "'\\UFFFFFFFF'",
    "'\\777'",
    "'",
    "r'a'",
    "b'a'",
    "'''",
    "has(",
    "has(resource.x)",
    "size(",
    "timestamp(",
    "timestamp(resource.x)",
    "duration('1h')",
    ".startsWith('a')",
    ".contains(",
    ".all(x, ",
    ".map(x, x)",
    ".exists_one(",
    ".filter(",
    "{",
    "}",
    "?",
    ":",
    "*",
    "/",
    "%",
    "`",
    "`a`",
    "//",
    "\n",
    "\r",
    "\0",
    "é",
    "\u{1F431}",
    "\u{FEFF}",
    "\u{2028}",
    "=",
    "&",
    "|",
    "\\",
    "resource.x",
    "resource.status",
    "subject.groups",
    "for",
    "as",
    "_",
    "$",
    "@",
    ";",
    "#",
];

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Conditions that are well formed, apart from limits and types.
fn well_formed() -> impl Strategy<Value = String> {
    let value = proptest::sample::select(vec![
        "resource.status",
        "resource.level",
        "resource.nothing",
        "resource.missing",
        "resource.mixed",
        "resource.huge",
        "subject.id",
        "context.list",
        "3",
        "-2.5",
        "'open'",
        "true",
        "now",
        "timestamp(resource.due)",
        "now - duration('1h')",
        "size(resource.tags)",
    ]);
    let operator = proptest::sample::select(vec!["==", "!=", "<", "<=", ">", ">=", "in"]);
    let leaf = prop_oneof![
        4 => (value.clone(), operator, value).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
        1 => Just("has(resource.nothing)".to_owned()),
        1 => Just("resource.public".to_owned()),
        1 => Just("resource.status in ['open', 3]".to_owned()),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

fn in_range(text: &str, error: &ConditionError) -> bool {
    error.position.is_none_or(|at| {
        at.line >= 1
            && at.column >= 1
            && at.line <= text.split('\n').count()
            && at.column <= text.split('\n').nth(at.line - 1).unwrap_or("").chars().count() + 1
    })
}

/// The words of the refusal for a panic of the parser, which must not be needed.
const PANICKED: &str = "cannot be read";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn token_soup_never_panics(tokens in prop::collection::vec(token(), 0..24), gap in 0..2_usize) {
        let text = tokens.join(&" ".repeat(gap));
        match parse(&text) {
            Ok(predicate) => { let _ = predicate.evaluate(&world()); }
            Err(error) => {
                prop_assert!(!error.detail.contains(PANICKED), "{error}");
                prop_assert!(in_range(&text, &error), "{error}");
            }
        }
    }

    #[test]
    fn any_text_never_panics(text in ".{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(!error.detail.contains(PANICKED), "{error}");
            prop_assert!(in_range(&text, &error), "{error}");
        }
    }

    #[test]
    fn evaluation_follows_the_connectives(a in well_formed(), b in well_formed()) {
        if let (Ok(a_read), Ok(b_read)) = (parse(&a), parse(&b)) {
            let world = world();
            let (a_is, b_is) = (a_read.evaluate(&world), b_read.evaluate(&world));
            prop_assert_eq!(evaluate(&format!("({a}) && ({b})")), a_is.and(b_is));
            prop_assert_eq!(evaluate(&format!("({a}) || ({b})")), a_is.or(b_is));
            prop_assert_eq!(evaluate(&format!("!({a})")), !a_is);
        }
    }
}
