//! All documents of a file together.

use std::collections::BTreeMap;

use kernel::{Name, NodeRef, Problem};
use serde_json::Value;

use crate::file::{
    Assignment, Connection, Document, FactorRule, Group, IpRule, Node, OwnedName, Permission,
    Place, Realm, Role, Routes, User,
};

/// A thing with its place in the file, for errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// What the file says.
    pub says: T,
    /// The document, from 0.
    document: u32,
    /// The place in its list, from 0.
    index: u32,
}

/// A section of all documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Section<T> {
    /// Its name in the file.
    pub name: &'static str,
    /// Whether any document has it, be it empty: what pruning asks.
    pub is_named: bool,
    /// What it lists.
    pub list: Vec<Placed<T>>,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the fields are the sections of the file, explained at their types"
)]
pub struct World {
    pub settings: BTreeMap<String, Value>,
    pub realms: Section<Realm>,
    pub nodes: Section<Node>,
    pub groups: Section<Group>,
    pub users: Section<User>,
    pub connections: Section<Connection>,
    pub permissions: Section<Permission>,
    pub roles: Section<Role>,
    pub assignments: Section<Assignment>,
    pub routes: Section<Routes>,
    pub factor_rules: Section<FactorRule>,
    pub ip_rules: Section<IpRule>,
    documents: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            settings: BTreeMap::new(),
            realms: Section::new("realms"),
            nodes: Section::new("nodes"),
            groups: Section::new("groups"),
            users: Section::new("users"),
            connections: Section::new("connections"),
            permissions: Section::new("permissions"),
            roles: Section::new("roles"),
            assignments: Section::new("assignments"),
            routes: Section::new("routes"),
            factor_rules: Section::new("factor_rules"),
            ip_rules: Section::new("ip_rules"),
            documents: 0,
        }
    }
}

impl World {
    /// Adds the next document.
    pub fn add(&mut self, document: Document) {
        let number = self.documents;
        self.documents += 1;
        self.settings.extend(document.settings.unwrap_or_default());
        self.realms.add(number, document.realms);
        self.nodes.add(number, document.nodes);
        self.groups.add(number, document.groups);
        self.users.add(number, document.users);
        self.connections.add(number, document.connections);
        self.permissions.add(number, document.permissions);
        self.roles.add(number, document.roles);
        self.assignments.add(number, document.assignments);
        self.routes.add(number, document.routes);
        self.factor_rules.add(number, document.factor_rules);
        self.ip_rules.add(number, document.ip_rules);
    }
}

impl World {
    /// Every place that the file names, in any section.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let realms = self.realms.list.iter().map(|realm| Place::root(&realm.says.name));
        let nodes = self.nodes.list.iter().flat_map(|node| {
            let realm = node.says.realm.as_ref().map(Place::root);
            realm.into_iter().chain([node.says.path.clone()])
        });
        let main = Name::parse(::realms::MAIN).ok();
        let nodes = nodes.chain(main.as_ref().map(Place::root));
        let groups = self.groups.list.iter().flat_map(|group| {
            let owner = group.says.owner.clone().unwrap_or_else(Place::global);
            let itself = owner.child(&group.says.name).ok();
            itself.into_iter().chain(owned(group.says.groups.as_deref())).chain([owner])
        });
        let users = self.users.list.iter().flat_map(|user| {
            let realm = Place::root(&user.says.realm);
            let roles = user.says.roles.iter().flatten().map(|role| role.owner.clone());
            let itself = realm.child(&user.says.username).ok();
            itself.into_iter().chain(owned(user.says.groups.as_deref())).chain(roles)
        });
        realms.chain(nodes).chain(groups).chain(users).chain(self.places_of_access())
    }

    fn places_of_access(&self) -> impl Iterator<Item = Place> + '_ {
        let connections = self.connections.list.iter();
        let connections = connections.flat_map(|c| [c.says.from.clone(), c.says.to.clone()]);
        let owners = self.permissions.list.iter().map(|permission| permission.says.owner.clone());
        let owners = owners.chain(self.roles.list.iter().map(|role| role.says.owner.clone()));
        let rules = self.roles.list.iter().flat_map(|role| &role.says.rules);
        let rules = rules.filter_map(|rule| match &rule.text.owner {
            Some(NodeRef::Path(path)) => Some(Place(path.clone())),
            _ => None,
        });
        let assignments = self.assignments.list.iter().flat_map(|assignment| {
            let says = &assignment.says;
            let subjects = [says.group.as_ref(), says.service_account.as_ref()].into_iter();
            let subjects = subjects.flatten().filter_map(|name| name.place().ok());
            let user = says.user.iter().map(|user| user.place());
            subjects.chain(user).chain(says.node.clone()).chain([says.role.owner.clone()])
        });
        let routes = self.routes.list.iter().map(|routes| routes.says.application.clone());
        let access = connections.chain(owners.flatten()).chain(rules).chain(assignments);
        let factors = self.factor_rules.list.iter().flat_map(|rule| {
            let says = &rule.says;
            let realm = says.realm.iter().map(Place::root);
            let owner = says.role.iter().map(|role| role.owner.clone());
            realm.chain(owner).chain(says.user.iter().map(|user| user.place()))
        });
        access.chain(routes).chain(factors).chain([Place::global()])
    }
}

/// The places of groups that a list names.
fn owned(groups: Option<&[OwnedName]>) -> Vec<Place> {
    groups.into_iter().flatten().filter_map(|group| group.place().ok()).collect()
}

impl<T> Section<T> {
    fn new(name: &'static str) -> Self {
        Self { name, is_named: false, list: Vec::new() }
    }

    fn add(&mut self, document: u32, list: Option<Vec<T>>) {
        self.is_named |= list.is_some();
        let list = list.unwrap_or_default();
        self.list.extend((0..).zip(list).map(|(index, says)| Placed { says, document, index }));
    }
}

impl<T> Placed<T> {
    /// A refusal of a field of it: with the pointer inside its document, and the number of the document if there are
    /// more.
    pub fn refuse(&self, section: &str, field: &str, detail: impl std::fmt::Display) -> Problem {
        let pointer = format!("/{section}/{}{field}", self.index);
        Problem::invalid(pointer, format!("{detail}{}", self.document()))
    }

    /// A refusal of an operation, with its pointers moved to this place.
    pub fn locate(&self, section: &str, problem: Problem) -> Problem {
        let below = format!("/{section}/{}", self.index);
        if problem.errors().is_empty() {
            let what = problem.detail().to_owned() + &self.document();
            problem.and_field(below, what)
        } else {
            problem.below(&below)
        }
    }

    fn document(&self) -> String {
        if self.document == 0 {
            String::new()
        } else {
            format!(" (document {})", self.document + 1)
        }
    }
}
