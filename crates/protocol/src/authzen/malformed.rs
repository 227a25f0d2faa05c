//! Why a body is refused, and where in it.

use crate::json_pointer::pointer;
use serde::de::DeserializeOwned;

use super::wire::Object;

/// Why a request is refused: 400 for a whole request, a denied decision for one of many.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Malformed {
    /// JSON pointer (RFC 6901) to the member; empty for the whole body.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Malformed {
    /// A member that is wrong.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }

    /// A required member that is not there.
    pub(crate) fn missing(pointer: impl Into<String>) -> Self {
        Self::at(pointer, "is required")
    }

    /// The same, in something larger.
    pub(crate) fn below(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

/// Parses a body, which is an object. It is read once more for the place of an error, and only then.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Malformed> {
    // RFC 8259, section 8.1; members that are ignored are not looked at, so this is asked of the whole.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Malformed::at("", "is no UTF-8"));
    };
    match serde_json::from_str(text) {
        Ok(Object(value)) => Ok(value),
        Err(_) => Err(explain::<Object<T>>(bytes)),
    }
}

fn explain<T: DeserializeOwned>(bytes: &[u8]) -> Malformed {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => error,
        Ok(_) => return Malformed::at("", "has more behind its end"),
    };
    let inner = error.inner();
    if inner.is_data() {
        let text = inner.to_string();
        let detail = text.split(" at line ").next().unwrap_or(&text);
        return Malformed::at(pointer(error.path()), detail);
    }
    let (line, column) = (inner.line(), inner.column());
    Malformed::at("", format!("is no JSON: line {line}, column {column}"))
}
