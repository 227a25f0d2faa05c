//! Tables of conditions and what they come to.

mod random;
mod refusals;

use super::{ConditionError, Facts, Predicate, Truth};
use crate::condition::Truth::{False, True, Unknown};
use jiff::Timestamp;
use kernel::ConditionText;
use serde_json::{Value, json};
use std::borrow::Cow;

/// Facts out of one JSON object with `resource`, `subject`, `action` and `context`.
struct World(Value);

impl World {
    fn member(&self, root: &str, name: &str) -> Option<Cow<'_, Value>> {
        self.0.get(root)?.get(name).map(Cow::Borrowed)
    }
}

impl Facts for World {
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.member("resource", name)
    }

    fn subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        // Owned, so that both kinds of Cow are walked.
        self.member("subject", name).map(|value| Cow::Owned(value.into_owned()))
    }

    fn action(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.member("action", name)
    }

    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>> {
        let start = self.0.get("context")?;
        path.iter().try_fold(start, |at, name| at.get(name)).map(Cow::Borrowed)
    }

    fn now(&self) -> Timestamp {
        "2026-06-01T10:00:00Z".parse().unwrap()
    }
}

fn world() -> World {
    World(json!({
        "resource": {
            "status": "open", "level": 3, "ratio": 2.5, "digits": "10", "public": true,
            "hidden": false, "nothing": null, "huge": 1e300, "big": 9_007_199_254_740_993_i64,
            "tags": ["a", "b"], "mixed": ["a", 1, null], "empty": [], "map": {"x": 1},
            "due": "2026-06-01T11:00:00Z", "late": "9999-12-30T00:00:00Z", "owner": "u1",
            "name": "Grüße"
        },
        "subject": {
            "id": "u1", "groups": ["staff@/acme", "all@/"], "level": 4, "superuser": false,
            "nothing": null
        },
        "action": {"name": "edit", "count": 2},
        "context": {"subject": {"country": "BE"}, "ip": "10.0.0.1", "list": [1, 2.0, 3]}
    }))
}

fn parse(text: &str) -> Result<Predicate, ConditionError> {
    Predicate::parse(&ConditionText(text.to_owned()))
}

fn evaluate(text: &str) -> Truth {
    match parse(text) {
        Ok(predicate) => predicate.evaluate(&world()),
        Err(error) => panic!("{text}: {error}"),
    }
}

fn check(table: &[(&str, Truth)]) {
    for (text, expected) in table {
        assert_eq!(evaluate(text), *expected, "{text}");
    }
}

#[test]
fn equality() {
    check(&[
        ("resource.status == 'open'", True),
        ("resource.status == \"closed\"", False),
        ("resource.status != 'archived'", True),
        ("resource.missing != 'archived'", Unknown),
        ("resource.missing == 'archived'", Unknown),
        ("resource.nothing != 'x'", Unknown),
        ("resource.status == 3", Unknown),
        ("resource.status != 3", Unknown),
        ("resource.level == 3", True),
        ("resource.level == 3.0 && resource.level == 3u && resource.level == 0x3", True),
        ("resource.level != 3.5", True),
        ("resource.public == true", True),
        ("resource.public != true", False),
        ("resource.status == true", Unknown),
        ("resource.tags == resource.tags", Unknown),
        ("resource.map == resource.map", Unknown),
        ("resource.owner == subject.id", True),
        ("subject.id != resource.status", True),
        ("subject.level == resource.level", False),
        ("subject.nothing == resource.nothing", Unknown),
        ("action.name == 'edit'", True),
        ("action.missing == 'edit'", Unknown),
        ("context.subject.country == 'BE'", True),
        ("context.subject.country.more == 'BE'", Unknown),
        ("context.subject == 'BE'", Unknown),
        ("'a' == 'a' && 1 < 2 && true != false", True),
        ("resource.name == 'Gr\\u00fc\\u00DFe'", True),
        ("'a\\x41\\101\\n\\\\' == 'aAA\\u000a\\U0000005C'", True),
    ]);
}

#[test]
fn order() {
    check(&[
        ("resource.level > 2", True),
        ("resource.level > 3", False),
        ("resource.level >= 3", True),
        ("resource.level < 3", False),
        ("resource.level <= 3 && resource.level < 4", True),
        ("9 < resource.level", False),
        ("resource.digits > 9", Unknown),
        ("resource.digits < 9", Unknown),
        ("resource.missing > 9", Unknown),
        ("resource.ratio > 2 && resource.ratio < 3", True),
        ("resource.level > -1 && resource.level > -1.5", True),
        ("resource.huge > 1", Unknown),
        ("resource.big > 9007199254740992.0", True),
        ("resource.big == 9007199254740992.0", False),
        ("resource.big <= -9223372036854775808", False),
        ("resource.status > 'op' && resource.status < 'oq'", True),
        ("resource.status > 'Z'", True),
        ("resource.public > resource.hidden", Unknown),
        ("resource.level < subject.level", True),
        ("action.count >= 2", True),
    ]);
}

#[test]
fn connectives_and_fields_as_conditions() {
    let (t, f, u) = ("resource.public", "resource.hidden", "resource.missing");
    for (text, expected) in [
        (format!("{t} && {u}"), Unknown),
        (format!("{u} && {f}"), False),
        (format!("{u} && {u}"), Unknown),
        (format!("{u} || {t}"), True),
        (format!("{f} || {u}"), Unknown),
        (format!("!{u}"), Unknown),
        (format!("!{f} && !!{t}"), True),
        (format!("!({t} && {f})"), True),
        (format!("{f} && {f} || {t}"), True),
        (format!("{f} && ({f} || {t})"), False),
        (format!("{u} || {u} || {f} || {t}"), True),
        (format!("{t} && {t} && {u} && {f}"), False),
    ] {
        assert_eq!(evaluate(&text), expected, "{text}");
    }
    check(&[
        ("true", True),
        ("!true", False),
        ("resource.status", Unknown),
        ("!resource.level", Unknown),
        ("subject.superuser", False),
        ("true // resource.status == (", True),
        ("resource.public &&\n\t// a comment\n  resource.level == 3", True),
    ]);
}

#[test]
fn presence() {
    check(&[
        ("has(resource.status)", True),
        ("has(resource.nothing)", True),
        ("has(resource.missing)", False),
        ("!has(resource.missing)", True),
        ("has(subject.id) && has(action.name) && has(context.subject.country)", True),
        ("has(context.subject.city) || has(context.none.at.all)", False),
        ("has((resource.status))", True),
    ]);
}

#[test]
fn membership() {
    check(&[
        ("resource.status in ['open', 'new']", True),
        ("resource.status in ['new']", False),
        ("resource.missing in ['new']", Unknown),
        ("resource.nothing in ['new']", Unknown),
        ("resource.tags in ['a']", Unknown),
        ("resource.level in [1, 3.0]", True),
        ("resource.level in ['3']", Unknown),
        ("resource.level in ['3', 3]", True),
        ("resource.status in [3, 'new']", Unknown),
        ("resource.public in [true]", True),
        ("'staff@/acme' in subject.groups", True),
        ("'other@/acme' in subject.groups", False),
        ("!('other@/acme' in subject.groups)", True),
        ("1 in subject.groups", Unknown),
        ("'a' in resource.mixed", True),
        ("1.0 in resource.mixed", True),
        ("'z' in resource.mixed", Unknown),
        ("'a' in resource.empty", False),
        ("resource.missing in resource.empty", Unknown),
        ("'a' in resource.missing", Unknown),
        ("'o' in resource.status", Unknown),
        ("'x' in resource.map", Unknown),
        ("2 in context.list && size(resource.tags) in [2]", True),
        ("subject.id in resource.tags", False),
    ]);
}

#[test]
fn text_and_size() {
    check(&[
        ("resource.status.startsWith('op')", True),
        ("resource.status.startsWith('Op')", False),
        ("resource.status.endsWith('en')", True),
        ("resource.status.contains('pe')", True),
        ("resource.status.contains('%')", False),
        ("resource.level.contains('3')", Unknown),
        ("resource.tags.contains('a')", Unknown),
        ("!resource.missing.contains('a')", Unknown),
        ("context.ip.startsWith('10.')", True),
        ("size(resource.name) == 5", True),
        ("resource.name.size() > 5", False),
        ("size(resource.tags) == 2 && size(resource.empty) < 1", True),
        ("size(resource.level) == 1", Unknown),
        ("size(resource.map) == 1", Unknown),
        ("size(resource.missing) == 0", Unknown),
    ]);
}

#[test]
fn moments() {
    check(&[
        ("now == timestamp('2026-06-01T10:00:00Z')", True),
        ("now == timestamp('2026-06-01T12:00:00.000+02:00')", True),
        ("timestamp(resource.due) > now", True),
        ("now > timestamp(resource.due) - duration('1h')", False),
        ("now >= timestamp(resource.due) - duration('30m') - duration('30m')", True),
        ("now + duration('1h1ns') > timestamp(resource.due)", True),
        ("duration('1h') + now == timestamp(resource.due)", True),
        ("now - duration('-1h') == timestamp(resource.due)", True),
        ("timestamp('2026-06-01T00:00:00Z') + duration('10h') == now", True),
        ("timestamp(resource.status) > now", Unknown),
        ("timestamp(resource.level) > now", Unknown),
        ("timestamp(resource.missing) > now", Unknown),
        ("timestamp(resource.nothing) != now", Unknown),
        ("timestamp(resource.late) + duration('48h') > now", Unknown),
        ("!(now + duration('2000000000000h') > now)", Unknown),
    ]);
}

#[test]
fn the_world_of_the_shared_cases() {
    let nodes = [
        ("open", json!({"status": "open", "level": 3})),
        ("archived", json!({"status": "archived", "level": "10"})),
        ("bare", json!({})),
    ];
    let rules = [
        ("resource.status != 'archived'", [True, False, Unknown]),
        ("resource.level > 9", [False, Unknown, Unknown]),
        ("resource.status == 'archived'", [False, True, Unknown]),
    ];
    for (text, expected) in rules {
        let predicate = parse(text).unwrap();
        for ((node, properties), expected) in nodes.iter().zip(expected) {
            let facts = World(json!({"resource": properties}));
            assert_eq!(predicate.evaluate(&facts), expected, "{text} at {node}");
        }
    }
}

#[test]
fn names_that_are_read() {
    let text = "has(resource.b) && timestamp(resource.a) < now && size(subject.z) > 1 \
                && (resource.c.contains('x') || resource.d in [1] || subject.id in resource.e) \
                && !resource.b && context.resource.f == 1 && subject.y == resource.g";
    let predicate = parse(text).unwrap();
    assert_eq!(predicate.reads_resource().collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "g"]);
    assert_eq!(predicate.reads_subject().collect::<Vec<_>>(), ["id", "y", "z"]);
    assert_eq!(predicate, parse(text).unwrap());
}
