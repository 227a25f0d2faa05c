//! The things that a path names. What is not there and what one may not see answer alike.

use ::store::{Run, node::Node};
use kernel::{Name, NodeRef, Problem, ProblemKind};

use crate::{
    group::Group,
    model::User,
    refs::GroupRef,
    service_account::ServiceAccount,
    store::{self, find_realm},
};

/// 404, in the very words with which a permit hides what the caller may not see.
pub(crate) fn absent() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such thing, or you may not see it.")
}

/// The realm of this name.
pub async fn realm_in_path(run: &impl Run, name: &Name) -> Result<Node, Problem> {
    find_realm(run, name).await?.ok_or_else(absent)
}

/// The user of this name in the realm of this name.
pub async fn user_in_path(run: &impl Run, realm: &Name, username: &Name) -> Result<User, Problem> {
    let realm = realm_in_path(run, realm).await?;
    store::find_user(run, realm.id, username.as_str()).await?.ok_or_else(absent)
}

/// The group that is meant.
pub(crate) async fn group_in_path(run: &impl Run, group: &GroupRef) -> Result<Group, Problem> {
    store::find_group(run, group).await?.ok_or_else(absent)
}

/// The service account at this node.
pub(crate) async fn service_account_in_path(
    run: &impl Run,
    account: &NodeRef,
) -> Result<ServiceAccount, Problem> {
    let node = ::store::node::resolve(run, account).await?.ok_or_else(absent)?;
    store::find_service_account(run, node.id).await?.ok_or_else(absent)
}
