//! What is kept about a user beside the account itself: metadata, the user's own, and attributes, the administrators'.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Largest metadata or attributes, in bytes of JSON.
pub const MAX_BYTES: usize = 16 * 1024;
/// Deepest nesting of metadata or attributes, the outer object counted.
pub const MAX_DEPTH: usize = 8;
/// Names that a condition computes, so no attribute may have them.
pub const BUILT_IN: [&str; 6] = ["id", "realm", "username", "groups", "active_role", "superuser"];

/// Why metadata or attributes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsRefused {
    /// Over [`MAX_BYTES`].
    #[error("must be at most 16384 bytes of JSON")]
    TooLarge,
    /// Over [`MAX_DEPTH`].
    #[error("must not be nested deeper than 8")]
    TooDeep,
    /// In [`BUILT_IN`].
    #[error("the name '{0}' is built in")]
    BuiltIn(String),
    /// Not what a condition can read.
    #[error(
        "the name '{0}' must be 1 to 64 characters of a-z, A-Z, 0-9, '_', not starting with a digit"
    )]
    Name(String),
}

/// The user's own JSON object. It never enters a condition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// The object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// This with the members of another over it; a null there removes (RFC 7396).
    pub fn merged(self, patch: Map<String, Value>) -> Result<Self, FactsRefused> {
        let mut target = Value::Object(self.0);
        merge(&mut target, Value::Object(patch));
        match target {
            Value::Object(map) => Self::try_from(map),
            _ => unreachable!("INVARIANT: an object merged into an object is one"),
        }
    }
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

impl TryFrom<Map<String, Value>> for Metadata {
    type Error = FactsRefused;

    fn try_from(map: Map<String, Value>) -> Result<Self, FactsRefused> {
        let value = Value::Object(map);
        check_size(&value)?;
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => unreachable!("INVARIANT: made of an object above"),
        }
    }
}

impl From<Metadata> for Map<String, Value> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

/// What administrators say about a user: `subject.<name>` in conditions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Value>", into = "BTreeMap<String, Value>")]
pub struct Attributes(BTreeMap<String, Value>);

impl Attributes {
    /// The attributes by name.
    pub fn as_map(&self) -> &BTreeMap<String, Value> {
        &self.0
    }

    /// The names whose value differs from what `former` has.
    pub fn changed_since<'a>(&'a self, former: &'a Self) -> impl Iterator<Item = &'a str> {
        let names = self.0.keys().chain(former.0.keys().filter(|name| !self.0.contains_key(*name)));
        names.filter(|name| self.0.get(*name) != former.0.get(*name)).map(String::as_str)
    }
}

impl TryFrom<BTreeMap<String, Value>> for Attributes {
    type Error = FactsRefused;

    fn try_from(map: BTreeMap<String, Value>) -> Result<Self, FactsRefused> {
        for name in map.keys() {
            if BUILT_IN.contains(&name.as_str()) {
                return Err(FactsRefused::BuiltIn(name.clone()));
            }
            if !is_identifier(name) {
                return Err(FactsRefused::Name(name.clone()));
            }
        }
        check_size(&Value::Object(map.clone().into_iter().collect()))?;
        Ok(Self(map))
    }
}

impl From<Attributes> for BTreeMap<String, Value> {
    fn from(attributes: Attributes) -> Self {
        attributes.0
    }
}

fn is_identifier(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    first && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn check_size(value: &Value) -> Result<(), FactsRefused> {
    if depth(value) > MAX_DEPTH {
        return Err(FactsRefused::TooDeep);
    }
    if value.to_string().len() > MAX_BYTES { Err(FactsRefused::TooLarge) } else { Ok(()) }
}

/// How deep a value is nested. The parser of JSON has bounded it before, so this cannot run out of stack.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attributes(value: Value) -> Result<Attributes, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn built_in_and_unreadable_names_are_refused() {
        for name in BUILT_IN.iter().chain(&["", "1a", "a-b", "a.b", "gr\u{e4}de"]) {
            assert!(attributes(json!({ *name: 1 })).is_err(), "{name}");
        }
        assert!(attributes(json!({ "grade": 3, "_x1": null })).is_ok());
    }

    #[test]
    fn size_and_depth_are_limited() {
        let deep = (0..8).fold(json!(1), |value, _| json!([value]));
        assert!(serde_json::from_value::<Metadata>(json!({ "a": deep })).is_err());
        assert!(serde_json::from_value::<Metadata>(json!({ "a": "x".repeat(MAX_BYTES) })).is_err());
        assert!(serde_json::from_value::<Metadata>(json!({ "a": [[1]] })).is_ok());
        assert!(serde_json::from_value::<Metadata>(json!([1])).is_err());
    }

    #[test]
    fn metadata_are_merged_and_null_removes() {
        let Value::Object(old) = json!({ "a": 1, "b": { "c": 1, "d": 2 } }) else { panic!() };
        let Value::Object(patch) = json!({ "a": null, "b": { "c": 5 }, "e": [null] }) else {
            panic!()
        };
        let merged = Metadata::try_from(old).unwrap().merged(patch).unwrap();
        assert_eq!(json!(merged), json!({ "b": { "c": 5, "d": 2 }, "e": [null] }));
    }

    #[test]
    fn changed_attributes_are_told_by_name() {
        let old = attributes(json!({ "a": 1, "b": 1, "c": 1 })).unwrap();
        let new = attributes(json!({ "a": 1, "b": 2, "d": 1 })).unwrap();
        assert_eq!(new.changed_since(&old).collect::<Vec<_>>(), ["b", "d", "c"]);
    }
}
