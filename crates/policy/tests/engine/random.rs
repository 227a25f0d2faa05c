//! Random worlds: every change goes to the engine, and to the oracle if the engine took it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{ConditionText, Effect, NodeId, NodeKind, Pattern, RoleId};
use policy::{
    Assignment, Change, ChangeRefused, Lock, Membership, Principal, Rule, Snapshot, Subject,
    SubjectKind, Who,
};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{
    ids,
    oracle::{CONDITIONS, Oracle, property_values},
    rows::Rows,
};

/// The moment at which questions are asked; things expire before, at and after it.
pub const NOW: i64 = 100;
const PATTERNS: [&str; 9] = ["*", "a", "b", "a:*", "a:b", "*:b", "a:*:c", "b:*", "settings:access"];
pub const NAMES: [&str; 6] = ["a", "b", "a:b", "a:b:c", "b:b", "settings:access"];

/// A world in the making, in both forms.
pub struct Pair {
    pub snapshot: Snapshot,
    pub oracle: Oracle,
    pub rows: Rows,
    pub rng: ChaCha8Rng,
    made: usize,
}

impl Pair {
    /// A random world of about `size` changes.
    pub fn new(seed: u64, size: usize) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let (snapshot, oracle, rows) = (Snapshot::new(), Oracle::default(), Rows::default());
        let mut pair = Self { snapshot, oracle, rows, rng, made: 0 };
        pair.save_node(NodeId::GLOBAL, None, NodeKind::GLOBAL);
        for _ in 0..4 {
            pair.add_node();
        }
        for _ in 0..3 {
            pair.add_subject();
            pair.add_group();
            pair.save_role();
        }
        for _ in 0..size {
            pair.step();
        }
        pair
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u64() % end as u64).unwrap()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        let at = self.below(of.len());
        of[at].clone()
    }

    pub fn nodes(&self) -> Vec<NodeId> {
        self.oracle.parents.keys().copied().collect()
    }

    pub fn node(&mut self) -> NodeId {
        let all = self.nodes();
        self.one(&all)
    }

    pub fn role(&mut self) -> RoleId {
        let all: Vec<RoleId> = self.oracle.roles.keys().copied().collect();
        self.one(&all)
    }

    pub fn subject(&mut self) -> NodeId {
        let all: Vec<NodeId> = self.oracle.subjects.keys().copied().collect();
        self.one(&all)
    }

    fn group(&mut self) -> NodeId {
        let all: Vec<NodeId> = self.oracle.groups.keys().copied().collect();
        self.one(&all)
    }

    pub fn next(&mut self) -> usize {
        self.made += 1;
        self.made
    }

    /// One random change.
    pub fn step(&mut self) {
        match self.below(20) {
            0..=2 => self.add_node(),
            3..=5 => self.connect(),
            6..=7 => self.move_node(),
            8 => self.disconnect(),
            9 => self.delete_node(),
            10..=11 => self.add_member(),
            12 => self.save_role(),
            13..=16 => self.save_assignment(),
            17 => self.delete_assignment(),
            18 => self.change_property(),
            _ => self.change_subject(),
        }
    }

    /// One change of what conditions read, or of who reads it.
    pub fn step_of_conditions(&mut self) {
        match self.below(8) {
            0..=2 => self.change_property(),
            3..=4 => self.save_role(),
            5 => self.save_assignment(),
            _ => self.delete_assignment(),
        }
    }

    fn save_node(&mut self, id: NodeId, parent: Option<NodeId>, kind: &str) {
        let place = self.snapshot.place(parent, 1).unwrap();
        if !place.renumbered.is_empty() {
            self.apply(&Change::NodesLabelled { labels: place.renumbered }).unwrap();
        }
        let (label, label_end) = (place.label, place.label_end);
        let kind = ids::kind(kind);
        self.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
        self.oracle.parents.insert(id, parent);
    }

    fn add_node(&mut self) {
        let id = ids::node(self.next());
        let parent = if self.chance(80) { Some(self.node()) } else { None };
        self.save_node(id, parent, "place");
    }

    fn add_subject(&mut self) {
        let id = ids::node(self.next());
        let kind = if self.chance(75) { SubjectKind::User } else { SubjectKind::ServiceAccount };
        let node_kind = match kind {
            SubjectKind::User => NodeKind::USER,
            SubjectKind::ServiceAccount => NodeKind::SERVICE_ACCOUNT,
        };
        let parent = self.node();
        self.save_node(id, Some(parent), node_kind);
        let subject = self.random_subject(id, kind);
        self.apply(&Change::SubjectSaved(subject.clone())).unwrap();
        self.oracle.subjects.insert(id, subject);
    }

    fn random_subject(&mut self, id: NodeId, kind: SubjectKind) -> Subject {
        let realm = if self.chance(50) { Some(NodeId::GLOBAL) } else { None };
        let lock = match self.below(12) {
            0 => Lock::ForGood,
            1 => Lock::Until(ids::moment(NOW)),
            2 => Lock::Until(ids::moment(NOW + 1)),
            _ => Lock::None,
        };
        let mut attributes = BTreeMap::new();
        if self.chance(70) {
            let grade = self.below(5);
            attributes.insert("grade".to_owned(), grade.into());
        }
        Subject {
            id,
            kind,
            realm,
            username: "u".to_owned(),
            superuser: self.chance(8),
            disabled: self.chance(5),
            lock,
            expires_at: self.random_end(),
            attributes,
        }
    }

    fn change_subject(&mut self) {
        let id = self.subject();
        let subject = self.random_subject(id, self.oracle.subjects[&id].kind);
        self.apply(&Change::SubjectSaved(subject.clone())).unwrap();
        self.oracle.subjects.insert(id, subject);
    }

    fn random_end(&mut self) -> Option<Timestamp> {
        match self.below(10) {
            0 => Some(ids::moment(NOW)),
            1 => Some(ids::moment(NOW + 1)),
            2 => Some(ids::moment(NOW + 50)),
            _ => None,
        }
    }

    fn add_group(&mut self) {
        let id = ids::node(self.next());
        let parent = self.node();
        self.save_node(id, Some(parent), NodeKind::GROUP);
        let membership = match self.below(8) {
            0 => Membership::Anonymous,
            1 => Membership::Authenticated { realm: None },
            2 => Membership::Authenticated { realm: Some(NodeId::GLOBAL) },
            _ => Membership::Listed,
        };
        self.apply(&Change::GroupSaved { id, membership }).unwrap();
        self.oracle.groups.insert(id, membership);
    }

    fn add_member(&mut self) {
        let group = self.group();
        let member = if self.chance(50) { self.subject() } else { self.group() };
        let found = self.apply(&Change::MemberAdded { group, member });
        let nests = self.oracle.holders_of_group(group).contains(&member);
        let known = self.oracle.members.contains(&(group, member));
        let expected = if self.oracle.groups[&group] != Membership::Listed {
            Err(ChangeRefused::ComputedGroup)
        } else if nests {
            Err(ChangeRefused::Cycle)
        } else if known {
            Err(ChangeRefused::Exists)
        } else {
            self.oracle.members.insert((group, member));
            Ok(())
        };
        assert_eq!(found, expected, "{group} takes {member}");
    }

    fn connect(&mut self) {
        let (from, to) = (self.node(), self.node());
        let cycle = self.oracle.ancestors(from).contains(&to);
        assert_eq!(self.snapshot.would_cycle(from, to), cycle);
        let expected = if from == NodeId::GLOBAL {
            Err(ChangeRefused::Global)
        } else if cycle {
            Err(ChangeRefused::Cycle)
        } else if self.oracle.connections.contains(&(from, to)) {
            Err(ChangeRefused::Exists)
        } else {
            Ok(())
        };
        assert_eq!(self.apply(&Change::Connected { from, to }), expected, "{from} to {to}");
        if expected.is_ok() {
            self.oracle.connections.insert((from, to));
        }
    }

    fn disconnect(&mut self) {
        let all: Vec<(NodeId, NodeId)> = self.oracle.connections.iter().copied().collect();
        if all.is_empty() {
            return;
        }
        let (from, to) = self.one(&all);
        self.apply(&Change::Disconnected { from, to }).unwrap();
        self.oracle.connections.remove(&(from, to));
    }

    fn move_node(&mut self) {
        let (id, parent) = (self.node(), self.node());
        if id == NodeId::GLOBAL {
            return;
        }
        let cycle = self.oracle.ancestors(parent).contains(&id);
        assert_eq!(self.snapshot.would_cycle_by_move(id, parent), cycle);
        match self.snapshot.place_move(id, parent) {
            Ok(labels) => {
                assert!(!cycle, "{id} under {parent}");
                self.apply(&Change::NodeMoved { id, parent, labels }).unwrap();
                self.oracle.parents.insert(id, Some(parent));
            }
            Err(refused) => assert_eq!((refused, cycle), (ChangeRefused::Cycle, true)),
        }
    }

    fn delete_node(&mut self) {
        let id = self.node();
        let used = self.oracle.refers_to(id);
        let found = self.apply(&Change::NodeDeleted { id });
        if id != NodeId::GLOBAL {
            assert_eq!(found.is_err(), used, "{id}: {found:?}");
        }
        if found.is_ok() {
            self.oracle.parents.remove(&id);
            self.oracle.properties.retain(|(node, _), _| *node != id);
        }
    }

    fn save_role(&mut self) {
        let all: Vec<RoleId> = self.oracle.roles.keys().copied().collect();
        let fresh = all.len() < 4;
        let id = if fresh { ids::role(self.next()) } else { self.one(&all) };
        let owner = self.owner();
        let count = self.below(4);
        let rules: Vec<Rule> = (0..count).map(|_| self.rule(owner)).collect();
        let change = Change::RoleSaved { id, name: "R".to_owned(), owner, rules: rules.clone() };
        self.apply(&change).unwrap();
        self.oracle.roles.insert(id, (owner, rules));
    }

    fn owner(&mut self) -> NodeId {
        if self.chance(60) { NodeId::GLOBAL } else { self.node() }
    }

    fn rule(&mut self, owner: NodeId) -> Rule {
        let effect = if self.chance(70) { Effect::Allow } else { Effect::Deny };
        let mut except = Vec::new();
        while self.chance(20) {
            except.push(self.pattern());
        }
        Rule {
            effect,
            pattern: self.pattern(),
            except,
            owner: if self.chance(70) { owner } else { self.node() },
            when: self.condition(),
            fields: None,
            rows: None,
        }
    }

    pub fn pattern(&mut self) -> Pattern {
        Pattern::parse(self.one(&PATTERNS)).unwrap()
    }

    fn condition(&mut self) -> Option<ConditionText> {
        self.chance(25).then(|| ConditionText(self.one(&CONDITIONS).to_owned()))
    }

    fn save_assignment(&mut self) {
        let known: Vec<_> = self.oracle.assignments.keys().copied().collect();
        let id = if known.is_empty() || self.chance(85) {
            ids::assignment(self.next())
        } else {
            self.one(&known)
        };
        let subject = if self.chance(50) { self.subject() } else { self.group() };
        let assignment = Assignment {
            id,
            subject,
            role: self.role(),
            node: self.owner(),
            expires_at: self.random_end(),
            when: self.condition(),
        };
        self.apply(&Change::AssignmentSaved(assignment.clone())).unwrap();
        self.oracle.assignments.insert(id, assignment);
    }

    fn delete_assignment(&mut self) {
        let all: Vec<_> = self.oracle.assignments.keys().copied().collect();
        if all.is_empty() {
            return;
        }
        let id = self.one(&all);
        self.apply(&Change::AssignmentDeleted { id }).unwrap();
        self.oracle.assignments.remove(&id);
    }

    fn change_property(&mut self) {
        let node = self.node();
        let name = self.one(&["a", "a", "b", "c"]).to_owned();
        if self.chance(20) {
            self.apply(&Change::PropertyRemoved { node, name: name.clone() }).unwrap();
            self.oracle.properties.remove(&(node, name));
            return;
        }
        let value = self.one(&property_values());
        let change = Change::PropertySet { node, name: name.clone(), value: value.clone() };
        self.apply(&change).unwrap();
        self.oracle.properties.insert((node, name), value);
    }

    /// Any sort of principal, mostly a plain user.
    pub fn principal(&mut self) -> Principal {
        let subject = self.subject();
        let who = match self.below(20) {
            0 => Who::Operator,
            1 => Who::Nobody,
            2 => Who::Job { name: "j".to_owned(), on_behalf_of: None },
            3 => Who::Job { name: "j".to_owned(), on_behalf_of: Some(subject) },
            4..=6 => Who::ApiKey { key: ids::api_key(0), owner: subject, role: self.role() },
            7 => Who::ServiceAccount(self.node()),
            8 => Who::User(self.node()),
            _ => match self.oracle.subjects[&subject].kind {
                SubjectKind::User => Who::User(subject),
                SubjectKind::ServiceAccount => Who::ServiceAccount(subject),
            },
        };
        let mut principal = Principal::new(who);
        if self.chance(20) {
            principal.active_role = Some(self.role());
        }
        principal.restricted = self.chance(3);
        if self.chance(8) {
            principal.impersonator = Some(self.subject());
        }
        principal
    }

    fn apply(&mut self, change: &Change) -> Result<(), ChangeRefused> {
        self.rows.apply(&mut self.snapshot, change)
    }
}

impl Oracle {
    fn holders_of_group(&self, group: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::from([group]);
        loop {
            let more: Vec<NodeId> = self
                .members
                .iter()
                .filter(|(outer, inner)| found.contains(inner) && !found.contains(outer))
                .map(|(outer, _)| *outer)
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    fn refers_to(&self, id: NodeId) -> bool {
        self.parents.values().any(|parent| *parent == Some(id))
            || self.connections.iter().any(|(from, to)| *from == id || *to == id)
            || self.subjects.contains_key(&id)
            || self.groups.contains_key(&id)
            || self.assignments.values().any(|a| a.node == id)
            || self
                .roles
                .values()
                .any(|(owner, rules)| *owner == id || rules.iter().any(|rule| rule.owner == id))
    }
}
