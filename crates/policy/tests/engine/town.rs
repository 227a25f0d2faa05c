//! A world under construction, with names for its nodes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Effect, NodeId, NodeKind, Pattern, PermissionName, RoleId};
use policy::{
    Assignment, Change, ChangeRefused, Context, Decision, Lock, Membership, NodeSearch, Principal,
    Question, Rule, Snapshot, Subject, SubjectKind, SubjectSearch,
};

use crate::{ids, rows::Rows};

/// A world, and the names by which a test speaks of it.
#[derive(Default)]
pub struct Town {
    pub snapshot: Snapshot,
    pub nodes: BTreeMap<String, NodeId>,
    pub roles: BTreeMap<String, RoleId>,
    rows: Rows,
    made: usize,
}

impl Town {
    /// `$global` alone.
    pub fn new() -> Self {
        let mut town = Self::default();
        town.add_as(NodeId::GLOBAL, "$global", None, NodeKind::GLOBAL);
        town
    }

    pub fn next(&mut self) -> usize {
        self.made += 1;
        self.made
    }

    /// A node below `parent`, or a root.
    pub fn add(&mut self, name: &str, parent: Option<&str>, kind: &str) -> NodeId {
        let id = ids::node(self.next());
        self.add_as(id, name, parent, kind);
        id
    }

    fn add_as(&mut self, id: NodeId, name: &str, parent: Option<&str>, kind: &str) {
        let parent = parent.map(|parent| self.nodes[parent]);
        let place = self.snapshot.place(parent, 1).unwrap();
        if !place.renumbered.is_empty() {
            self.apply(Change::NodesLabelled { labels: place.renumbered });
        }
        let (label, label_end) = (place.label, place.label_end);
        self.apply(Change::NodeSaved { id, parent, kind: ids::kind(kind), label, label_end });
        self.nodes.insert(name.to_owned(), id);
    }

    pub fn user(&mut self, name: &str) -> NodeId {
        let id = self.add(name, None, NodeKind::USER);
        self.apply(Change::SubjectSaved(subject(id)));
        id
    }

    pub fn group(&mut self, name: &str) -> NodeId {
        let id = self.add(name, Some("$global"), NodeKind::GROUP);
        self.apply(Change::GroupSaved { id, membership: Membership::Listed });
        id
    }

    pub fn role(&mut self, name: &str, owner: &str, rules: Vec<Rule>) -> RoleId {
        let id = match self.roles.get(name) {
            Some(id) => *id,
            None => ids::role(self.next()),
        };
        self.roles.insert(name.to_owned(), id);
        let owner = self.nodes[owner];
        self.apply(Change::RoleSaved { id, name: name.to_owned(), owner, rules });
        id
    }

    /// A rule of `$global`: `x:*`, or `!x:*` for a deny.
    pub fn rule(&self, text: &str) -> Rule {
        let (effect, pattern) = match text.strip_prefix('!') {
            Some(pattern) => (Effect::Deny, pattern),
            None => (Effect::Allow, text),
        };
        Rule {
            effect,
            pattern: Pattern::parse(pattern).unwrap(),
            except: Vec::new(),
            owner: NodeId::GLOBAL,
            when: None,
            fields: None,
            rows: None,
        }
    }

    pub fn assign(&mut self, subject: &str, role: &str, node: &str) -> Assignment {
        let assignment = Assignment {
            id: ids::assignment(self.next()),
            subject: self.nodes[subject],
            role: self.roles[role],
            node: self.nodes[node],
            expires_at: None,
            when: None,
        };
        self.apply(Change::AssignmentSaved(assignment.clone()));
        assignment
    }

    pub fn apply(&mut self, change: Change) {
        self.try_apply(&change).unwrap_or_else(|refused| panic!("{change:?}: {refused}"));
    }

    pub fn try_apply(&mut self, change: &Change) -> Result<(), ChangeRefused> {
        self.rows.apply(&mut self.snapshot, change)
    }

    /// The answer; fails unless every way to ask gives the same.
    pub fn ask(
        &self,
        principal: &Principal,
        permission: &str,
        node: &str,
        now: Timestamp,
    ) -> Decision {
        ask(&self.snapshot, principal, &ids::name(permission), self.nodes[node], now)
    }
}

/// The answer; fails unless decide, explain, nodes, scope and subjects agree.
pub fn ask(
    snapshot: &Snapshot,
    principal: &Principal,
    permission: &PermissionName,
    node: NodeId,
    now: Timestamp,
) -> Decision {
    let context = &Context::default();
    let permissions = std::slice::from_ref(permission);
    let question = Question { principal, permissions, node, context, now };
    let decision = snapshot.decide(&question);
    assert_eq!(snapshot.explain(&question).decision, decision, "explain");
    let nodes = nodes(snapshot, principal, permission, now);
    assert_eq!(nodes.contains(&node), decision.is_allow(), "nodes");
    let ranges = snapshot.scope(principal, permission, context, now);
    let label = snapshot.labels(node).unwrap().label;
    assert_eq!(ranges.contains(label), decision.is_allow(), "scope");
    if let Some(subject) = principal.subject()
        && *principal == Principal::user(subject)
    {
        let search = SubjectSearch { permission, node, context, now };
        let subjects = snapshot.subjects(&search).page(None, usize::MAX).items;
        assert_eq!(subjects.contains(&subject), decision.is_allow(), "subjects");
    }
    let listed = snapshot.permissions(principal, node, context, now).contains(&permission);
    assert!(!listed || decision.is_allow(), "permissions");
    let among = snapshot.permissions_among(principal, node, context, now, permissions);
    assert_eq!(among.len() == 1, decision.is_allow(), "permissions among");
    decision
}

/// All nodes where it is allowed.
pub fn nodes(
    snapshot: &Snapshot,
    principal: &Principal,
    permission: &PermissionName,
    now: Timestamp,
) -> Vec<NodeId> {
    let context = &Context::default();
    let (under, kind, told) = (None, None, None);
    let search = NodeSearch { principal, permission, under, kind, told, context, now };
    let nodes = snapshot.nodes(&search);
    let all = nodes.page(None, usize::MAX).unwrap().items;
    assert_eq!(Ok(all.len()), nodes.total());
    all
}

pub fn subject(id: NodeId) -> Subject {
    Subject {
        id,
        kind: SubjectKind::User,
        realm: None,
        username: "u".into(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: BTreeMap::new(),
    }
}
