//! Reading, writing and what they promise, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod audit;
mod callers;
mod lost_answers;
mod properties;
mod reading;
mod repeats;
mod scope;
mod settings;
mod wire;
mod world;
mod writing;
