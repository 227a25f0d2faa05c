//! The tables of this crate, and the SQL on them. Every write takes the proof that it was permitted.

mod accounts;
pub(crate) mod default_roles;
mod email_links;
mod groups;
mod own_profile;
mod realms;
mod users;

use std::collections::BTreeSet;

use context::{Loading, Writing, cascade::Step};
use policy::{ChangeRefused, load::People};
use store::{Migration, ReadTransaction, StoreError, node::Node};

pub use accounts::*;
pub(crate) use default_roles::save_default_role;
pub use email_links::*;
pub use groups::*;
pub use own_profile::*;
pub use realms::*;
pub use users::*;

/// The tables.
pub const MIGRATION: Migration = Migration {
    name: "20261122_realms",
    sql: "
CREATE TABLE realm (id {uuid} PRIMARY KEY REFERENCES node (id));
CREATE TABLE realm_connection (
  from_id {uuid} NOT NULL REFERENCES realm (id),
  to_id {uuid} NOT NULL REFERENCES realm (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (from_id, to_id)
);
CREATE INDEX realm_connection_to ON realm_connection (to_id);
CREATE TABLE application (
  id {uuid} PRIMARY KEY REFERENCES node (id),
  realm {uuid} NOT NULL REFERENCES realm (id)
);
CREATE INDEX application_realm ON application (realm);
CREATE TABLE app_user (
  id {uuid} PRIMARY KEY REFERENCES node (id),
  realm {uuid} NOT NULL REFERENCES realm (id),
  email TEXT,
  full_name TEXT,
  attributes TEXT NOT NULL,
  metadata TEXT NOT NULL,
  superuser BOOLEAN NOT NULL,
  disabled BOOLEAN NOT NULL,
  locked_since BIGINT,
  locked_until BIGINT,
  lock_reason TEXT,
  expires_at BIGINT
);
CREATE INDEX app_user_realm ON app_user (realm);
CREATE INDEX app_user_locked ON app_user (id) WHERE locked_since IS NOT NULL;
CREATE TABLE alias (
  realm {uuid} NOT NULL REFERENCES realm (id),
  folded TEXT NOT NULL,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  is_username BOOLEAN NOT NULL,
  PRIMARY KEY (realm, folded)
);
CREATE INDEX alias_user ON alias (user_id);
CREATE TABLE user_group (
  id {uuid} PRIMARY KEY REFERENCES node (id),
  kind TEXT NOT NULL,
  membership TEXT NOT NULL,
  realm {uuid} REFERENCES realm (id)
);
CREATE TABLE group_member (
  group_id {uuid} NOT NULL REFERENCES user_group (id),
  member {uuid} NOT NULL REFERENCES node (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, member)
);
CREATE INDEX group_member_member ON group_member (member);
CREATE TABLE service_account (
  id {uuid} PRIMARY KEY REFERENCES node (id),
  realm {uuid} REFERENCES realm (id),
  description TEXT,
  disabled BOOLEAN NOT NULL
);
",
};

/// Streams realms, applications, shared sign-in, users, service accounts, groups and memberships into the engine. The
/// nodes are there before.
pub async fn load(read: &ReadTransaction, loading: &mut Loading) -> Result<(), StoreError> {
    load_roots(read, loading).await?;
    load_connections(read, loading).await?;
    let people = People::new(loading.take_engine()).map_err(|e| damaged("the people", &e))?;
    let people = load_users(read, people).await?;
    let people = load_service_accounts(read, people).await?;
    let people = load_groups(read, people).await?;
    let members = store::stream::aside(move || {
        people.finish().map_err(|refused| damaged("users and groups", &refused))
    });
    loading.put_engine(load_members(read, members.await?).await?, BTreeSet::new());
    default_roles::load_default_roles(read, loading).await
}

/// What the engine refuses means a damaged database: the start fails.
fn damaged(what: &str, refused: &ChangeRefused) -> StoreError {
    StoreError::Corrupt(format!("{what}: {refused}"))
}

/// Removes what is kept here about a node that goes. It comes after the step that removes assignments.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move {
        forget_memberships(tx, node.id).await?;
        forget_group(tx, node.id).await?;
        default_roles::forget_default_role(tx, node.id).await?;
        forget_user(tx, node.id).await?;
        forget_service_account(tx, node.id).await?;
        forget_realm(tx, node.id).await
    })
}
