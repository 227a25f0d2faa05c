//! Conditions: reading one is repeatable and bounded, a refusal points into the text, evaluation never panics, and
//! negation holds in all three values. Input: a condition, a zero byte, facts as JSON.

#![no_main]

use std::borrow::Cow;

use jiff::Timestamp;
use kernel::{ConditionText, condition::MAX_CONDITION};
use libfuzzer_sys::fuzz_target;
use policy::condition::{ConditionError, Facts, Predicate, Truth};
use serde_json::{Map, Value};

fuzz_target!(|text: &str| {
    let (source, facts) = text.split_once('\0').unwrap_or((text, ""));
    let condition = ConditionText(source.to_owned());
    let read = Predicate::parse(&condition);
    assert_eq!(read, Predicate::parse(&condition), "the same text is the same condition");
    match read {
        Err(refused) => points_into(source, &refused),
        Ok(read) => {
            assert!(source.len() <= MAX_CONDITION);
            let facts = World(serde_json::from_str(facts).unwrap_or_default());
            let truth = read.evaluate(&facts);
            assert_eq!(truth, read.evaluate(&facts), "the same facts are the same truth");
            negation(source, truth, &facts);
            // With nothing to read, what reads nothing is what it was.
            let nothing = read.evaluate(&World(Map::new()));
            assert!(!read.fields().is_empty() || nothing == truth);
        }
    }
});

fn negation(source: &str, truth: Truth, facts: &World) {
    // The line break ends a comment.
    let negated = Predicate::parse(&ConditionText(format!("!({source}\n)")));
    // It may be too long or too deep by now.
    let Ok(negated) = negated else { return };
    let expected = (truth.is_false(), truth.is_true());
    let negated = negated.evaluate(facts);
    assert_eq!((negated.is_true(), negated.is_false()), expected, "negation");
}

fn points_into(source: &str, refused: &ConditionError) {
    assert!(!refused.to_string().is_empty());
    let Some(position) = refused.position else { return };
    let line = source.split('\n').nth(position.line - 1).expect("a line of the text");
    assert!((1..=line.chars().count() + 1).contains(&position.column), "{position:?}");
}

/// Facts of an object with a member for each of the four.
struct World(Map<String, Value>);

impl World {
    fn of(&self, root: &str, name: &str) -> Option<Cow<'_, Value>> {
        self.0.get(root)?.get(name).map(Cow::Borrowed)
    }
}

impl Facts for World {
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.of("resource", name)
    }

    fn subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.of("subject", name)
    }

    fn action(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.of("action", name)
    }

    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>> {
        let start = self.0.get("context")?;
        path.iter().try_fold(start, |at, name| at.as_object()?.get(name)).map(Cow::Borrowed)
    }

    fn now(&self) -> Timestamp {
        self.0
            .get("now")
            .and_then(Value::as_i64)
            .and_then(|s| Timestamp::from_second(s).ok())
            .unwrap_or_default()
    }
}
