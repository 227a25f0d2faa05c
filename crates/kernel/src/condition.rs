//! The source text of a condition: a CEL expression that the engine understands once it is lowered.

use serde::{Deserialize, Serialize};

/// Longest condition, in bytes.
pub const MAX_CONDITION: usize = 4096;

/// A condition as it was written. That it can be lowered is checked on save, by the engine's crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConditionText(pub String);

impl ConditionText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
