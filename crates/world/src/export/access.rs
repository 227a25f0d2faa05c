//! Permissions, roles, assignments and routes.

use access::store as rows;
use context::Reading;
use kernel::{Name, NodeId, PermissionId, Problem, Remark};
use policy::SubjectKind;
use store::node;

use super::{Out, PORTION, owner, people::owned, send};
use crate::{
    apply::written_rule,
    file::{Assignment, Document, OwnedName, Permission, Place, Role, Routes, UserName},
};

pub(super) async fn permissions(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut all: Vec<PermissionId> = Vec::new();
    for root in read.engine().children(None) {
        for id in read.engine().subtree(root) {
            all.extend(read.engine().permissions_owned(id));
        }
    }
    let mut permissions = Vec::with_capacity(all.len());
    for id in all {
        let stored = rows::find_permission(read, id).await?;
        let stored = stored.ok_or_else(|| Problem::internal("a permission without its row"))?;
        let path = node::path(read, stored.owner).await?;
        let description = Remark::try_from(stored.description).map_err(Problem::internal)?;
        permissions.push(Permission {
            name: stored.name,
            owner: owner(stored.owner, path.as_ref())?,
            description: Some(description).filter(|text| !text.is_empty()),
        });
    }
    permissions.sort_by(|a, b| (&a.owner, &a.name).cmp(&(&b.owner, &b.name)));
    for portion in permissions.chunks(PORTION) {
        let permissions = Some(portion.to_vec());
        send(out, &Document { permissions, ..Document::default() }).await?;
    }
    Ok(())
}

pub(super) async fn roles(read: &Reading, out: &Out) -> Result<(), Problem> {
    let all = read.engine().roles().filter(|role| !role.is_built_in());
    let mut roles = Vec::new();
    for role in all.filter_map(|id| read.engine().role(id)) {
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
    roles.sort_by(|a, b| (&a.owner, &a.name).cmp(&(&b.owner, &b.name)));
    for portion in roles.chunks(PORTION) {
        send(out, &Document { roles: Some(portion.to_vec()), ..Document::default() }).await?;
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
    let mut assignments = Vec::with_capacity(all.len());
    for portion in all.chunks(PORTION) {
        assignments.extend(written(read, portion).await?);
    }
    assignments.sort_by(|a, b| key(a).cmp(&key(b)));
    for portion in assignments.chunks(PORTION) {
        let assignments = Some(portion.to_vec());
        send(out, &Document { assignments, ..Document::default() }).await?;
    }
    Ok(())
}

/// What guards the requests of applications.
pub(super) async fn routes(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut routes = Vec::new();
    for (id, matcher) in read.state().roots.routed() {
        let path = node::path(read, id).await?;
        let table = guard::view::written(read, matcher.table()).await?;
        routes.push(Routes {
            application: super::place(path.as_ref())?,
            hosts: Some(table.hosts),
            sign_in: table.sign_in,
            groups: Some(table.groups).filter(|is_on| *is_on),
            routes: Some(table.routes),
        });
    }
    routes.sort_by(|a, b| a.application.cmp(&b.application));
    for routes in routes {
        send(out, &Document { routes: Some(vec![routes]), ..Document::default() }).await?;
    }
    Ok(())
}

/// Where an assignment stands in the file: ids would give each export another order.
fn key(assignment: &Assignment) -> impl Ord + '_ {
    let Assignment { user, group, role, node, when, .. } = assignment;
    (node, group, user, role, assignment.expires_at, when)
}

async fn written(
    read: &Reading,
    portion: &[&policy::Assignment],
) -> Result<Vec<Assignment>, Problem> {
    let engine = read.engine();
    let role_owner = |held: &policy::Assignment| engine.role(held.role).map(|role| role.owner);
    let ids: Vec<NodeId> = portion
        .iter()
        .flat_map(|held| [Some(held.subject), Some(held.node), role_owner(held)])
        .flatten()
        .collect();
    let paths = node::paths(read, &ids).await?;
    let mut assignments = Vec::with_capacity(portion.len());
    for held in portion {
        let role = engine.role(held.role);
        let role = role.ok_or_else(|| Problem::internal("an assignment of no role"))?;
        let subject = owned(paths.get(&held.subject))?;
        let is_group = engine.membership(held.subject).is_some();
        let user = UserName { name: subject.name.clone(), realm: subject.owner.name() };
        let name = Name::parse(role.name).map_err(Problem::internal)?;
        let role_owner = owner(role.owner, paths.get(&role.owner))?;
        assignments.push(Assignment {
            user: (!is_group).then_some(user),
            group: is_group.then_some(subject),
            service_account: None,
            role: OwnedName { name, owner: role_owner.unwrap_or_else(Place::global) },
            node: owner(held.node, paths.get(&held.node))?,
            expires_at: held.expires_at,
            when: held.when.clone(),
        });
    }
    Ok(assignments)
}
