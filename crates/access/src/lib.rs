//! Who may do what: permissions, roles, assignments, and the questions about them.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`Role`], [`RoleRef`], and what the operations ask |
//! | [`rule`] | rules as one writes and reads them |
//! | [`resolve`] | a written rule as the engine takes it: owners found, conditions checked |
//! | [`granting`] | nobody gives more than he holds |
//! | [`create_permission`], [`list_permissions`], [`delete_permission`] | permissions |
//! | [`check_rules`] | what is wrong with rules that are not saved, and what they stand for; [`built_in`] has the server's own permissions |
//! | [`save_role`], [`create_role`], [`read_role`], [`list_roles`], [`update_role`], [`delete_role`] | roles |
//! | [`assign`], [`unassign`], [`create_assignment`], [`list_assignments`] | assignments |
//! | [`ask`] | a question as it is asked over HTTP; [`decide`], [`explain`], [`nodes`], [`subjects`], [`may_do`], [`filter`] answer |
//! | `search` | searches that may take long wait for their turn, and are given up |
//! | [`authzen`] | the same questions as the Authorization API 1.0 asks them |
//! | [`cascade`](mod@cascade) | what goes with a node |
//! | [`load`](mod@load) | the start: rows streamed to the engine |
//! | [`store`](mod@store) | the tables |
//! | [`personal`] | what is kept here about a user |

pub mod ask;
pub mod assign;
pub mod authzen;
pub mod bootstrap;
pub mod built_in;
pub mod cascade;
pub mod check_rules;
pub mod create_assignment;
pub mod create_permission;
pub mod create_role;
pub mod decide;
pub mod delete_permission;
pub mod delete_role;
pub mod explain;
pub mod filter;
pub mod find;
pub mod granting;
mod list;
pub mod list_assignments;
pub mod list_permissions;
pub mod list_roles;
pub mod load;
pub mod may_do;
pub mod model;
pub mod nodes;
pub mod personal;
pub mod read_role;
pub mod resolve;
pub mod rule;
pub mod save_role;
mod search;
pub mod store;
pub mod subjects;
pub mod unassign;
pub mod update_role;
pub mod view;

pub use assign::NewAssignment;
pub use bootstrap::bootstrap;
pub use cascade::cascade;
pub use find::find_role;
pub use granting::may_grant;
pub use load::load;
pub use model::{Role, RoleRef};
pub use rule::RuleInput;
pub use store::MIGRATIONS;
