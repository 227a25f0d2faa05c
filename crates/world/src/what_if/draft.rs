//! The change, made in a transaction that ends without a commit: with every check of the operations that would make it.

use std::collections::{BTreeMap, BTreeSet};

use access::RoleRef;
use context::{Ctx, State, Writing};
use kernel::{AssignmentId, NodeId, NodeKind, NodeRef, PermissionId, Problem, ProblemKind};
use realms::{GroupRef, membership::ChangeMembers};
use store::node::Node;
use tree::{connect::ConnectNodes, delete_node::DeleteNode, move_node::MoveNode};
use web::IfMatch;

use super::input::{NodeMove, Removal, RemovedConnection, RemovedMembership, WhatIfInput};
use crate::{
    apply::{self, Hashes, Way},
    file::Document,
    places::Places,
    world::World,
};

/// A change that was not made.
pub(super) struct Draft {
    /// The state that it would have changed.
    pub before: State,
    /// The state that it would have made.
    pub after: State,
    /// What leads there.
    pub changes: Vec<policy::Change>,
    /// Who is asked about.
    pub subjects: Option<Vec<NodeId>>,
    /// The paths of what is new.
    pub paths: BTreeMap<NodeId, String>,
}

impl Draft {
    /// Takes the write lock, tries it out, and leaves everything as it was.
    pub async fn make(ctx: &Ctx, input: WhatIfInput) -> Result<Self, Problem> {
        let WhatIfInput { change, prune, remove, moves, subjects, .. } = input;
        let world = world(change.0);
        let mut tx = ctx.begin().await?;
        let before = tx.state().clone();
        let mut found = BTreeSet::new();
        find_all(&tx, subjects.as_deref(), &mut found).await?;
        remove_all(&mut tx, remove).await?;
        move_all(&mut tx, moves).await?;
        let way = Way { prune, hashes: &Hashes::new(), passwords: None };
        let done = apply::run(&mut tx, &world, way).await;
        let places = done.map_err(|problem| problem.below("/change"))?.places;
        // Again, for those that are new.
        find_all(&tx, subjects.as_deref(), &mut found).await?;
        let (after, changes) = tx.into_draft();
        let paths = new_paths(&places, &before);
        let changes = changes.into_iter().filter_map(|change| match change {
            context::Change::Engine(change) => Some(change),
            _ => None,
        });
        let subjects = subjects.map(|_| found.into_iter().collect());
        Ok(Self { before, after, changes: changes.collect(), subjects, paths })
    }
}

/// The documents together, without passwords: nobody signs in to what is not there.
fn world(documents: Vec<Document>) -> World {
    let mut world = World::default();
    for mut document in documents {
        for user in document.users.iter_mut().flatten() {
            (user.password, user.password_hash) = (None, None);
            user.must_change_password = None;
        }
        world.add(document);
    }
    world
}

fn new_paths(places: &Places, before: &State) -> BTreeMap<NodeId, String> {
    let new = places.iter().filter(|(_, node)| !before.engine.contains(node.id));
    new.map(|(place, node)| (node.id, place.to_string())).collect()
}

async fn find_all(
    tx: &Writing,
    subjects: Option<&[NodeRef]>,
    found: &mut BTreeSet<NodeId>,
) -> Result<(), Problem> {
    for subject in subjects.into_iter().flatten() {
        let node = match subject {
            NodeRef::Id(id) => Some(*id),
            NodeRef::Path(_) => store::node::resolve(tx, subject).await?.map(|node| node.id),
        };
        found.extend(node);
    }
    Ok(())
}

async fn remove_all(tx: &mut Writing, remove: Removal) -> Result<(), Problem> {
    let Removal { assignments, memberships, connections, roles, .. } = remove;
    for (index, id) in assignments.into_iter().enumerate() {
        at("assignments", index, assignment(tx, id).await)?;
    }
    for (index, gone) in memberships.into_iter().enumerate() {
        at("memberships", index, membership(tx, gone).await)?;
    }
    for (index, gone) in connections.into_iter().enumerate() {
        at("connections", index, connection(tx, gone).await)?;
    }
    for (index, gone) in roles.into_iter().enumerate() {
        at("roles", index, role(tx, gone).await)?;
    }
    for (index, id) in remove.permissions.into_iter().enumerate() {
        at("permissions", index, permission(tx, id).await)?;
    }
    for (index, gone) in remove.users.into_iter().enumerate() {
        at("users", index, user(tx, gone).await)?;
    }
    for (index, gone) in remove.groups.into_iter().enumerate() {
        at("groups", index, group(tx, gone).await)?;
    }
    for (index, gone) in remove.nodes.into_iter().enumerate() {
        at("nodes", index, node(tx, gone).await)?;
    }
    Ok(())
}

/// A refusal of an operation at its place in the input.
fn at(list: &str, index: usize, done: Result<(), Problem>) -> Result<(), Problem> {
    done.map_err(|problem| place(&format!("/remove/{list}/{index}"), problem))
}

fn place(pointer: &str, problem: Problem) -> Problem {
    match problem.kind() {
        ProblemKind::NotFound => {
            Problem::invalid(pointer, "there is no such thing, or you may not see it")
        }
        ProblemKind::Internal => problem,
        _ if problem.errors().is_empty() => {
            let detail = problem.detail().to_owned();
            problem.and_field(pointer, detail)
        }
        _ => problem.below(pointer),
    }
}

async fn assignment(tx: &mut Writing, id: AssignmentId) -> Result<(), Problem> {
    access::unassign::run(tx, id).await
}

async fn membership(tx: &mut Writing, gone: RemovedMembership) -> Result<(), Problem> {
    let group = found_group(tx, &gone.group).await?;
    // Before the member is looked up: who may not change the group learns nothing of it.
    let group = tx.permit::<ChangeMembers>(group)?.into_inner();
    let member = tree::find(&*tx, &gone.member, "").await?.id;
    realms::membership::remove(tx, group, member).await.map(drop)
}

async fn connection(tx: &mut Writing, gone: RemovedConnection) -> Result<(), Problem> {
    let from = tree::find(&*tx, &gone.from, "").await?;
    let to = store::node::resolve(&*tx, &gone.to).await?;
    let is_realm = |node: &Node| node.kind.as_str() == NodeKind::REALM;
    if let Some(to) = to.as_ref().filter(|to| is_realm(to) && is_realm(&from)) {
        return realms::disconnect_realms::run(tx, from.id, to.id).await;
    }
    let from = tx.permit::<ConnectNodes>(from)?;
    let to = tx.permit::<ConnectNodes>(to.ok_or_else(tree::gone)?)?;
    tree::disconnect::run(tx, &from, &to).await
}

async fn role(tx: &mut Writing, gone: RoleRef) -> Result<(), Problem> {
    let found = access::find_role(&*tx, &gone).await;
    // One that is hidden answers as one that is not there.
    let role = found.map_err(|problem| match problem.kind() {
        ProblemKind::Invalid => tree::gone(),
        _ => problem,
    })?;
    access::delete_role::run(tx, role, &IfMatch::Any).await
}

async fn permission(tx: &mut Writing, id: PermissionId) -> Result<(), Problem> {
    access::delete_permission::run(tx, id).await
}

async fn user(tx: &mut Writing, gone: NodeRef) -> Result<(), Problem> {
    let node = tree::find(&*tx, &gone, "").await?;
    let user = realms::find_user_by_id(&*tx, node.id).await?.ok_or_else(tree::gone)?;
    realms::delete_user::run(tx, user, &IfMatch::Any).await
}

async fn group(tx: &mut Writing, gone: GroupRef) -> Result<(), Problem> {
    let group = found_group(tx, &gone).await?;
    realms::delete_group::run(tx, group, &IfMatch::Any).await
}

async fn found_group(tx: &Writing, group: &GroupRef) -> Result<realms::Group, Problem> {
    realms::store::find_group(tx, group).await?.ok_or_else(tree::gone)
}

async fn node(tx: &mut Writing, gone: NodeRef) -> Result<(), Problem> {
    let node = tree::find(&*tx, &gone, "").await?;
    let node = tx.permit::<DeleteNode>(node)?;
    tree::model::refuse_global(node.id)?;
    tree::model::refuse_managed(&node.kind, "")?;
    tree::delete_node::remove_below(tx, node.id).await?;
    tree::delete_node::remove(tx, &node).await
}

async fn move_all(tx: &mut Writing, moves: Vec<NodeMove>) -> Result<(), Problem> {
    for (index, NodeMove { node, parent }) in moves.into_iter().enumerate() {
        let moved = move_one(tx, &node, &parent).await;
        moved.map_err(|problem| place(&format!("/moves/{index}"), problem))?;
    }
    Ok(())
}

async fn move_one(tx: &mut Writing, node: &NodeRef, parent: &NodeRef) -> Result<(), Problem> {
    let node = tree::find(&*tx, node, "").await?;
    let node = tx.permit::<MoveNode>(node)?;
    tree::move_node::run(tx, node, parent).await.map(drop)
}
