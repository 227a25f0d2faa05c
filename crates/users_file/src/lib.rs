//! Users and roles from a TOML file, beside the database: the file says who they are, the database holds what else is
//! known of them. What the file says comes into one realm; what is changed there over HTTP is written to the file.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | what a file says |
//! | [`parse`](mod@parse) | reading it |
//! | [`edit`](mod@edit) | changing its text, and nothing around it |
//! | [`disk`] | the file itself: read with care, replaced as a whole |
//! | [`users_on_disk`] | [`UsersOnDisk`]: the file that a server reads, and what it last said |
//! | [`apply`] | bringing the database to what the file says |
//! | `changes` | what a commit changes of what the file says |
//! | `mirror` | writing that to the file, before the commit |
//! | [`watch`] | noticing that somebody else has changed the file |
//! | [`settings`] | where the file is, and the realm that it fills |

pub mod apply;
pub mod disk;
pub mod edit;
pub mod model;
pub mod parse;
pub mod settings;
pub mod users_on_disk;
pub mod watch;

mod changes;
mod mirror;
mod refused;
mod store;

pub use edit::{Edit, edit};
pub use model::UsersFile;
pub use parse::parse;
pub use refused::FileRefused;
pub use settings::SETTINGS;
pub use users_on_disk::UsersOnDisk;

use ::store::{Migration, node::Node};
use context::{Writing, cascade::Step};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[store::MIGRATION];

/// Removes what is kept about a realm that goes.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move { Ok(store::forget_realm(tx.as_ref(), node.id).await?) })
}
