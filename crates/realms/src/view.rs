//! Users, groups, realms as they are answered.

use std::collections::BTreeMap;

use ::store::node::Node;
use context::Ask;
use jiff::Timestamp;
use kernel::{Name, NodeId, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::Tagged;

use crate::{
    default_role,
    group::{Group, GroupKind},
    model::{Lock, Standing, User},
    names::{Alias, AliasKind},
    realm::Application,
    service_account::ServiceAccount,
    store,
};

/// A realm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RealmView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Node> for RealmView {
    fn from(node: Node) -> Self {
        Self {
            id: node.id,
            name: node.name.into(),
            created_at: node.created_at,
            updated_at: node.updated_at,
        }
    }
}

/// An application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// The realm whose users may sign in there, with those of the realms connected to it.
    pub realm: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Application> for ApplicationView {
    fn from(application: Application) -> Self {
        Self {
            id: application.id,
            name: application.name,
            realm: application.realm_name,
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }
}

/// An alias: in answers and in input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AliasView {
    /// What it is: `email` (if absent), `phone`, `username`, or another plain word.
    #[serde(default = "AliasKind::email")]
    #[schema(value_type = String)]
    pub kind: AliasKind,
    /// The alias itself.
    #[schema(value_type = String)]
    pub value: Name,
}

impl AliasView {
    /// The alias, if it fits its kind.
    pub(crate) fn parse(self) -> Result<Alias, Problem> {
        Alias::new(self.kind, self.value).map_err(|e| Problem::invalid("/value", e))
    }

    /// The aliases of a new user.
    pub(crate) fn parse_all(aliases: Vec<Self>) -> Result<Vec<Alias>, Problem> {
        let parse = |(i, alias): (usize, Self)| {
            alias.parse().map_err(|problem| problem.below(&format!("/aliases/{i}")))
        };
        aliases.into_iter().enumerate().map(parse).collect()
    }
}

impl From<Alias> for AliasView {
    fn from(alias: Alias) -> Self {
        Self { kind: alias.kind, value: alias.value }
    }
}

/// A lock.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LockView {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Before which moment; absent: until somebody unlocks.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

impl From<&Lock> for LockView {
    fn from(lock: &Lock) -> Self {
        Self { since: lock.since, until: lock.until, reason: lock.reason.clone() }
    }
}

/// A user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// The name of its realm.
    pub realm: String,
    /// Its name there.
    pub username: String,
    /// Where it gets mail.
    pub email: Option<String>,
    /// Whether it is known that the user reads mail there.
    pub email_verified: bool,
    /// How people call it.
    pub full_name: Option<String>,
    /// What else it signs in with.
    pub aliases: Vec<AliasView>,
    /// `subject.<name>` in conditions.
    pub attributes: BTreeMap<String, Value>,
    /// Its own JSON.
    pub metadata: Map<String, Value>,
    /// Whether it may do everything.
    pub superuser: bool,
    /// What disabled, locked and expired amount to now.
    pub state: Standing,
    /// Whether it is switched off, locked or not.
    pub disabled: bool,
    /// Its lock, if one holds now.
    pub lock: Option<LockView>,
    /// From this moment on it is denied everything.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The roles of `$global` that are assigned to it at `$global`.
    pub roles: Vec<String>,
    /// The groups that it was put into: `name@/path/of/owner`, or `name` under `$global`.
    pub groups: Vec<String>,
    /// The role in which it acts where nothing else is said: `name`, or `name@/path/of/owner`; absent: none was chosen.
    pub default_role: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A user as it is answered.
pub async fn user_view(run: &impl Ask, user: User) -> Result<UserView, Problem> {
    let mut views = user_views(run, vec![user]).await?;
    views.pop().ok_or_else(|| Problem::internal("a view without its user"))
}

/// A user as it is answered, with its version.
pub async fn tagged_user(run: &impl Ask, user: User) -> Result<Tagged<UserView>, Problem> {
    let version = user.version;
    Ok(Tagged { body: user_view(run, user).await?, version })
}

/// Users as they are answered, in their order.
pub async fn user_views(run: &impl Ask, users: Vec<User>) -> Result<Vec<UserView>, Problem> {
    let ids: Vec<NodeId> = users.iter().map(|user| user.id).collect();
    let memberships = store::memberships(run, &ids).await?;
    let groups: Vec<NodeId> = memberships.iter().map(|pair| pair.1).collect();
    let group_paths = ::store::node::paths(run, &groups).await?;
    let mut realms: Vec<NodeId> = users.iter().map(|user| user.realm).collect();
    realms.sort_unstable();
    realms.dedup();
    let realm_paths = ::store::node::paths(run, &realms).await?;
    let mut names: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
    for (member, group) in memberships {
        if let Some(path) = group_paths.get(&group) {
            names.entry(member).or_default().push(group_name(path));
        }
    }
    let now = run.ctx().now();
    let mut defaults = default_roles(run, &ids).await?;
    let view = |user: User| {
        let realm =
            realm_paths.get(&user.realm).map(|path| path.trim_start_matches('/').to_owned());
        let mut groups = names.remove(&user.id).unwrap_or_default();
        groups.sort_unstable();
        let held =
            Held { roles: role_names(run, user.id), groups, default: defaults.remove(&user.id) };
        one_view(user, realm.unwrap_or_default(), held, now)
    };
    Ok(users.into_iter().map(view).collect())
}

/// What a user was given, by names.
struct Held {
    roles: Vec<String>,
    groups: Vec<String>,
    default: Option<String>,
}

/// The names of the default roles of those users that have one which is still there.
async fn default_roles(
    run: &impl Ask,
    users: &[NodeId],
) -> Result<BTreeMap<NodeId, String>, Problem> {
    let (defaults, engine) = (&run.state().default_roles, run.engine());
    let chosen = users.iter().filter_map(|user| Some((*user, defaults.of(*user)?)));
    let (users, roles): (Vec<_>, Vec<_>) =
        chosen.filter(|(_, role)| engine.role(*role).is_some()).unzip();
    let names = default_role::role_names(run, engine, &roles).await?;
    Ok(users.into_iter().zip(names).collect())
}

fn one_view(user: User, realm: String, held: Held, now: Timestamp) -> UserView {
    UserView {
        email_verified: user.verified_email().is_some(),
        state: user.standing(now),
        disabled: user.state.is_disabled(),
        lock: user.state.locked().filter(|lock| lock.holds(now)).map(LockView::from),
        id: user.id,
        realm,
        username: user.username.into(),
        email: user.email.map(String::from),
        full_name: user.full_name.map(String::from),
        aliases: user.aliases.into_iter().map(AliasView::from).collect(),
        attributes: user.attributes.into(),
        metadata: user.metadata.into(),
        superuser: user.superuser,
        expires_at: user.expires_at,
        roles: held.roles,
        groups: held.groups,
        default_role: held.default,
        created_at: user.created_at,
        updated_at: user.updated_at,
    }
}

/// The names of the roles that `$global` owns and that are assigned at `$global`, sorted.
pub fn role_names(run: &impl Ask, user: NodeId) -> Vec<String> {
    let engine = run.engine();
    let assignments = engine.assignments_of_subject(user);
    let at_global = assignments.into_iter().filter(|held| held.node == NodeId::GLOBAL);
    let roles = at_global.filter_map(|held| engine.role(held.role));
    let mut names: Vec<String> = roles
        .filter(|role| role.owner == NodeId::GLOBAL)
        .map(|role| role.name.to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The name of a group from its path: `/acme/companyA/clerks` is `clerks@/acme/companyA`.
fn group_name(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("/$global", name)) => name.to_owned(),
        Some((owner, name)) => format!("{name}@{owner}"),
        None => path.to_owned(),
    }
}

/// A group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its name, unique under the owner.
    pub name: String,
    /// The path of the node that owns it.
    pub owner: String,
    /// What sort of group.
    pub kind: GroupKind,
    /// Whether the system computes its members.
    pub built_in: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A group as it is answered.
pub async fn group_view(run: &impl Ask, group: Group) -> Result<GroupView, Problem> {
    let mut views = group_views(run, vec![group]).await?;
    views.pop().ok_or_else(|| Problem::internal("a view without its group"))
}

/// Groups as they are answered, in their order.
pub async fn group_views(run: &impl Ask, groups: Vec<Group>) -> Result<Vec<GroupView>, Problem> {
    let owners: Vec<NodeId> = groups.iter().map(|group| group.owner).collect();
    let paths = ::store::node::paths(run, &owners).await?;
    let view = |group: Group| GroupView {
        built_in: group.is_built_in(),
        owner: paths.get(&group.owner).cloned().unwrap_or_default(),
        id: group.id,
        name: group.name.into(),
        kind: group.kind,
        created_at: group.created_at,
        updated_at: group.updated_at,
    };
    Ok(groups.into_iter().map(view).collect())
}

/// A service account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceAccountView {
    /// Its node.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its name, unique under the owner.
    pub name: String,
    /// The path of the realm, application or `$global` that owns it.
    pub owner: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Service accounts as they are answered, in their order.
pub async fn service_account_views(
    run: &impl Ask,
    accounts: Vec<ServiceAccount>,
) -> Result<Vec<ServiceAccountView>, Problem> {
    let owners: Vec<NodeId> = accounts.iter().map(|account| account.owner).collect();
    let paths = ::store::node::paths(run, &owners).await?;
    let view = |account: ServiceAccount| ServiceAccountView {
        owner: paths.get(&account.owner).cloned().unwrap_or_default(),
        id: account.id,
        name: account.name.into(),
        description: account.description,
        disabled: account.disabled,
        created_at: account.created_at,
        updated_at: account.updated_at,
    };
    Ok(accounts.into_iter().map(view).collect())
}

/// A service account as it is answered.
pub async fn service_account_view(
    run: &impl Ask,
    account: ServiceAccount,
) -> Result<ServiceAccountView, Problem> {
    let mut views = service_account_views(run, vec![account]).await?;
    views.pop().ok_or_else(|| Problem::internal("a view without its service account"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_named_with_its_owner() {
        assert_eq!(group_name("/acme/companyA/clerks"), "clerks@/acme/companyA");
        assert_eq!(group_name("/$global/clerks"), "clerks");
    }
}
