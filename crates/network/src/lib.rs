//! Where requests may come from: the rules on addresses.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`IpRule`], and who may change one |
//! | [`create_ip_rules`], [`list_ip_rules`], [`delete_ip_rule`] | the operations |
//! | [`confirm`](mod@confirm) | that nobody locks himself out by mistake |
//! | [`store`](mod@store) | the table, the start |
//!
//! The lists themselves are [`context::IpRules`]; the gate of `web` asks them before anything else.

pub mod confirm;
pub mod create_ip_rules;
pub mod delete_ip_rule;
pub mod list_ip_rules;
pub mod model;
pub mod store;

pub use model::IpRule;
pub use store::load;

/// The tables of this crate.
pub const MIGRATIONS: &[::store::Migration] = &[store::MIGRATION];
