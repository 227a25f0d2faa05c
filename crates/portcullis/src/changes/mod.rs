//! The change feed: what each commit changed, as it happens, for applications that keep a copy or a cache.
//!
//! | module | holds |
//! |---|---|
//! | [`read_changes`] | `GET /api/v1/changes`: the feed |
//! | [`list_labels`] | `GET /api/v1/changes/labels`: the first copy of a mirror |
//! | [`view`] | what of a change is told |
//! | [`prune`] | how long the log is kept |
//! | `stream` | sending, until the caller may not or does not listen any more |

pub mod list_labels;
pub mod prune;
pub mod read_changes;
mod stream;
pub mod view;

use context::Action;
use kernel::NodeId;

pub use prune::SETTINGS;
pub use stream::Streams;

/// Following what changes: `changes:read` at `$global`.
#[derive(Debug)]
pub struct ReadChanges;

impl Action for ReadChanges {
    type Resource = NodeId;
    const PERMISSION: &'static str = "changes:read";
}
