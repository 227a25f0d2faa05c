//! The store on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod change_log;
mod copy;
mod failures;
mod lock;
mod migrations;
mod node;
mod place;
mod stream;
mod table;
mod transactions;
