//! How somebody comes to be a user without an administrator who types the password, and what a user may have told and
//! erased.
//!
//! | module | holds |
//! |---|---|
//! | [`people`](mod@people) | [`People`]: what the operations share |
//! | [`invitation`] | an invitation, and by whose right it makes a user |
//! | [`invite`], [`list_invitations`], [`revoke_invitation`], [`accept_invitation`] | invitations |
//! | [`registration`] | whether strangers may register in a realm |
//! | [`register`], [`confirm_registration`] | registering |
//! | [`export`], `csv` | what is held about a user, as a file |
//! | [`erase`] | a user goes, and the audit log forgets who it was |
//! | [`personal`] | what is kept here about a user |
//! | `letters` | what people are written who are no users yet |
//! | [`settings`] | live settings |

pub mod accept_invitation;
pub mod confirm_registration;
pub mod erase;
pub mod export;
pub mod invitation;
pub mod invite;
pub mod list_invitations;
pub mod people;
pub mod personal;
pub mod register;
pub mod registration;
pub mod revoke_invitation;
pub mod settings;

mod csv;
mod letters;
mod store;

pub use export::PersonalData;
pub use people::People;
pub use settings::SETTINGS;

use ::store::{Migration, node::Node};
use context::{Writing, cascade::Step};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[store::invitations::MIGRATION, store::registrations::MIGRATION];

/// Removes what is kept about a realm or a user that goes: also the invitations that a user has made, which were good by
/// his right.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move {
        store::invitations::forget(tx.as_ref(), node.id).await?;
        store::registrations::forget(tx.as_ref(), node.id).await?;
        Ok(())
    })
}
