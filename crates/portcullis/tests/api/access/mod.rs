//! Permissions, roles, assignments, decisions.

pub mod cast;

mod assignments;
mod decide;
mod explain;
mod grammar;
mod granting;
mod lists;
mod permissions;
mod roles;
mod worlds;
