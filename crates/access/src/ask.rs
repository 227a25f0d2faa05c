//! A question as it is asked over HTTP, and who may ask it.

use std::collections::{BTreeMap, BTreeSet};

use context::{Ctx, State};
use kernel::{Name, NodeId, NodePath, NodeRef, PermissionName, Problem};
use policy::{Context, Principal, Question, Who};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::Run;
use utoipa::ToSchema;

/// What asking about others needs.
pub(crate) const INSPECT: &str = "access:inspect";
/// Most permissions of one question: the names of one thing.
const MAX_NAMES: usize = 16;
/// So many paths are looked up by a statement each, which takes no longer than one for each level.
const FEW_PATHS: usize = 4;

/// May this principal do this at this node?
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Who; absent: the caller. Asking about anyone else needs `access:inspect` at the node.
    pub principal: Option<PrincipalInput>,
    /// What.
    #[schema(value_type = Option<String>, example = "contract.edit")]
    pub permission: Option<PermissionName>,
    /// Further names of the same thing: a rule that matches any of them is about it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<PermissionName>,
    /// Where, by id or path; absent: `$global`.
    #[schema(value_type = Option<String>, example = "/acme/companyA")]
    pub node: Option<NodeRef>,
    /// Properties of the resource that are not stored, as `resource.<name>`; needs `access:inspect` at the node. They
    /// never replace stored ones.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub resource: Map<String, Value>,
    /// `action.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub action: Map<String, Value>,
    /// `context.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
}

/// A user or service account: by realm and name, or by id.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalInput {
    /// What it is.
    pub r#type: PrincipalType,
    /// The realm of a user.
    #[schema(value_type = Option<String>, example = "staff")]
    pub realm: Option<Name>,
    /// The user's name.
    #[schema(value_type = Option<String>, example = "jane")]
    pub name: Option<Name>,
    /// The id, or the path.
    #[schema(value_type = Option<String>)]
    pub id: Option<NodeRef>,
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalType {
    /// A user.
    User,
    /// A service account.
    ServiceAccount,
}

/// A question whose names are found. What is not there is `None`; it is answered as what may not be seen.
#[derive(Debug, Clone)]
pub struct Found {
    principal: Principal,
    is_caller: bool,
    permissions: Vec<PermissionName>,
    node: Option<NodeId>,
    adds_properties: bool,
    context: Context,
}

/// Whether a question may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it is.
    Answer,
    /// With a plain no: the node is not there, or the caller may not know of it.
    Hide,
}

impl Ask {
    /// Whether it names only ids, so that it is answered without the database.
    pub fn has_ids_alone(&self) -> bool {
        let is_path = |node: &Option<NodeRef>| matches!(node, Some(NodeRef::Path(_)));
        let named = self.principal.as_ref().is_some_and(|p| p.id.is_none() || is_path(&p.id));
        !named && !is_path(&self.node)
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.principal.is_none()
            && self.permission.is_none()
            && self.permissions.is_empty()
            && self.node.is_none()
            && [&self.resource, &self.action, &self.context].iter().all(|map| map.is_empty())
    }

    /// Checks the form. Pointers are below `pointer`.
    pub fn check(&self, pointer: &str) -> Result<(), Problem> {
        let names = self.permissions.len() + usize::from(self.permission.is_some());
        if names == 0 {
            return Err(Problem::invalid(format!("{pointer}/permission"), "must be given"));
        }
        if names > MAX_NAMES {
            let detail = format!("must be at most {MAX_NAMES}");
            return Err(Problem::invalid(format!("{pointer}/permissions"), detail));
        }
        let Some(principal) = &self.principal else { return Ok(()) };
        let by_name = principal.realm.is_some() && principal.name.is_some();
        let half = principal.realm.is_some() != principal.name.is_some();
        let is_user = principal.r#type == PrincipalType::User;
        if half || by_name == principal.id.is_some() || (by_name && !is_user) {
            let detail = "must have 'id', or for a user 'realm' and 'name'";
            return Err(Problem::invalid(format!("{pointer}/principal"), detail));
        }
        Ok(())
    }

    /// Finds what the question names.
    pub async fn find(self, run: &impl Run, ctx: &Ctx) -> Result<Found, Problem> {
        let places = Places::of(run, std::slice::from_ref(&self)).await?;
        self.find_in(&places, ctx)
    }

    /// Finds what the question names, where its paths were looked up.
    pub fn find_in(self, places: &Places, ctx: &Ctx) -> Result<Found, Problem> {
        let principal = self.principal.map(|principal| principal.find_in(places)).transpose()?;
        let node = match &self.node {
            None => Some(NodeId::GLOBAL),
            Some(node) => places.find(node),
        };
        let permissions = self.permission.into_iter().chain(self.permissions).collect();
        let context =
            Context { action: self.action, context: self.context, resource: self.resource };
        Ok(Found::new(ctx, principal, permissions, node, context))
    }
}

impl PrincipalInput {
    /// By what it is looked up.
    fn node(&self) -> Result<NodeRef, Problem> {
        match (&self.realm, &self.name, &self.id) {
            (Some(realm), Some(name), _) => {
                let path = NodePath::parse(&format!("/{realm}/{name}"));
                Ok(NodeRef::Path(path.map_err(Problem::internal)?))
            }
            (_, _, Some(id)) => Ok(id.clone()),
            _ => Err(Problem::internal("an unchecked principal")),
        }
    }

    fn find_in(self, places: &Places) -> Result<Who, Problem> {
        // The nil id is nobody's: the engine answers no.
        let id = places.find(&self.node()?).unwrap_or(NodeId(uuid::Uuid::nil()));
        Ok(match self.r#type {
            PrincipalType::User => Who::User(id),
            PrincipalType::ServiceAccount => Who::ServiceAccount(id),
        })
    }
}

/// The nodes that questions name by path.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<NodePath, NodeId>);

impl Places {
    /// Looks up all paths of the questions: a few one by one, many together, level by level.
    pub async fn of(run: &impl Run, asks: &[Ask]) -> Result<Self, Problem> {
        let principals = asks.iter().filter_map(|ask| ask.principal.as_ref());
        let named = principals.map(PrincipalInput::node).collect::<Result<Vec<_>, _>>()?;
        let nodes = asks.iter().filter_map(|ask| ask.node.clone()).chain(named);
        let paths: BTreeSet<NodePath> = nodes
            .filter_map(|node| match node {
                NodeRef::Path(path) => Some(path),
                NodeRef::Id(_) => None,
            })
            .collect();
        if paths.len() > FEW_PATHS {
            return Ok(Self(store::node::find_paths(run, &paths).await?));
        }
        let mut found = BTreeMap::new();
        for path in paths {
            if let Some(node) = store::node::find_path(run, &path).await? {
                found.insert(path, node.id);
            }
        }
        Ok(Self(found))
    }

    fn find(&self, node: &NodeRef) -> Option<NodeId> {
        match node {
            NodeRef::Id(id) => Some(*id),
            NodeRef::Path(path) => self.0.get(path).copied(),
        }
    }
}

impl Found {
    /// A question of which everything is found: nobody named is the caller, no node is one that is not there.
    pub(crate) fn new(
        ctx: &Ctx,
        principal: Option<Who>,
        permissions: Vec<PermissionName>,
        node: Option<NodeId>,
        context: Context,
    ) -> Self {
        let is_caller = principal.as_ref().is_none_or(|who| *who == ctx.principal().who);
        let principal = match principal {
            Some(who) if !is_caller => Principal::new(who),
            _ => ctx.principal().clone(),
        };
        let adds_properties = !context.resource.is_empty();
        Self { principal, is_caller, permissions, node, adds_properties, context }
    }

    /// The question for the engine.
    pub fn question<'a>(&'a self, ctx: &Ctx) -> Question<'a> {
        Question {
            principal: &self.principal,
            permissions: &self.permissions,
            node: self.node.unwrap_or(NodeId(uuid::Uuid::nil())),
            context: &self.context,
            now: ctx.now(),
        }
    }

    /// Whether the question is about the caller.
    pub fn is_about_caller(&self) -> bool {
        self.is_caller
    }

    /// The node, if it is there and the caller may know of it.
    pub fn visible_node(&self, ctx: &Ctx, state: &State) -> Result<Option<NodeId>, Problem> {
        let Some(node) = self.node else { return Ok(None) };
        Ok(sees(ctx, state, node)?.then_some(node))
    }

    /// Whether the caller may ask it. Asking about others, and adding properties, needs `access:inspect` at the node:
    /// 403 where the caller may see the node, else as if it were not there.
    pub fn standing(&self, ctx: &Ctx, state: &State, pointer: &str) -> Result<Standing, Problem> {
        if !self.needs_inspect() {
            return Ok(Standing::Answer);
        }
        let field = if self.is_caller { "resource" } else { "principal" };
        self.standing_of_inspector(ctx, state, &format!("{pointer}/{field}"))
    }

    /// Whether the caller may ask what needs `access:inspect` at the node: 403 at this pointer where he may see the node,
    /// else as if it were not there.
    pub fn standing_of_inspector(
        &self,
        ctx: &Ctx,
        state: &State,
        pointer: &str,
    ) -> Result<Standing, Problem> {
        let inspect = context::action::parse(INSPECT)?;
        if self.node.is_some_and(|node| ctx.may(state, &inspect, node)) {
            return Ok(Standing::Answer);
        }
        if self.visible_node(ctx, state)?.is_none() {
            return Ok(Standing::Hide);
        }
        let detail = "needs the permission access:inspect at the node";
        Err(Problem::forbidden("This needs the permission access:inspect at the node.")
            .and_field(pointer, detail))
    }

    /// Whether it is about others, or adds properties.
    pub(crate) fn needs_inspect(&self) -> bool {
        !self.is_caller || self.adds_properties
    }
}

/// Whether the caller may know of the node. That `$global` exists is no secret.
pub(crate) fn sees(ctx: &Ctx, state: &State, node: NodeId) -> Result<bool, Problem> {
    if node == NodeId::GLOBAL {
        return Ok(true);
    }
    for permission in ["node:read", "read"] {
        if ctx.may(state, &context::action::parse(permission)?, node) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the caller may know the node's name, as one who reads it or inspects what is granted there.
pub(crate) fn knows(ctx: &Ctx, state: &State, node: NodeId) -> Result<bool, Problem> {
    let inspect = context::action::parse(INSPECT)?;
    Ok(sees(ctx, state, node)? || ctx.may(state, &inspect, node))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(value: Value) -> Ask {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn ids_need_no_database() {
        let id = NodeId::GLOBAL;
        assert!(ask(json!({"permission": "x"})).has_ids_alone());
        assert!(ask(json!({"principal": {"type": "user", "id": id}, "node": id})).has_ids_alone());
        for value in [
            json!({"node": "/acme"}),
            json!({"principal": {"type": "user", "realm": "staff", "name": "jane"}}),
            json!({"principal": {"type": "user", "id": "/staff/jane"}}),
        ] {
            assert!(!ask(value).has_ids_alone());
        }
    }

    #[test]
    fn the_form_is_checked() {
        for (value, pointer) in [
            (json!({}), "/permission"),
            (json!({"permissions": vec!["x"; 17]}), "/permissions"),
            (json!({"permission": "x", "principal": {"type": "user"}}), "/principal"),
            (json!({"permission": "x", "principal": {"type": "user", "realm": "a"}}), "/principal"),
            (
                json!({"permission": "x", "principal":
                    {"type": "service_account", "realm": "a", "name": "b"}}),
                "/principal",
            ),
        ] {
            let problem = ask(value).check("").unwrap_err();
            assert_eq!(problem.errors()[0].pointer, pointer);
        }
    }
}
