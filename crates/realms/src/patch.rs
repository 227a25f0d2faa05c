//! Fields of a change: absent stays, null removes.

use serde::{Deserialize, Deserializer};

/// A field that was given: null is `Some(None)`. With `#[serde(default)]` an absent one is `None`.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
