//! Mail that the server sends, and texts to phones: written down with what causes it, sent after the commit.
//!
//! | module | holds |
//! |---|---|
//! | [`letter`](mod@letter) | [`Letter`], [`Text`]: what is sent, and to whom |
//! | [`outbox`] | [`Outbox`]: letters wait here, sealed, until a server has sent them |
//! | [`postman`] | sending what is due, trying again, giving up |
//! | [`smtp`] | the way to the mail server |
//! | [`sms`], `outbound` | the way to phones; how others are called by HTTP |
//! | [`settings`] | settings of the start |
//! | [`personal`] | what is kept here about a user |
//!
//! A letter is written in the transaction of its cause: no cause without its letter, no letter without its cause. It is
//! sent at least once; after a crash between sending and noting it, a second time, with the same `Message-ID`.

pub mod letter;
pub mod outbox;
pub mod personal;
pub mod postman;
pub mod settings;
pub mod sms;
pub mod smtp;

mod outbound;
mod store;

pub use letter::{Letter, Text};
pub use outbox::Outbox;
pub use settings::SETTINGS;
pub use sms::{Gateway, GatewayRefused};
pub use smtp::{Smtp, SmtpRefused};

use ::store::{Migration, node::Node};
use context::{Writing, cascade::Step};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[store::MIGRATION];

/// Removes the letters to a user that goes.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move { Ok(store::forget_user(tx.as_ref(), node.id).await?) })
}
