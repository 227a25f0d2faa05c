//! Permissions, roles and assignments.

use access::store as rows;
use context::Reading;
use kernel::{Name, NodeId, PermissionId, Problem, RoleId};
use policy::SubjectKind;
use store::node;

use super::{Out, PORTION, owner, people::owned, place, send};
use crate::{
    apply::written_rule,
    file::{Assignment, Document, OwnedName, Permission, Place, Role, UserName},
};

pub(super) async fn permissions(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut all: Vec<PermissionId> = Vec::new();
    for root in read.engine().children(None) {
        for id in read.engine().subtree(root) {
            all.extend(read.engine().permissions_owned(id));
        }
    }
    for portion in all.chunks(PORTION) {
        let mut permissions = Vec::with_capacity(portion.len());
        for id in portion {
            let stored = rows::find_permission(read, *id).await?;
            let stored = stored.ok_or_else(|| Problem::internal("a permission without its row"))?;
            let path = node::path(read, stored.owner).await?;
            permissions.push(Permission {
                name: stored.name,
                owner: owner(stored.owner, path.as_ref())?,
                description: Some(stored.description).filter(|text| !text.is_empty()),
            });
        }
        send(out, &Document { permissions: Some(permissions), ..Document::default() }).await?;
    }
    Ok(())
}

pub(super) async fn roles(read: &Reading, out: &Out) -> Result<(), Problem> {
    let all: Vec<RoleId> = read.engine().roles().filter(|role| !role.is_built_in()).collect();
    for portion in all.chunks(PORTION) {
        let mut roles = Vec::with_capacity(portion.len());
        for role in portion.iter().filter_map(|id| read.engine().role(*id)) {
            let mut ids: Vec<NodeId> = role.rules.iter().map(|rule| rule.owner).collect();
            ids.push(role.owner);
            let paths = node::paths(read, &ids).await?;
            let rules = role.rules.iter();
            let rules = rules.map(|rule| written_rule(rule, role.owner, paths.get(&rule.owner)));
            roles.push(Role {
                name: Name::parse(role.name).map_err(Problem::internal)?,
                owner: owner(role.owner, paths.get(&role.owner))?,
                rules: rules.collect(),
            });
        }
        send(out, &Document { roles: Some(roles), ..Document::default() }).await?;
    }
    Ok(())
}

/// Assignments of users and groups that have not expired: one that has could not be made again.
pub(super) async fn assignments(read: &Reading, out: &Out) -> Result<(), Problem> {
    let now = read.ctx().now();
    let engine = read.engine();
    let is_account = |id: NodeId| {
        engine.subject(id).is_some_and(|subject| subject.kind == SubjectKind::ServiceAccount)
    };
    let all: Vec<&policy::Assignment> = engine
        .roles()
        .flat_map(|role| engine.assignments_of_role(role))
        .filter(|held| held.expires_at.is_none_or(|end| now < end) && !is_account(held.subject))
        .collect();
    for portion in all.chunks(PORTION) {
        let mut assignments = Vec::with_capacity(portion.len());
        let role_owner = |held: &policy::Assignment| engine.role(held.role).map(|role| role.owner);
        let ids: Vec<NodeId> = portion
            .iter()
            .flat_map(|held| [Some(held.subject), Some(held.node), role_owner(held)])
            .flatten()
            .collect();
        let paths = node::paths(read, &ids).await?;
        for held in portion {
            let role = engine.role(held.role);
            let role = role.ok_or_else(|| Problem::internal("an assignment of no role"))?;
            let subject = owned(paths.get(&held.subject))?;
            let is_group = engine.membership(held.subject).is_some();
            let user = UserName { name: subject.name.clone(), realm: subject.owner.name() };
            assignments.push(Assignment {
                user: (!is_group).then_some(user),
                group: is_group.then_some(subject),
                service_account: None,
                role: OwnedName {
                    name: Name::parse(role.name).map_err(Problem::internal)?,
                    owner: if role.owner == NodeId::GLOBAL {
                        Place::global()
                    } else {
                        place(paths.get(&role.owner))?
                    },
                },
                node: owner(held.node, paths.get(&held.node))?,
                expires_at: held.expires_at,
                when: held.when.clone(),
            });
        }
        send(out, &Document { assignments: Some(assignments), ..Document::default() }).await?;
    }
    Ok(())
}
