//! What realms and applications are.

use context::Resource;
use jiff::Timestamp;
use kernel::{Name, NodeId, NodeKind, Problem, ProblemKind};
use store::{Run, node::Node};

use crate::store::find_realm;

/// An application: a root of its own. The users of its primary realm may sign in there, and those of the realms that
/// are connected to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its node.
    pub id: NodeId,
    /// Its name, unique among the roots.
    pub name: String,
    /// Its primary realm.
    pub realm: NodeId,
    /// The name of that realm.
    pub realm_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

impl Resource for Application {
    fn node(&self) -> NodeId {
        self.id
    }
}

/// What is not there, and what one may not see, in the same words.
pub(crate) fn absent() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such thing, or you may not see it.")
}

/// The realm of this name in a path: absent is 404.
pub(crate) async fn realm_in_path(run: &impl Run, name: &Name) -> Result<Node, Problem> {
    find_realm(run, name).await?.ok_or_else(absent)
}

/// A kind of our own, as a value.
pub(crate) fn kind(word: &str) -> Result<NodeKind, Problem> {
    NodeKind::parse(word).map_err(Problem::internal)
}
