//! Remembers where in a document a reader is, so that an error can name the field. Both readers give documents one by
//! one and make no room for a path beside an error, so the pointer travels at the front of the message.

use protocol::json_pointer::pointer;
use serde::{Deserialize, Deserializer, de::Error};
use serde_path_to_error::Track;

/// A document that was read with its errors traced.
pub struct Traced<T>(pub T);

/// Before and after the pointer. Printable, as the YAML reader drops control characters from messages. A name that has
/// it too can only spoil the message about itself.
const MARK: char = '\u{a6}';

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Traced<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut track = Track::new();
        T::deserialize(serde_path_to_error::Deserializer::new(deserializer, &mut track))
            .map(Self)
            .map_err(|error| {
                let text = error.to_string();
                // An error of syntax has its own words, and a path would only say how far it came.
                if is_syntax(&text) {
                    return error;
                }
                D::Error::custom(format!("{MARK}{}{MARK}{text}", pointer(&track.path())))
            })
    }
}

/// The pointer and the message of a traced error.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(MARK)?;
    rest.split_once(MARK)
}

/// Whether serde_json's message is about the text rather than about a value.
fn is_syntax(text: &str) -> bool {
    [
        "EOF while",
        "expected `",
        "expected value",
        "trailing",
        "key must be",
        "control character",
        "recursion limit",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}
