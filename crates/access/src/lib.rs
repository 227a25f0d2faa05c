//! Who may do what: permissions, roles, assignments, and the questions about them.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`Role`], [`RoleRef`], and what the operations ask |
//! | [`rule`] | rules as one writes and reads them |
//! | [`resolve`] | a written rule as the engine takes it: owners found, conditions checked |
//! | [`granting`] | nobody gives more than he holds |
//! | [`create_permission`], [`list_permissions`], [`delete_permission`] | permissions |
//! | [`save_role`], [`create_role`], [`read_role`], [`list_roles`], [`update_role`], [`delete_role`] | roles |
//! | [`assign`], [`unassign`], [`create_assignment`], [`read_assignment`], [`list_assignments`] | assignments |
//! | [`ask`] | a question as it is asked over HTTP; [`decide`], [`explain`], [`may_do`] answer |
//! | [`cascade`](mod@cascade) | what goes with a node |
//! | [`load`](mod@load) | the start: rows streamed to the engine |
//! | [`store`](mod@store) | the tables |

pub mod assign;
pub mod bootstrap;
pub mod cascade;
pub mod create_permission;
pub mod find;
pub mod granting;
pub mod load;
pub mod model;
pub mod resolve;
pub mod rule;
pub mod save_role;
pub mod store;
pub mod unassign;
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
