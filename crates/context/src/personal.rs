//! What is held about a user. Whoever keeps rows about users tells them here: each capability exports one function, the
//! binary puts them in order, as with [`cascade`](crate::cascade).

use std::pin::Pin;

use kernel::{NodeId, Problem};
use serde_json::{Map, Value};

use crate::reading::Reading;

/// Tells what a capability keeps about a user: sections by name. Never a secret, and nothing about another person.
pub type Tell = for<'a> fn(&'a Reading, NodeId) -> Told<'a>;

/// The work of one of them.
pub type Told<'a> = Pin<Box<dyn Future<Output = Result<Map<String, Value>, Problem>> + Send + 'a>>;

/// One section.
pub fn section(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}
