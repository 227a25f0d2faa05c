//! Realms, users, groups, service accounts and applications: who there is.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`User`], its states and what can become of it |
//! | [`names`] | user names and aliases, and how two of them are compared |
//! | [`facts`] | metadata and attributes |
//! | [`group`], [`service_account`], [`realm`] | the other things of this crate |
//! | [`refs`] | `jane@staff`, `clerks@/acme/companyA` |
//! | [`passwords`] | what `signin` does for the operations on users |
//! | [`membership`] | joining groups, and the roles at `$global` |
//! | [`store`] | the tables, look-ups, start, what goes with a node |
//! | [`view`] | the form of answers |
//! | [`bootstrap`](mod@bootstrap) | what is there from the first start on |

pub mod bootstrap;
pub mod create_group;
pub mod create_realm;
pub mod create_user;
pub mod facts;
pub mod group;
mod guards;
pub mod membership;
pub mod model;
pub mod names;
pub mod passwords;
pub mod realm;
pub mod refs;
pub mod service_account;
pub mod store;
pub mod view;

pub use bootstrap::{MAIN, bootstrap};
pub use create_user::NewUser;
pub use group::{Group, GroupKind};
pub use model::{Lock, Standing, State, User};
pub use passwords::{HashedPassword, PasswordFacts, Passwords};
pub use realm::Application;
pub use refs::{GroupRef, UserRef};
pub use service_account::ServiceAccount;
pub use store::{
    cascade, find_application, find_by_alias, find_group, find_realm, find_user, find_user_by_id,
    load,
};

/// The tables of this crate.
pub const MIGRATIONS: &[::store::Migration] = &[store::MIGRATION];
