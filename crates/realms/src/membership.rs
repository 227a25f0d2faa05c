//! Joining groups and holding roles, for the operations on users.

use access::{NewAssignment, RoleRef};
use context::{Action, Event, EventKind, Writing};
use kernel::{AssignmentId, NodeId, Problem, RoleId};

use crate::{group::Group, refs::GroupRef, store};

/// Putting somebody into a group, and taking somebody out.
#[derive(Debug)]
pub struct ChangeMembers;

impl Action for ChangeMembers {
    type Resource = Group;
    const PERMISSION: &'static str = "group_manage";
}

/// Puts a user, service account or group into a group. Nobody gives a membership that gives more than he holds.
pub async fn add(tx: &mut Writing, group: Group, member: NodeId) -> Result<Group, Problem> {
    let group = tx.permit::<ChangeMembers>(group)?;
    group.refuse_built_in()?;
    if tx.engine().members_of(group.id).contains(&member) {
        return Err(Problem::conflict("It is a member already."));
    }
    if tx.engine().would_nest_in_itself(group.id, member) {
        return Err(Problem::conflict("The group would be within itself."));
    }
    access::granting::joining(tx, group.id, member).await?;
    store::insert_member(tx, &group, member).await?;
    tx.record(policy::Change::MemberAdded { group: group.id, member })?;
    tx.audit(event("group.add_member", &group, member));
    Ok(group.into_inner())
}

/// Takes a member out of a group. What the group denied it comes free, so the caller must be able to give that.
pub async fn remove(tx: &mut Writing, group: Group, member: NodeId) -> Result<Group, Problem> {
    let group = tx.permit::<ChangeMembers>(group)?;
    group.refuse_built_in()?;
    if !tx.engine().members_of(group.id).contains(&member) {
        return Err(Problem::not_found("member"));
    }
    access::granting::leaving(tx, group.id, member).await?;
    store::delete_member(tx, &group, member).await?;
    tx.record(policy::Change::MemberRemoved { group: group.id, member })?;
    tx.audit(event("group.remove_member", &group, member));
    Ok(group.into_inner())
}

/// Puts a new user into groups.
pub(crate) async fn join_all(
    tx: &mut Writing,
    user: NodeId,
    groups: &[GroupRef],
) -> Result<(), Problem> {
    for (i, reference) in groups.iter().enumerate() {
        let group = store::find_group(tx, reference).await?;
        let group = group.ok_or_else(|| Problem::invalid(format!("/groups/{i}"), "is no group"))?;
        add(tx, group, user).await?;
    }
    Ok(())
}

/// Assigns roles at `$global`.
pub(crate) async fn assign_all(
    tx: &mut Writing,
    user: NodeId,
    roles: &[RoleRef],
) -> Result<(), Problem> {
    for role in find_roles(tx, roles).await? {
        assign(tx, user, role).await?;
    }
    Ok(())
}

/// Makes these the roles that the user holds at `$global`, of those that `$global` owns; no other assignment changes.
pub(crate) async fn set_roles(
    tx: &mut Writing,
    user: NodeId,
    roles: &[RoleRef],
) -> Result<(), Problem> {
    let wanted = find_roles(tx, roles).await?;
    let held = held(tx, user);
    for (assignment, role) in &held {
        if !wanted.contains(role) {
            access::unassign::run(tx, *assignment).await?;
        }
    }
    for role in wanted {
        if held.iter().all(|(_, held)| *held != role) {
            assign(tx, user, role).await?;
        }
    }
    Ok(())
}

/// The assignments at `$global` of roles that `$global` owns.
fn held(tx: &Writing, user: NodeId) -> Vec<(AssignmentId, RoleId)> {
    let engine = tx.engine();
    let assignments = engine.assignments_of_subject(user);
    let at_global = assignments.into_iter().filter(|assignment| {
        assignment.node == NodeId::GLOBAL
            && engine.role(assignment.role).is_some_and(|role| role.owner == NodeId::GLOBAL)
    });
    at_global.map(|assignment| (assignment.id, assignment.role)).collect()
}

/// The roles, each once; 422 below `/roles` for one that is not there.
pub async fn find_roles(tx: &Writing, roles: &[RoleRef]) -> Result<Vec<RoleId>, Problem> {
    let mut found = Vec::new();
    for (i, reference) in roles.iter().enumerate() {
        let role = access::find_role(tx, reference).await;
        let role = role.map_err(|problem| problem.below(&format!("/roles/{i}")))?;
        if !found.contains(&role.id) {
            found.push(role.id);
        }
    }
    Ok(found)
}

async fn assign(tx: &mut Writing, user: NodeId, role: RoleId) -> Result<(), Problem> {
    let assignment =
        NewAssignment { subject: user, role, node: NodeId::GLOBAL, expires_at: None, when: None };
    access::assign::run(tx, assignment).await.map(drop)
}

fn event(action: &'static str, group: &Group, member: NodeId) -> Event {
    Event::new(EventKind::RoleChange, action)
        .about("group", group.id, group.id)
        .with("member", member.to_string())
}
