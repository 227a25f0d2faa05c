//! What a condition reads.

use jiff::Timestamp;
use serde_json::Value;
use std::borrow::Cow;

/// The values of one question. A value that is not there is `None`; the evaluation is as pure and
/// as repeatable as these answers.
pub trait Facts {
    /// `resource.<name>`: a stored property of the node asked about, or one that the request was
    /// allowed to add.
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// `subject.<name>`: a built-in name (`id`, `realm`, `username`, `groups`, `active_role`,
    /// `superuser`) or an attribute of the principal. Never from a request.
    fn subject(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// `action.<name>`, from the request.
    fn action(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// `context.<path>`, from the request. `path` has at least one name; a member of a member that
    /// is not an object is missing.
    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>>;

    /// The moment of the question. Never from a request.
    fn now(&self) -> Timestamp;
}
