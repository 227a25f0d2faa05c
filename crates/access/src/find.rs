//! The role that a caller means.

use kernel::{NodeId, Problem};
use store::Run;

use crate::{
    model::{Role, RoleRef},
    store as rows,
};

/// The role that is meant; if there is none, 422 whose pointer is empty: put it below the field with
/// [`Problem::below`].
pub async fn find_role(run: &impl Run, role: &RoleRef) -> Result<Role, Problem> {
    let found = match role {
        RoleRef::Id(id) => rows::find_role(run, *id).await?,
        RoleRef::Named { name, owner } => {
            let owner = match owner {
                None => Some(NodeId::GLOBAL),
                Some(owner) => store::node::resolve(run, owner).await?.map(|node| node.id),
            };
            match owner {
                None => None,
                Some(owner) => rows::find_role_named(run, owner, name).await?,
            }
        }
    };
    found.ok_or_else(|| Problem::invalid("", format!("there is no role '{role}'")))
}
