//! The one way to write an event as bytes.

/// The canonical bytes of an event: a version, then each field as length and bytes of its name, a tag for its type, and
/// length and bytes of its value. Two events have the same bytes only if they have the same version and the same fields
/// in the same order. The writer fixes the order for each version; a new or moved field is a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// An event without fields, in the layout of that version.
    pub fn new(version: u16) -> Self {
        Self(version.to_be_bytes().to_vec())
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.field(name, b's', value.as_bytes())
    }

    /// Adds bytes: an id, or the hash of a personal value.
    #[must_use]
    pub fn bytes(self, name: &str, value: &[u8]) -> Self {
        self.field(name, b'b', value)
    }

    /// Adds a number, such as a time in microseconds.
    #[must_use]
    pub fn signed(self, name: &str, value: i64) -> Self {
        self.field(name, b'i', &value.to_be_bytes())
    }

    /// Adds a number that is never negative.
    #[must_use]
    pub fn unsigned(self, name: &str, value: u64) -> Self {
        self.field(name, b'u', &value.to_be_bytes())
    }

    /// Adds a truth value.
    #[must_use]
    pub fn truth(self, name: &str, value: bool) -> Self {
        self.field(name, b't', &[u8::from(value)])
    }

    /// Says that a field has no value, which is another thing than an empty one.
    #[must_use]
    pub fn absent(self, name: &str) -> Self {
        self.field(name, b'-', &[])
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn field(mut self, name: &str, tag: u8, value: &[u8]) -> Self {
        self.sized(name.as_bytes());
        self.0.push(tag);
        self.sized(value);
        self
    }

    fn sized(&mut self, bytes: &[u8]) {
        // 64 bits hold any length, on every platform.
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn borders_types_and_absence_show() {
        let events = [
            Canonical::new(1).text("a", "bc"),
            Canonical::new(1).text("ab", "c"),
            Canonical::new(1).text("a", "b").text("c", ""),
            Canonical::new(1).text("a", ""),
            Canonical::new(1).absent("a"),
            Canonical::new(1).bytes("a", b"bc"),
            Canonical::new(1).signed("a", 1),
            Canonical::new(1).unsigned("a", 1),
            Canonical::new(1).truth("a", true),
            Canonical::new(2).text("a", "bc"),
        ];
        for (i, left) in events.iter().enumerate() {
            for right in &events[i + 1..] {
                assert_ne!(left, right);
            }
        }
    }

    proptest! {
        #[test]
        fn different_fields_have_different_bytes(
            left in prop::collection::vec((".{0,4}", ".{0,6}"), 0..4),
            right in prop::collection::vec((".{0,4}", ".{0,6}"), 0..4),
        ) {
            let write = |fields: &[(String, String)]| {
                fields.iter().fold(Canonical::new(1), |event, (name, value)| event.text(name, value))
            };
            prop_assert_eq!(left == right, write(&left) == write(&right));
        }
    }
}
