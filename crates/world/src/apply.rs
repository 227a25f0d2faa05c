//! Making it so, in one transaction: section by section, in an order in which every reference is there. A plan is the
//! same, thrown away at the end; so it says exactly what applying does, and is refused where applying is refused.

mod assignments;
mod bulk;
mod connections;
mod factor_rules;
mod groups;
mod ip_rules;
mod members;
mod nodes;
mod permissions;
mod prune;
mod realms;
mod roles;
mod routes;
mod settings;
mod users;

pub(crate) use roles::written as written_rule;
pub(crate) use settings::live as live_settings;
pub(crate) use users::{name as user_name, new_user};

use std::collections::HashMap;

use ::realms::{Passwords, passwords::HashedPassword};
use ::store::node::Node;
use context::Writing;
use kernel::{NodeId, NodeRef, Problem, ProblemKind};

use crate::{
    file::{OwnedName, Place, UserName},
    places::Places,
    plan::Plan,
    world::{Placed, World},
};

/// First passwords, hashed before the write lock was taken.
pub(crate) type Hashes = HashMap<UserName, HashedPassword>;

/// How to apply.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    /// Whether what the file does not have is deleted.
    pub prune: bool,
    /// First passwords.
    pub hashes: &'a Hashes,
    /// Where they are stored; none for a plan.
    pub passwords: Option<&'a dyn Passwords>,
}

/// What became of it.
pub(crate) struct Done {
    /// What was changed.
    pub plan: Plan,
    /// The places that the file names, with what was made there.
    pub places: Places,
}

/// What all sections work on.
pub(crate) struct Apply<'a> {
    tx: &'a mut Writing,
    world: &'a World,
    way: Way<'a>,
    places: Places,
    plan: Plan,
}

/// Applies a file in a transaction that the caller commits or drops.
pub(crate) async fn run(tx: &mut Writing, world: &World, way: Way<'_>) -> Result<Done, Problem> {
    let places = Places::find(&*tx, world.places()).await?;
    let mut apply = Apply { tx, world, way, places, plan: Plan::default() };
    apply.settings().await?;
    apply.realms().await?;
    apply.nodes().await?;
    apply.groups().await?;
    apply.users().await?;
    apply.members().await?;
    apply.permissions().await?;
    apply.roles().await?;
    apply.connections().await?;
    apply.assignments().await?;
    apply.routes().await?;
    apply.factor_rules().await?;
    apply.ip_rules().await?;
    if way.prune {
        apply.prune().await?;
    }
    apply.check_addresses()?;
    Ok(Done { plan: apply.plan, places: apply.places })
}

impl Apply<'_> {
    /// The node at a place that the file refers to.
    fn node<T>(
        &self,
        from: &Placed<T>,
        section: &str,
        field: &str,
        place: &Place,
    ) -> Result<&Node, Problem> {
        self.places.get(place).ok_or_else(|| {
            from.refuse(section, field, format!("there is no {place}, here or in the file"))
        })
    }

    /// The owner that a file names, or `$global`.
    fn owner<T>(
        &self,
        from: &Placed<T>,
        section: &str,
        owner: Option<&Place>,
    ) -> Result<NodeId, Problem> {
        match owner {
            None => Ok(NodeId::GLOBAL),
            Some(place) => Ok(self.node(from, section, "/owner", place)?.id),
        }
    }

    /// The node that a rule names.
    fn reference<T>(
        &self,
        from: &Placed<T>,
        section: &str,
        field: &str,
        reference: &NodeRef,
    ) -> Result<NodeId, Problem> {
        match reference {
            NodeRef::Path(path) => Ok(self.node(from, section, field, &Place(path.clone()))?.id),
            NodeRef::Id(id) if self.tx.engine().contains(*id) => Ok(*id),
            NodeRef::Id(_) => Err(from.refuse(section, field, "there is no node with this id")),
        }
    }

    /// The role that the file names; it is there, as roles come before those who hold them.
    fn role<T>(
        &self,
        from: &Placed<T>,
        section: &str,
        field: &str,
        role: &OwnedName,
    ) -> Result<kernel::RoleId, Problem> {
        let owner = self.node(from, section, field, &role.owner)?.id;
        self.role_of(owner, role.name.as_str())
            .ok_or_else(|| from.refuse(section, field, format!("there is no role {role}")))
    }

    /// The role of this name that the node owns.
    fn role_of(&self, owner: NodeId, name: &str) -> Option<kernel::RoleId> {
        let engine = self.tx.engine();
        let mut owned = engine.roles_owned(owner).into_iter();
        owned.find(|id| engine.role(*id).is_some_and(|role| role.name == name))
    }

    /// The group that the file names.
    fn group<T>(
        &self,
        from: &Placed<T>,
        section: &str,
        field: &str,
        group: &OwnedName,
    ) -> Result<NodeId, Problem> {
        let place = group.place().map_err(|error| from.refuse(section, field, error))?;
        let node = self.places.get(&place);
        let found = node.filter(|node| self.tx.engine().membership(node.id).is_some());
        found
            .map(|node| node.id)
            .ok_or_else(|| from.refuse(section, field, format!("there is no group {group}")))
    }
}

/// A refusal of an operation at a thing of the file. What is hidden from the caller stays hidden: the words are those of
/// the operation.
fn at<T>(from: &Placed<T>, section: &str, problem: Problem) -> Problem {
    if problem.kind() == ProblemKind::Internal { problem } else { from.locate(section, problem) }
}
