//! What the subjects and resources of a request are. All names of a request are looked up together, and the database
//! is opened only where there are names: ids of nodes are answered from memory.
//!
//! A subject is a `user` or a `service_account`; every other type is known to nobody. Its id is the id or the path of its
//! node, or a name: of a user `name@realm`, or the plain name in the caller's own realm; of a service account
//! `name@owner`, or the plain name of one that `$global` owns. The last `@` divides if what follows is a realm.
//!
//! A resource is a node. Its type is the node's kind, its id the id or the path of the node; or else the node's id in
//! the external system that is called as the type; or else the name that one node of this kind has, and no other among
//! those that the caller may read. Where these two lead to different nodes, or the kind is another, it is no node.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use context::{Ctx, Reading, State};
use kernel::{Name, NodeId, NodeKind, NodePath, Problem, name::split_owner};
use policy::Who;
use protocol::authzen::Thing;
use tree::read_node::ReadNode;

use crate::ask::{PrincipalType, knows};

/// What the names of a request mean, at one revision.
pub(super) struct Names {
    /// The state that they were looked up in: the one to decide on.
    pub(super) state: Arc<State>,
    realm: Option<NodeId>,
    paths: BTreeMap<NodePath, NodeId>,
    /// Of the caller's realm.
    users: BTreeMap<Name, NodeId>,
    external: BTreeMap<(String, String), NodeId>,
    named: BTreeMap<(NodeKind, Name), NodeId>,
}

/// How a subject is named.
enum SubjectId {
    Node(NodeId),
    Path(NodePath),
    /// A name in the caller's realm.
    Plain(Name),
    /// A user's name and realm; or, if there is no such realm, the whole is a name.
    Divided {
        path: NodePath,
        realm: NodePath,
        whole: Name,
    },
}

/// What still has to be looked up.
#[derive(Default)]
struct Wanted {
    paths: BTreeSet<NodePath>,
    users: BTreeSet<Name>,
    external: BTreeSet<(String, String)>,
    named: BTreeSet<(NodeKind, Name)>,
}

impl Names {
    /// Looks up everything that these name.
    pub(super) async fn of(
        ctx: &Ctx,
        subjects: &[&Thing],
        resources: &[&Thing],
    ) -> Result<Self, Problem> {
        let mut names = Self::within(ctx.state().await?, ctx);
        let wanted = Wanted::of_subjects(subjects);
        if wanted.is_empty() && resources.iter().all(|resource| names.is_known(resource)) {
            return Ok(names);
        }
        let read = ctx.read().await?;
        names.look_up(&read, wanted, resources).await?;
        Ok(names)
    }

    /// The same, in a transaction that is open.
    pub(super) async fn read(
        read: &Reading,
        subjects: &[&Thing],
        resources: &[&Thing],
    ) -> Result<Self, Problem> {
        let mut names = Self::within(Arc::new(read.state().clone()), read.ctx());
        names.look_up(read, Wanted::of_subjects(subjects), resources).await?;
        Ok(names)
    }

    fn within(state: Arc<State>, ctx: &Ctx) -> Self {
        let caller = ctx.principal().subject().and_then(|id| state.engine.subject(id));
        let realm = caller.and_then(|caller| caller.realm);
        Self {
            realm,
            state,
            paths: BTreeMap::new(),
            users: BTreeMap::new(),
            external: BTreeMap::new(),
            named: BTreeMap::new(),
        }
    }

    async fn look_up(
        &mut self,
        read: &Reading,
        mut wanted: Wanted,
        resources: &[&Thing],
    ) -> Result<(), Problem> {
        self.state = Arc::new(read.state().clone());
        wanted.paths.extend(resources.iter().filter_map(|thing| NodePath::parse(&thing.id).ok()));
        self.paths = store::node::find_paths(read, &wanted.paths).await?;
        wanted.add_resources(resources.iter().filter(|resource| !self.is_known(resource)));
        if let Some(realm) = self.realm {
            let users: Vec<(NodeId, &Name)> = wanted.users.iter().map(|u| (realm, u)).collect();
            let found = store::node::find_children(read, &users).await?;
            self.users = found.into_iter().map(|node| (node.name, node.id)).collect();
        }
        self.external = tree::store::by_external_ids(read, &wanted.external).await?;
        if !wanted.named.is_empty() {
            let scope = read.scope::<ReadNode>()?.sql("n.label");
            let found = store::node::find_named(read, &scope, &wanted.named).await?;
            self.named = found.into_iter().map(|n| ((n.kind, n.name), n.id)).collect();
        }
        Ok(())
    }

    /// Who it is; `None` if that is known to nobody.
    pub(super) fn subject(&self, thing: &Thing) -> Option<Who> {
        let (kind, id) = subject_id(thing)?;
        let node = match id {
            SubjectId::Node(node) => node,
            SubjectId::Path(path) => *self.paths.get(&path)?,
            SubjectId::Plain(name) => *self.users.get(&name)?,
            SubjectId::Divided { path, realm, whole } => match self.paths.get(&realm) {
                Some(_) => *self.paths.get(&path)?,
                None => *self.users.get(&whole)?,
            },
        };
        let subject = self.state.engine.subject(node)?;
        match (kind, subject.kind) {
            (PrincipalType::User, policy::SubjectKind::User) => Some(Who::User(node)),
            (PrincipalType::ServiceAccount, policy::SubjectKind::ServiceAccount) => {
                Some(Who::ServiceAccount(node))
            }
            _ => None,
        }
    }

    /// Which node it is; `None` if there is none, or more than one.
    pub(super) fn resource(&self, ctx: &Ctx, thing: &Thing) -> Result<Option<NodeId>, Problem> {
        if let Some(node) = self.at(thing) {
            let kind = self.state.engine.kind(node);
            return Ok(kind.is_some_and(|kind| kind.as_str() == thing.kind).then_some(node));
        }
        let external = self.external.get(&(thing.kind.clone(), thing.id.clone())).copied();
        let external = match external {
            Some(node) if knows(ctx, &self.state, node)? => Some(node),
            _ => None,
        };
        let named = kind_and_name(thing).and_then(|named| self.named.get(&named)).copied();
        Ok(match (external, named) {
            (Some(external), Some(named)) if external != named => None,
            (external, named) => external.or(named),
        })
    }

    /// Whether its id says which node it is.
    fn is_known(&self, resource: &Thing) -> bool {
        self.at(resource).is_some()
    }

    /// The node of an id or a path.
    fn at(&self, resource: &Thing) -> Option<NodeId> {
        let id = resource.id.parse().ok().filter(|id| self.state.engine.contains(*id));
        id.or_else(|| self.paths.get(&NodePath::parse(&resource.id).ok()?).copied())
    }
}

impl Wanted {
    fn of_subjects(subjects: &[&Thing]) -> Self {
        let mut wanted = Self::default();
        for (_, id) in subjects.iter().filter_map(|subject| subject_id(subject)) {
            match id {
                SubjectId::Node(_) => {}
                SubjectId::Path(path) => drop(wanted.paths.insert(path)),
                SubjectId::Plain(name) => drop(wanted.users.insert(name)),
                SubjectId::Divided { path, realm, whole } => {
                    wanted.paths.extend([path, realm]);
                    wanted.users.insert(whole);
                }
            }
        }
        wanted
    }

    fn add_resources<'a>(&mut self, resources: impl Iterator<Item = &'a &'a Thing>) {
        for resource in resources {
            self.external.insert((resource.kind.clone(), resource.id.clone()));
            self.named.extend(kind_and_name(resource));
        }
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.users.is_empty()
    }
}

fn subject_id(thing: &Thing) -> Option<(PrincipalType, SubjectId)> {
    let text = thing.id.as_str();
    let kind = match thing.kind.as_str() {
        NodeKind::USER => PrincipalType::User,
        NodeKind::SERVICE_ACCOUNT => PrincipalType::ServiceAccount,
        _ => return None,
    };
    if let Ok(id) = text.parse() {
        return Some((kind, SubjectId::Node(id)));
    }
    if text.starts_with('/') {
        return Some((kind, SubjectId::Path(NodePath::parse(text).ok()?)));
    }
    let (name, owner) = split_owner(text);
    let root = match owner {
        Some(path) if path.starts_with('/') => path.to_owned(),
        Some(name) => format!("/{name}"),
        None if kind == PrincipalType::User => {
            return Some((kind, SubjectId::Plain(Name::parse(text).ok()?)));
        }
        None => "/$global".to_owned(),
    };
    let divided =
        NodePath::parse(&root).and_then(|root| Ok((root.child(Name::parse(name)?)?, root)));
    let id = match (divided, Name::parse(text)) {
        (Ok((path, realm)), Ok(whole)) if kind == PrincipalType::User => {
            SubjectId::Divided { path, realm, whole }
        }
        (Ok((path, _)), _) => SubjectId::Path(path),
        // An `@` at one of its ends divides nothing.
        (Err(_), Ok(whole)) if kind == PrincipalType::User => SubjectId::Plain(whole),
        _ => return None,
    };
    Some((kind, id))
}

fn kind_and_name(thing: &Thing) -> Option<(NodeKind, Name)> {
    Some((NodeKind::parse(&thing.kind).ok()?, Name::parse(&thing.id).ok()?))
}
