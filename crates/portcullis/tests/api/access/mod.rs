//! Permissions, roles, assignments, decisions.

pub mod cast;

mod assignments;
mod authzen;
mod check_rules;
mod decide;
mod explain;
mod filter;
mod grammar;
mod granting;
mod lists;
mod permissions;
mod properties;
mod roles;
mod worlds;
