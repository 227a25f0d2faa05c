//! Rules as one writes them: `"!sql:crm:*@/acme"`, or long:
//! `{"deny": "sql:crm:*@/acme", "except": [...], "when": "..."}`.

use std::fmt;

use kernel::{ConditionText, Effect, NodeRef, Pattern, RuleText, rule::RuleError};
use policy::Rule;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, RefOr, Schema, Type},
};

/// A rule as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInput {
    /// Effect, pattern and owner.
    pub text: RuleText,
    /// What it is not about, although the pattern matches.
    pub except: Vec<Pattern>,
    /// When it counts.
    pub when: Option<ConditionText>,
    /// The fields of data it allows.
    pub fields: Option<Vec<String>>,
    /// The rows of data it allows.
    pub rows: Option<ConditionText>,
}

impl RuleInput {
    /// A rule as one would write it, with its owner where that is to be named.
    pub(crate) fn of(rule: &Rule, owner: Option<NodeRef>) -> Self {
        Self {
            text: RuleText { effect: rule.effect, pattern: rule.pattern.clone(), owner },
            except: rule.except.clone(),
            when: rule.when.clone(),
            fields: rule.fields.clone(),
            rows: rule.rows.clone(),
        }
    }
}

impl From<RuleText> for RuleInput {
    fn from(text: RuleText) -> Self {
        Self { text, except: Vec::new(), when: None, fields: None, rows: None }
    }
}

/// The long form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LongRule {
    /// The pattern that is allowed, with `@owner` if it is not the role's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub allow: Option<Plain>,
    /// The pattern that is denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub deny: Option<Plain>,
    /// Patterns that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub except: Vec<Pattern>,
    /// The condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub when: Option<ConditionText>,
    /// The fields of data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// The rows of data, as a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rows: Option<ConditionText>,
}

/// Pattern and owner, without `!`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Plain(pub RuleText);

impl TryFrom<String> for Plain {
    type Error = PlainError;
    fn try_from(text: String) -> Result<Self, PlainError> {
        let rule: RuleText = text.parse()?;
        if rule.effect == Effect::Deny { Err(PlainError::Deny) } else { Ok(Self(rule)) }
    }
}

impl From<Plain> for String {
    fn from(plain: Plain) -> String {
        plain.0.to_string()
    }
}

/// Why a pattern with owner is refused.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    /// It does not read.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// `allow` or `deny` says it already.
    #[error("must not start with '!'")]
    Deny,
}

impl LongRule {
    fn into_rule(self) -> Result<RuleInput, &'static str> {
        let text = match (self.allow, self.deny) {
            (Some(allow), None) => allow.0,
            (None, Some(deny)) => RuleText { effect: Effect::Deny, ..deny.0 },
            _ => return Err("a rule has either 'allow' or 'deny'"),
        };
        let data = self.fields.is_some() || self.rows.is_some();
        if data && text.effect == Effect::Deny {
            return Err("'fields' and 'rows' belong to 'allow'");
        }
        if data && !matches!(text.pattern.as_str().split(':').next(), Some("data" | "*")) {
            return Err("'fields' and 'rows' belong to permissions that start with 'data:'");
        }
        let Self { except, when, fields, rows, .. } = self;
        Ok(RuleInput { text, except, when, fields, rows })
    }
}

impl<'de> Deserialize<'de> for RuleInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand rather than untagged: so an error keeps its reason and its place.
        deserializer.deserialize_any(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = RuleInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule: a text, or an object with 'allow' or 'deny'")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RuleInput, E> {
        text.parse::<RuleText>().map(RuleInput::from).map_err(E::custom)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<RuleInput, M::Error> {
        let long = LongRule::deserialize(MapAccessDeserializer::new(map))?;
        long.into_rule().map_err(M::Error::custom)
    }
}

impl Serialize for RuleInput {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { text, except, when, fields, rows } = self.clone();
        if except.is_empty() && when.is_none() && fields.is_none() && rows.is_none() {
            return text.serialize(serializer);
        }
        let plain = Some(Plain(RuleText { effect: Effect::Allow, ..text.clone() }));
        let (allow, deny) = match text.effect {
            Effect::Allow => (plain, None),
            Effect::Deny => (None, plain),
        };
        LongRule { allow, deny, except, when, fields, rows }.serialize(serializer)
    }
}

impl PartialSchema for RuleInput {
    fn schema() -> RefOr<Schema> {
        let text = Object::with_type(Type::String);
        let long = LongRule::schema();
        utoipa::openapi::OneOfBuilder::new().item(text).item(long).into()
    }
}

impl ToSchema for RuleInput {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_are_read_and_written_back() {
        for value in [
            json!("sql:crm:*"),
            json!("!sql:crm:x@/acme"),
            json!({"allow": "write@/records", "when": "resource.status != 'archived'"}),
            json!({"deny": "data:*:*:delete", "except": ["data:a:b:delete"]}),
            json!({"allow": "data:a:b:view", "fields": ["name"], "rows": "resource.x == 1"}),
        ] {
            let rule: RuleInput = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&rule).unwrap(), value);
        }
    }

    #[test]
    fn malformed_rules_are_refused_with_the_reason() {
        for (value, reason) in [
            (json!("cust*"), "'*' must be a whole segment"),
            (json!("a::b"), "empty segment"),
            (json!("!!x"), "must not contain"),
            (json!("!"), "'!' needs a pattern"),
            (json!("a b"), "white space"),
            (json!({}), "either 'allow' or 'deny'"),
            (json!({"allow": "a", "deny": "b"}), "either 'allow' or 'deny'"),
            (json!({"allow": "!a"}), "must not start with '!'"),
            (json!({"alow": "a"}), "unknown field"),
            (json!({"deny": "data:a:b:view", "fields": ["x"]}), "belong to 'allow'"),
            (json!({"allow": "sql:a", "rows": "true"}), "data:"),
            (json!(3), "a rule"),
        ] {
            let error = serde_json::from_value::<RuleInput>(value.clone()).unwrap_err();
            assert!(error.to_string().contains(reason), "{value}: {error}");
        }
    }
}
