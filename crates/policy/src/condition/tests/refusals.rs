//! What is refused, and where.

use super::{evaluate, parse};
use crate::condition::Position;
use crate::condition::Truth::True;

/// What is refused, in which column of the first line, and a part of what is said.
const REFUSED: &[(&str, usize, &str)] = &[
    ("resource.x == null", 15, "has(field)"),
    ("null != resource.x", 1, "has(field)"),
    ("resource.x in [null]", 16, "has(field)"),
    ("resource.x ? true : false", 12, "choice"),
    ("resource.x.matches('a')", 12, "`matches`"),
    ("resource.x.exists(t, t == 1)", 1, "exists"),
    ("resource.x.all(t, true)", 1, "exists"),
    ("resource.x.map(t, t)", 1, "map and filter"),
    ("resource.x + 1 == 2", 14, "only between"),
    ("resource.x * 2 == 2", 12, "arithmetic"),
    ("-resource.x == 2", 1, "arithmetic"),
    ("resource.x == resource.y - resource.z", 28, "only between"),
    ("now - timestamp(resource.x) > duration('1h')", 7, "only between"),
    ("duration('1h') < duration('2h')", 1, "duration stands"),
    ("user.name == 'x'", 1, "`user`"),
    ("name == 'x'", 1, "`name`"),
    (".resource.x == 1", 2, "`.resource`"),
    ("resource == 'x'", 1, "as a whole"),
    ("'x' in resource", 8, "`in` takes"),
    ("has(resource)", 5, "has() takes"),
    ("resource", 1, "as a whole"),
    ("resource.x.y == 1", 1, "no fields"),
    ("has(subject.x.y)", 5, "no fields"),
    ("now.x == 1", 1, "`now`"),
    ("now", 1, "`now` stands"),
    ("resource['x'] == 1", 9, "indexes"),
    ("resource.x == {}", 15, "maps"),
    ("resource.x == [1]", 15, "right of `in`"),
    ("resource.x in []", 15, "empty"),
    ("resource.x in [1, resource.y]", 19, "only literals"),
    ("1 in ['a']", 7, "never comparable"),
    ("now in ['a']", 1, "moments"),
    ("'a' < 1", 5, "a string is never comparable with a number"),
    ("size(resource.x) == 'a'", 18, "never comparable"),
    ("true < resource.x", 6, "no order"),
    ("resource.x < now", 1, "timestamp(..)"),
    ("now == 'x'", 5, "never comparable"),
    ("timestamp(1) < now", 11, "a moment is written"),
    ("timestamp('today') < now", 11, "a moment is written"),
    ("timestamp(now) < now", 11, "is a moment"),
    ("now > timestamp('9999-12-30T00:00:00Z') + duration('48h')", 7, "out of range"),
    ("now + duration('1d') > now", 16, "a duration is written"),
    ("now + duration(resource.x) > now", 16, "a duration is written"),
    ("(resource.x == 1) == true", 13, "a condition stands here"),
    ("has(resource.x) == true", 5, "has() is a condition"),
    ("has(resource.x).y == 1", 5, "has() is a condition"),
    ("resource.x == 1 == true", 17, "chained"),
    ("resource.x.startsWith(resource.y)", 23, "string as written"),
    ("'abc'.startsWith('a')", 1, "a field of"),
    ("resource.x.startsWith('a') == true", 12, "a condition stands here"),
    ("startsWith(resource.x, 'a')", 1, "startsWith"),
    ("size(resource.x)", 1, "a value stands here"),
    ("size('abc') == 3", 6, "a field of"),
    ("resource.x && 3", 15, "a value stands here"),
    ("'x'", 1, "a value stands here"),
    ("b'x' == resource.x", 1, "prefix"),
    ("r'x' == resource.x", 1, "prefix"),
    ("'''x''' == resource.x", 1, "triple"),
    ("resource.`x` == 1", 10, "backticks"),
    ("resource.x = 1", 12, "`==`"),
    ("resource.x & true", 12, "`&&`"),
    ("resource.x | true", 12, "`||`"),
    ("résource.x", 2, "unexpected character 'é'"),
    ("'é' == 'ü' ; true", 12, "unexpected character ';'"),
    ("resource.x == 'a", 15, "not closed"),
    ("resource.x == 'a\\q'", 17, "escape"),
    ("(resource.x == 1", 1, "not closed"),
    ("resource.x == 1)", 16, "closes nothing"),
    ("(resource.x]", 12, "closes nothing"),
    ("resource.x == 18446744073709551615u", 15, "2^63"),
    ("resource.x == 1e300", 15, "2^63"),
    ("resource.x == 9223372036854775808", 15, "int literal"),
    ("resource.x ==", 14, "not CEL"),
    ("resource.x resource.y", 12, "not CEL"),
    ("package == 1", 1, "not CEL"),
];

#[test]
fn refusals() {
    let mut wrong = Vec::new();
    for (text, column, part) in REFUSED {
        match parse(text) {
            Ok(predicate) => wrong.push(format!("{text}: accepted as {predicate:?}")),
            Err(error) => {
                let position = Some(Position { line: 1, column: *column });
                if error.position != position || !error.detail.contains(part) {
                    wrong.push(format!("{text}: {error}, expected {column}: {part}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn refusals_name_the_line() {
    let error = parse("'ü' == 'ü' // é\n  && resource.x ==\n\tnull").unwrap_err();
    assert_eq!(error.position, Some(Position { line: 3, column: 2 }));
    assert!(error.to_string().starts_with("line 3, column 2: null"), "{error}");
}

#[test]
fn long_and_deep_texts_are_refused() {
    let whole = ["".to_owned(), "  // nothing".to_owned(), " ".repeat(4097)];
    for text in whole {
        assert_eq!(parse(&text).unwrap_err().position, None, "{text}");
    }
    let deep = [
        "(".repeat(4096),
        "[".repeat(4096),
        "!".repeat(4096),
        "-".repeat(4096),
        "!(".repeat(2048),
        "f(".repeat(2048),
        ")".repeat(4096),
        format!("{}resource.x{}", "(".repeat(2000), ")".repeat(2000)),
        vec!["a"; 1365].join("&&"),
        vec!["a"; 1365].join("||"),
        vec!["a"; 2048].join("<"),
        vec!["a"; 2048].join("+"),
        vec!["a"; 2048].join("."),
        format!("a{}", ".f()".repeat(1000)),
        format!("a{}", "[0]".repeat(1000)),
        format!("a{}", "()".repeat(2000)),
        format!("resource.x in [{}1]", "1,".repeat(2000)),
        format!("'\\q{}", "(".repeat(4000)),
        format!("r'\\'{}", "(".repeat(4000)),
        format!("1r'\\'{}", "(".repeat(4000)),
        format!("'''{}", "(".repeat(4000)),
    ];
    for text in deep {
        assert!(text.len() <= 4096, "tests the limit of depth, not that of bytes");
        let error = parse(&text).unwrap_err();
        assert!(error.position.is_some(), "{error}");
    }
}

#[test]
fn texts_up_to_the_limits_are_taken() {
    let and = vec!["resource.level == 3"; 129].join("&&");
    let list = format!("resource.status in ['open'{}]", ",'x'".repeat(500));
    let deep = format!("{}resource.public{}", "(".repeat(12), ")".repeat(12));
    for text in [and, list, deep, format!("{}resource.public", "!".repeat(8))] {
        assert_eq!(evaluate(&text), True, "{text}");
    }
}
