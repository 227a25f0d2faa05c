//! What is kept beside the database too, and must be there before a commit: a users file. The commit asks it last, when all
//! rows are written and nothing but the commit itself can fail.

use std::pin::Pin;

use kernel::{NodeId, Problem};

use crate::writing::Writing;

/// Called once the transaction is on disk.
pub type Written = Box<dyn FnOnce() + Send>;

/// The work of a mirror.
pub type Writes<'a> = Pin<Box<dyn Future<Output = Result<Option<Written>, Problem>> + Send + 'a>>;

/// Something that is written together with the database.
pub trait Mirror: Send + Sync {
    /// Whether what is known of the users of this realm is kept there too.
    fn covers(&self, realm: NodeId) -> bool;

    /// Writes what the transaction changes of what is kept there. An error undoes the transaction.
    fn write<'a>(&'a self, tx: &'a Writing) -> Writes<'a>;
}
