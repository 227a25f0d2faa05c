//! A rule in its two forms: `!sql:crm:*@/acme`, or a map with a condition, exceptions, fields and rows.

use std::fmt;

use kernel::{ConditionText, Effect, NodeRef, Pattern, RuleText};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A rule of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
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

/// The long form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LongRule {
    /// What it gives, `pattern` or `pattern@/owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<RuleText>,
    /// Or what it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<RuleText>,
    /// What it is not about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Pattern>,
    /// Where it counts, if not said after `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<NodeRef>,
    /// When it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionText>,
    /// The fields of data it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// The rows of data it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<ConditionText>,
}

impl From<RuleText> for Rule {
    fn from(text: RuleText) -> Self {
        Self { text, except: Vec::new(), when: None, fields: None, rows: None }
    }
}

impl TryFrom<LongRule> for Rule {
    type Error = &'static str;

    fn try_from(long: LongRule) -> Result<Self, &'static str> {
        let mut text = match (long.allow, long.deny) {
            (Some(text), None) => text,
            (None, Some(text)) => RuleText { effect: Effect::Deny, ..text },
            _ => return Err("a rule has either 'allow' or 'deny'"),
        };
        if long.owner.is_some() && text.owner.is_some() {
            return Err("the owner of a rule is said twice");
        }
        text.owner = text.owner.or(long.owner);
        Ok(Self {
            text,
            except: long.except,
            when: long.when,
            fields: long.fields,
            rows: long.rows,
        })
    }
}

impl From<Rule> for LongRule {
    fn from(rule: Rule) -> Self {
        let effect = rule.text.effect;
        let text = RuleText { effect: Effect::Allow, ..rule.text };
        let (allow, deny) =
            if effect == Effect::Deny { (None, Some(text)) } else { (Some(text), None) };
        Self {
            allow,
            deny,
            except: rule.except,
            owner: None,
            when: rule.when,
            fields: rule.fields,
            rows: rule.rows,
        }
    }
}

impl Rule {
    /// Whether the short form says all of it.
    fn is_short(&self) -> bool {
        self.except.is_empty()
            && self.when.is_none()
            && self.fields.is_none()
            && self.rows.is_none()
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_short() {
            self.text.serialize(serializer)
        } else {
            LongRule::from(self.clone()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// Reads both forms, with the pointer to the field in error, which serde's untagged enums lose.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Rule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule: text, or a map with 'allow' or 'deny'")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rule, E> {
        text.parse::<RuleText>().map(Rule::from).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
        let long = LongRule::deserialize(MapAccessDeserializer::new(map))?;
        Rule::try_from(long).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Rule, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn both_forms_are_read_and_written_back() {
        for json in [
            r#""!sql:crm:*@/acme""#,
            r#"{"allow":"write@/records","when":"resource.status != 'archived'"}"#,
            r#"{"deny":"data:*:*:delete","except":["data:crm:*:delete"]}"#,
        ] {
            let rule = read(json).unwrap();
            assert_eq!(serde_json::to_string(&rule).unwrap(), json);
        }
    }

    #[test]
    fn a_rule_without_effect_or_with_two_is_refused() {
        assert!(read("{}").unwrap_err().contains("either 'allow' or 'deny'"));
        assert!(read(r#"{"allow":"a","deny":"b"}"#).unwrap_err().contains("either"));
        assert!(read(r#"{"allow":"a@/x","owner":"/y"}"#).unwrap_err().contains("twice"));
        assert!(read(r#"{"allow":"a","whem":"true"}"#).unwrap_err().contains("unknown field"));
    }

    #[test]
    fn a_long_deny_denies() {
        assert_eq!(read(r#"{"deny":"a"}"#).unwrap(), read(r#""!a""#).unwrap());
    }
}
