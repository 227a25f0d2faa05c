//! What realms and applications are.

use context::Resource;
use jiff::Timestamp;
use kernel::{NodeId, NodeKind, Problem};

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

/// A kind of our own, as a value.
pub(crate) fn kind(word: &str) -> Result<NodeKind, Problem> {
    NodeKind::parse(word).map_err(Problem::internal)
}
