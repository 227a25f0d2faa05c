//! What is asked, and the plain answer.

use jiff::Timestamp;
use kernel::{NodeId, PermissionName};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::principal::Principal;

/// May this principal do this at this node, now?
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// What: one thing, under one name or several; a rule that matches any of them is about it. None: denied.
    pub permissions: &'a [PermissionName],
    /// Where; unknown: denied.
    pub node: NodeId,
    /// What conditions may read beside stored facts.
    pub context: &'a Context,
    /// When.
    pub now: Timestamp,
}

/// What a request brings for conditions. Empty by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// `action.*`.
    pub action: Map<String, Value>,
    /// `context.*`.
    pub context: Map<String, Value>,
    /// `resource.*` that is not stored. Only for callers who may add it; never replaces what is stored.
    pub resource: Map<String, Value>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[must_use]
pub enum Decision {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

impl Decision {
    /// Whether it is [`Decision::Allow`].
    pub fn is_allow(self) -> bool {
        self == Self::Allow
    }
}

impl From<bool> for Decision {
    fn from(allow: bool) -> Self {
        if allow { Self::Allow } else { Self::Deny }
    }
}
