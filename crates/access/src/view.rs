//! Permissions, roles and assignments as they are answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{AssignmentId, NodeId, NodeRef, PermissionId, Problem, RoleId};
use policy::{Assignment, Rule, Snapshot};
use serde::Serialize;
use store::Run;
use utoipa::ToSchema;

use crate::{model::Role, resolve, rule::RuleInput, store::Permission};

/// A node in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NodeName {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its path; absent if the reader may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A registered permission.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PermissionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: PermissionId,
    /// Its name.
    pub name: String,
    /// The node that owns it.
    pub owner: NodeName,
    /// What it lets one do.
    pub description: String,
}

/// A role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: RoleId,
    /// Its name, unique among the roles of its owner.
    pub name: String,
    /// The node that owns it: it counts there and below.
    pub owner: NodeName,
    /// Its rules, in the short form where that says all.
    pub rules: Vec<RuleInput>,
    /// Whether the system made it; it then cannot be changed.
    pub built_in: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A role in an answer about something else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleName {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// The node that owns it.
    pub owner: NodeName,
}

/// An assignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AssignmentId,
    /// To whom: a user, service account or group.
    pub subject: NodeName,
    /// What the subject is: `user`, `service_account` or `group`.
    pub subject_kind: String,
    /// Which role.
    pub role: RoleName,
    /// Where, and below.
    pub node: NodeName,
    /// From this moment on it does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// The paths of nodes, looked up once for a whole answer.
#[derive(Debug, Default)]
pub struct Paths(BTreeMap<NodeId, String>);

impl Paths {
    /// Looks them up.
    pub async fn of(run: &impl Run, mut ids: Vec<NodeId>) -> Result<Self, Problem> {
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(store::node::paths(run, &ids).await?))
    }

    /// A node with its path.
    pub fn name(&self, id: NodeId) -> NodeName {
        NodeName { id, path: self.0.get(&id).cloned() }
    }

    /// Without those that the reader may not see.
    pub fn hide(&mut self, sees: impl Fn(NodeId) -> bool) {
        self.0.retain(|id, _| sees(*id));
    }

    /// A reference to the node: its path, or where that is hidden its id.
    pub fn reference(&self, id: NodeId) -> NodeRef {
        self.0.get(&id).and_then(|path| path.parse().ok()).unwrap_or(NodeRef::Id(id))
    }
}

/// A permission as it is answered.
pub async fn permission(run: &impl Run, made: Permission) -> Result<PermissionView, Problem> {
    let paths = Paths::of(run, vec![made.owner]).await?;
    Ok(permission_with(&paths, made))
}

/// A permission whose owner's path is known.
pub fn permission_with(paths: &Paths, made: Permission) -> PermissionView {
    PermissionView {
        id: made.id,
        name: made.name.to_string(),
        owner: paths.name(made.owner),
        description: made.description,
    }
}

/// A role as it is answered.
pub async fn role(run: &impl Run, engine: &Snapshot, role: &Role) -> Result<RoleView, Problem> {
    let paths = Paths::of(run, nodes_of(role)).await?;
    Ok(role_with(&paths, engine, role))
}

/// The nodes that a role names.
pub fn nodes_of(role: &Role) -> Vec<NodeId> {
    role.rules.iter().map(|rule| rule.owner).chain([role.owner]).collect()
}

/// A role whose nodes' paths are known.
pub fn role_with(paths: &Paths, engine: &Snapshot, role: &Role) -> RoleView {
    RoleView {
        id: role.id,
        name: role.name.to_string(),
        owner: paths.name(role.owner),
        rules: role.rules.iter().map(|r| rule(paths, engine, role.owner, r)).collect(),
        built_in: role.id.is_built_in(),
        created_at: role.created_at,
        updated_at: role.updated_at,
    }
}

/// A rule as one would write it in a role of this owner, so that it can be saved again as it is.
pub fn rule(paths: &Paths, engine: &Snapshot, role_owner: NodeId, rule: &Rule) -> RuleInput {
    let elsewhere =
        || resolve::registered_elsewhere(engine, role_owner, rule.pattern.as_str()).is_some();
    let named = rule.owner != role_owner || elsewhere();
    RuleInput::of(rule, named.then(|| paths.reference(rule.owner)))
}

/// Assignments as they are answered, in their order.
pub async fn assignments(
    run: &impl Run,
    engine: &Snapshot,
    assignments: &[Assignment],
) -> Result<Vec<AssignmentView>, Problem> {
    let owner = |a: &Assignment| engine.role(a.role).map(|role| role.owner);
    let ids = assignments.iter().flat_map(|a| [Some(a.subject), Some(a.node), owner(a)]);
    let paths = Paths::of(run, ids.flatten().collect()).await?;
    Ok(assignments.iter().map(|a| assignment_with(&paths, engine, a)).collect())
}

/// A role's name, if there is such a role.
pub fn role_name(paths: &Paths, engine: &Snapshot, id: RoleId) -> RoleName {
    match engine.role(id) {
        Some(role) => RoleName { id, name: role.name.to_owned(), owner: paths.name(role.owner) },
        None => RoleName { id, name: String::new(), owner: paths.name(NodeId::GLOBAL) },
    }
}

fn assignment_with(paths: &Paths, engine: &Snapshot, a: &Assignment) -> AssignmentView {
    AssignmentView {
        id: a.id,
        subject: paths.name(a.subject),
        subject_kind: engine.kind(a.subject).map(ToString::to_string).unwrap_or_default(),
        role: role_name(paths, engine, a.role),
        node: paths.name(a.node),
        expires_at: a.expires_at,
        when: a.when.as_ref().map(|when| when.as_str().to_owned()),
    }
}
