//! Tables of conditions and what they come to.

mod random;
mod refusals;
mod tables;

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
        tables::NOW.parse().unwrap()
    }
}

/// The same facts; fails if the condition reads of a node what it does not tell. The engine has no more than it tells.
struct Told<'a>(World, &'a Predicate);

impl Facts for Told<'_> {
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>> {
        assert!(self.1.reads_resource().any(|told| told == name), "{name} is not told");
        self.0.resource(name)
    }

    fn subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        assert!(self.1.reads_subject().any(|told| told == name), "{name} is not told");
        self.0.subject(name)
    }

    fn action(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.0.action(name)
    }

    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>> {
        self.0.context(path)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

fn world() -> World {
    World(tables::facts())
}

fn parse(text: &str) -> Result<Predicate, ConditionError> {
    Predicate::parse(&ConditionText(text.to_owned()))
}

fn evaluate(text: &str) -> Truth {
    match parse(text) {
        Ok(predicate) => predicate.evaluate(&Told(world(), &predicate)),
        Err(error) => panic!("{text}: {error}"),
    }
}

fn check(table: &[(&str, Option<bool>)]) {
    for (text, expected) in table {
        let expected = expected.map_or(Unknown, Truth::from);
        assert_eq!(evaluate(text), expected, "{text}");
    }
}

#[test]
fn equality() {
    check(tables::EQUALITY);
}

#[test]
fn order() {
    check(tables::ORDER);
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
    check(tables::ALONE);
}

#[test]
fn presence() {
    check(tables::PRESENCE);
}

#[test]
fn membership() {
    check(tables::MEMBERSHIP);
}

#[test]
fn text_and_size() {
    check(tables::TEXT_AND_SIZE);
}

#[test]
fn moments() {
    check(tables::MOMENTS);
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
