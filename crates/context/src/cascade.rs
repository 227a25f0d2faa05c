//! What goes when a node goes. References are by id, so whoever keeps rows about nodes removes them here: each
//! capability exports one function, the binary puts them in order.

use std::pin::Pin;

use kernel::Problem;
use store::node::Node;

use crate::writing::Writing;

/// Removes what a capability keeps about a node that is about to be deleted. It asks what model.md asks where lifting a
/// deny counts as granting. The node itself, and its permission to be deleted, are its caller's.
pub type Cascade = for<'a> fn(&'a mut Writing, &'a Node) -> Step<'a>;

/// The work of one step.
pub type Step<'a> = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send + 'a>>;
