//! Realms, users, groups, service accounts and applications: who there is.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`User`], its states and what can become of it |
//! | [`names`] | user names and aliases, and how two of them are compared |
//! | [`facts`] | metadata and attributes |
//! | [`email_change`] | another e-mail address, which counts when it is confirmed |
//! | [`group`], [`service_account`], [`realm`] | the other things of this crate |
//! | [`refs`] | `jane@staff`, `clerks@/acme/companyA` |
//! | [`passwords`] | what `signin` does for the operations on users |
//! | [`membership`] | joining groups, and the roles at `$global` |
//! | [`store`] | the tables, look-ups, start, what goes with a node |
//! | [`blank_user`] | what stays of a user whose id is needed |
//! | [`view`] | the form of answers |
//! | [`bootstrap`](mod@bootstrap) | what is there from the first start on |
//! | [`personal`] | what is kept here about a user |

pub mod add_alias;
pub mod add_member;
pub mod auth_users;
pub mod blank_user;
pub mod bootstrap;
pub mod connect_realms;
pub mod create_application;
pub mod create_group;
pub mod create_realm;
pub mod create_service_account;
pub mod create_user;
pub mod default_role;
pub mod delete_application;
pub mod delete_group;
pub mod delete_realm;
pub mod delete_service_account;
pub mod delete_user;
pub mod disable_service_account;
pub mod disable_user;
pub mod disconnect_realms;
pub mod email_change;
pub mod enable_service_account;
pub mod enable_user;
pub mod facts;
mod find;
pub mod group;
mod guards;
pub mod list_applications;
pub mod list_groups;
pub mod list_locks;
pub mod list_members;
pub mod list_realm_connections;
pub mod list_realms;
pub mod list_service_accounts;
pub mod list_users;
pub mod lock_user;
pub mod membership;
pub mod model;
pub mod names;
pub mod passwords;
mod patch;
pub mod personal;
pub mod read_application;
pub mod read_group;
pub mod read_realm;
pub mod read_service_account;
pub mod read_user;
pub mod realm;
pub mod refs;
pub mod remove_alias;
pub mod remove_member;
pub mod reset_password;
mod save;
pub mod service_account;
pub mod store;
pub mod unlock_user;
pub mod update_application;
pub mod update_group;
pub mod update_user;
pub mod view;

pub use bootstrap::{MAIN, bootstrap};
pub use create_user::NewUser;
pub use find::{realm_in_path, user_in_path};
pub use group::{Group, GroupKind};
pub use guards::may_take_over;
pub use model::{EmailTrust, Lock, Standing, State, User};
pub use passwords::{HashedPassword, PasswordFacts, Passwords};
pub use realm::Application;
pub use refs::{GroupRef, UserRef};
pub use service_account::ServiceAccount;
pub use store::{
    cascade, find_application, find_by_alias, find_group, find_realm, find_user, find_user_by_id,
    load, shares_sign_in,
};

/// The tables of this crate.
pub const MIGRATIONS: &[::store::Migration] =
    &[store::MIGRATION, store::default_roles::MIGRATION, store::EMAIL_LINKS];
