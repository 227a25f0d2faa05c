//! The short form of a rule: `sql:crm:*`, `!sql:crm:customers_delete`, `contract.edit@/acme`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    name::{NodeRef, NodeRefError},
    permission::{Pattern, PermissionError},
};

/// What an applying rule does; a deny wins over every allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Gives the permission.
    Allow,
    /// Takes it, whatever gives it.
    Deny,
}

/// A rule as one writes it: effect, pattern, and the node that owns it (absent: the role's owner).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleText {
    /// Allow, or deny after `!`.
    pub effect: Effect,
    /// What it is about.
    pub pattern: Pattern,
    /// Where it counts: at this node and below.
    pub owner: Option<NodeRef>,
}

/// Why a rule is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A bare `!`.
    #[error("'!' needs a pattern after it")]
    BareDeny,
    /// The part before `@`.
    #[error("the pattern {0}")]
    Pattern(#[from] PermissionError),
    /// The part after `@`.
    #[error("the owner {0}")]
    Owner(#[from] NodeRefError),
}

impl FromStr for RuleText {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (effect, rest) = match text.strip_prefix('!') {
            Some("") => return Err(RuleError::BareDeny),
            Some(rest) => (Effect::Deny, rest),
            None => (Effect::Allow, text),
        };
        // A pattern has no '@', a path may: the first one divides.
        let (pattern, owner) = match rest.split_once('@') {
            Some((pattern, owner)) => (pattern, Some(owner.parse()?)),
            None => (rest, None),
        };
        Ok(Self { effect, pattern: Pattern::parse(pattern)?, owner })
    }
}

impl fmt::Display for RuleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.effect == Effect::Deny {
            f.write_str("!")?;
        }
        self.pattern.fmt(f)?;
        self.owner.iter().try_for_each(|owner| write!(f, "@{owner}"))
    }
}

impl TryFrom<String> for RuleText {
    type Error = RuleError;
    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

impl From<RuleText> for String {
    fn from(rule: RuleText) -> String {
        rule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_survives_text() {
        for text in ["*", "!sql:crm:*", "contract.edit@/acme", "!a@/x@y/z"] {
            assert_eq!(text.parse::<RuleText>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_rules_are_refused() {
        for text in ["", "!", "!!x", "a b", "cust*", "a::b", "a@acme", "a@", "@/x"] {
            assert!(text.parse::<RuleText>().is_err(), "{text}");
        }
    }
}
