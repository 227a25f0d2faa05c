//! What the engine says of changes that are not made is what a comparison of every single decision says.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ConditionText, Effect, NodeId, NodeKind, Pattern, PermissionName};
use policy::{
    Assignment, Change, Context, Labelled, Lock, Membership, Principal, Question, Rule, Snapshot,
    Subject, SubjectKind, WhatIf, Who,
    what_if::{Limits, Outcome, Part, Unanswered},
};

use crate::{
    ids,
    oracle::CONDITIONS,
    random::{NAMES, NOW, Pair},
    rows::Rows,
    town::Town,
};

const LIMITS: Limits = Limits { subjects: 1000, sets: 100_000 };
const ALL: Part = Part { after: None, subjects: 1000, nodes: 1000 };

/// Who, what, where, and whether it is gained.
type Triple = (Option<NodeId>, PermissionName, NodeId, bool);

/// A world, and a draft of another that starts from it.
struct Fork {
    pair: Pair,
    before: Snapshot,
    after: Snapshot,
    /// The properties after.
    rows: Rows,
    changes: Vec<Change>,
}

#[test]
fn it_is_the_difference_of_all_decisions() {
    let worlds = std::env::var("PORTCULLIS_WORLDS").ok().and_then(|text| text.parse().ok());
    let worlds = worlds.unwrap_or(2000);
    let mut told = 0;
    for seed in 0..worlds {
        let mut fork = Fork::new(seed);
        for _ in 0..=fork.pair.below(6) {
            if seed % 4 == 0 { fork.step_of_the_tree() } else { fork.step() }
        }
        let names = fork.registered();
        let only = |what_if| WhatIf { permissions: Some(&names), ..what_if };
        let (found, whole) = (fork.ask(only).unwrap(), fork.ask(|what_if| what_if).unwrap());
        let expected = fork.expected();
        assert_eq!(triples(&found), expected, "world {seed}: {:#?}", fork.changes);
        check_totals(&found, &expected);
        // Beside these, names that a rule names exactly.
        let mut whole = triples(&whole);
        whole.retain(|(_, name, ..)| names.contains(name));
        assert_eq!(whole, expected, "world {seed}: {:#?}", fork.changes);
        told += u64::from(!expected.is_empty());
    }
    assert!(told * 4 > worlds, "only {told} worlds with a difference");
}

#[test]
fn parts_make_up_the_whole() {
    for seed in 0..300 {
        let mut fork = Fork::new(seed);
        (0..8).for_each(|_| fork.step());
        let whole = fork.ask(|what_if| what_if).unwrap();
        let (mut parts, mut after) = (Vec::new(), None);
        loop {
            let part = Part { after, subjects: 2, nodes: 1000 };
            let found = fork.ask_part(part, |what_if| what_if).unwrap();
            assert_eq!((found.total, found.gaining), (whole.total, whole.gaining));
            parts.extend(found.part);
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(parts, whole.part, "world {seed}");
    }
}

#[test]
fn a_viewer_is_told_what_he_may_see() {
    for seed in 0..500 {
        let mut fork = Fork::new(seed);
        (0..4).for_each(|_| fork.step());
        let viewer = Principal::user(fork.pair.subject());
        let permission = ids::name("a:b");
        let mut expected = fork.expected();
        let all = expected.len();
        expected.retain(|(.., node, _)| {
            let side = if fork.before.contains(*node) { &fork.before } else { &fork.after };
            allows(side, &viewer, &permission, *node)
        });
        let (seen_by, names) = (Some((&viewer, &permission)), fork.registered());
        let permissions = Some(&names[..]);
        let found = fork.ask(|what_if| WhatIf { seen_by, permissions, ..what_if }).unwrap();
        assert_eq!(triples(&found), expected, "world {seed}: {:#?}", fork.changes);
        assert!(found.is_partial || expected.len() == all, "world {seed}");
    }
}

#[test]
fn a_narrow_question_is_a_part_of_the_whole() {
    for seed in 0..300 {
        let mut fork = Fork::new(seed);
        (0..4).for_each(|_| fork.step());
        let names = fork.registered();
        if names.is_empty() {
            continue;
        }
        let (subject, name) = (fork.pair.subject(), fork.pair.one(&names));
        let mut expected = fork.expected();
        expected.retain(|(who, what, ..)| *who == Some(subject) && *what == name);
        let (subjects, permissions) = ([subject], [name]);
        let found = fork.ask(|what_if| WhatIf {
            subjects: Some(&subjects),
            permissions: Some(&permissions),
            ..what_if
        });
        assert_eq!(triples(&found.unwrap()), expected, "world {seed}: {:#?}", fork.changes);
    }
}

#[test]
fn too_much_is_refused() {
    let mut town = Town::new();
    for number in 0..20 {
        town.user(&format!("u{number}"));
    }
    town.add("acme", None, "place");
    let realm = None;
    let everybody = NodeId::AUTHENTICATED;
    let place = town.snapshot.place(Some(NodeId::GLOBAL), 1).unwrap();
    let (label, label_end) = (place.label, place.label_end);
    let (parent, kind) = (Some(NodeId::GLOBAL), ids::kind(NodeKind::GROUP));
    town.apply(Change::NodeSaved { id: everybody, parent, kind, label, label_end });
    let membership = Membership::Authenticated { realm };
    town.apply(Change::GroupSaved { id: everybody, membership });
    town.nodes.insert("everybody".into(), everybody);
    town.role("R", "$global", vec![rule("a:*"), rule("b")]);
    let before = town.snapshot.clone();
    let assigned = Change::AssignmentSaved(town.assign("everybody", "R", "acme"));
    let ask = |limits: Limits, goes_on: &(dyn Fn() -> bool + Sync)| {
        let changes = [&assigned];
        let what_if = WhatIf { limits, goes_on, ..plain(&before, &town.snapshot, &changes) };
        what_if.ask(ALL)
    };
    let (go, stop) = (&|| true, &|| false);
    let limits = |subjects, sets| Limits { subjects, sets };
    assert_eq!(ask(limits(19, 1000), go), Err(Unanswered::Subjects(19)));
    assert_eq!(ask(limits(20, 1), go), Err(Unanswered::Sets(1)));
    assert_eq!(ask(limits(20, 1000), stop), Err(Unanswered::Stopped));
    // All twenty hold the same, so one comparison serves them all: one name, before and after.
    let found = ask(limits(20, 2), go).unwrap();
    assert_eq!((found.total, found.gaining, found.losing), (20, 20, 0));
    assert_eq!(found.also.iter().map(Pattern::as_str).collect::<Vec<_>>(), ["a:*"]);
}

#[test]
fn permissions_with_the_same_nodes_are_told_together() {
    let mut town = Town::new();
    let jane = town.user("jane");
    town.add("acme", None, "place");
    town.role("R", "$global", vec![rule("b"), rule("a")]);
    let before = town.snapshot.clone();
    let assigned = Change::AssignmentSaved(town.assign("jane", "R", "acme"));
    let found = plain(&before, &town.snapshot, &[&assigned]).ask(ALL).unwrap();
    let [change] = &found.part[0].changes[..] else { panic!("{found:?}") };
    assert_eq!(found.part[0].who, Who::User(jane));
    assert_eq!(change.permissions, [ids::name("a"), ids::name("b")]);
    assert_eq!((change.gained.total, &change.gained.first[..]), (1, &[town.nodes["acme"]][..]));
}

#[test]
fn an_assignment_inside_what_moves_is_reached_by_the_owner_of_its_role() {
    let mut town = Town::new();
    let jane = town.user("jane");
    let company = town.add("company", None, "place");
    let region = town.add("region", None, "place");
    let office = town.add("office", Some("region"), "place");
    town.role("R", "company", vec![Rule { owner: company, ..rule("a") }]);
    town.assign("jane", "R", "office");
    let before = town.snapshot.clone();
    let labels = before.place_move(region, company).unwrap();
    let moved = Change::NodeMoved { id: region, parent: company, labels };
    town.apply(moved.clone());
    let found = plain(&before, &town.snapshot, &[&moved]).ask(ALL).unwrap();
    let expected = (Some(jane), ids::name("a"), office, true);
    assert_eq!(triples(&found), BTreeSet::from([expected]));
}

fn plain<'a>(before: &'a Snapshot, after: &'a Snapshot, changes: &'a [&'a Change]) -> WhatIf<'a> {
    WhatIf {
        before,
        after,
        changes,
        now: ids::moment(NOW),
        more: &[],
        permissions: None,
        subjects: None,
        seen_by: None,
        limits: LIMITS,
        goes_on: &|| true,
    }
}

fn rule(pattern: &str) -> Rule {
    Rule {
        effect: Effect::Allow,
        pattern: Pattern::parse(pattern).unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    }
}

fn allows(side: &Snapshot, principal: &Principal, name: &PermissionName, node: NodeId) -> bool {
    let permissions = std::slice::from_ref(name);
    let (context, now) = (&Context::default(), ids::moment(NOW));
    side.decide(&Question { principal, permissions, node, context, now }).is_allow()
}

fn subject_of(who: &Who) -> Option<NodeId> {
    Principal::new(who.clone()).subject()
}

fn triples(outcome: &Outcome) -> BTreeSet<Triple> {
    let mut found = BTreeSet::new();
    for subject in &outcome.part {
        for change in &subject.changes {
            for (set, gained) in [(&change.gained, true), (&change.lost, false)] {
                assert_eq!(set.total, set.first.len());
                for (name, node) in
                    change.permissions.iter().flat_map(|n| set.first.iter().map(move |m| (n, m)))
                {
                    let who = subject_of(&subject.who);
                    assert!(found.insert((who, name.clone(), *node, gained)), "told twice");
                }
            }
        }
    }
    found
}

fn check_totals(found: &Outcome, expected: &BTreeSet<Triple>) {
    let of = |wanted: &dyn Fn(bool) -> bool| -> usize {
        let who = expected.iter().filter(|(.., gained)| wanted(*gained)).map(|(who, ..)| *who);
        who.collect::<BTreeSet<_>>().len()
    };
    let totals = (found.total, found.gaining, found.losing);
    assert_eq!(totals, (of(&|_| true), of(&|gained| gained), of(&|gained| !gained)));
}

fn nodes(snapshot: &Snapshot) -> Vec<NodeId> {
    snapshot.children(None).into_iter().flat_map(|root| snapshot.subtree(root)).collect()
}

fn subjects(snapshot: &Snapshot) -> BTreeMap<NodeId, SubjectKind> {
    let all = nodes(snapshot).into_iter().filter_map(|node| snapshot.subject(node));
    all.map(|subject| (subject.id, subject.kind)).collect()
}

impl Fork {
    fn new(seed: u64) -> Self {
        let mut pair = Pair::new(seed, 10 + usize::try_from(seed % 40).unwrap());
        let mut world = pair.snapshot.clone();
        for (number, name) in NAMES.iter().enumerate() {
            let (id, owner) = (ids::permission(number), pair.node());
            let name = ids::name(name);
            world.apply(&Change::PermissionSaved { id, name, owner }).unwrap();
        }
        let (before, after, rows) = (world.clone(), world, pair.rows.clone());
        let mut fork = Self { pair, before, after, rows, changes: Vec::new() };
        // A few of the kinds of changes that the world itself has not seen.
        (0..12).for_each(|_| fork.step());
        (fork.before, fork.changes) = (fork.after.clone(), Vec::new());
        fork
    }

    fn ask<'a>(
        &'a self,
        change: impl FnOnce(WhatIf<'a>) -> WhatIf<'a>,
    ) -> Result<Outcome, Unanswered> {
        self.ask_part(ALL, change)
    }

    fn ask_part<'a>(
        &'a self,
        part: Part,
        change: impl FnOnce(WhatIf<'a>) -> WhatIf<'a>,
    ) -> Result<Outcome, Unanswered> {
        let changes: Vec<&Change> = self.changes.iter().collect();
        // What is compared lives no longer than this call, but for the parts that `change` puts in.
        let what_if = change(plain(&self.before, &self.after, &[]));
        WhatIf { changes: &changes, ..what_if }.ask(part)
    }

    /// The names that are registered, before or after.
    fn registered(&self) -> Vec<PermissionName> {
        let known = |name: &PermissionName| {
            [&self.before, &self.after].iter().any(|side| !side.permissions_named(name).is_empty())
        };
        NAMES.map(ids::name).into_iter().filter(known).collect()
    }

    /// Every decision before and after, for everybody, every registered name, everywhere.
    fn expected(&self) -> BTreeSet<Triple> {
        let sides = [&self.before, &self.after];
        let people = sides.iter().flat_map(|side| subjects(side)).collect::<BTreeMap<_, _>>();
        let mut everybody: Vec<Who> = people
            .into_iter()
            .map(|(id, kind)| match kind {
                SubjectKind::User => Who::User(id),
                SubjectKind::ServiceAccount => Who::ServiceAccount(id),
            })
            .collect();
        everybody.push(Who::Nobody);
        let everywhere: BTreeSet<NodeId> = sides.iter().flat_map(|side| nodes(side)).collect();
        let mut found = BTreeSet::new();
        for who in everybody {
            let principal = Principal::new(who.clone());
            for name in self.registered() {
                for node in &everywhere {
                    let [before, after] = sides.map(|side| allows(side, &principal, &name, *node));
                    if before != after {
                        found.insert((subject_of(&who), name.clone(), *node, after));
                    }
                }
            }
        }
        found
    }

    fn apply(&mut self, change: Change) {
        if self.rows.apply(&mut self.after, &change).is_ok() {
            self.changes.push(change);
        }
    }

    fn node(&mut self) -> NodeId {
        let all = nodes(&self.after);
        self.pair.one(&all)
    }

    fn holder(&mut self) -> NodeId {
        let mut all: Vec<NodeId> = subjects(&self.after).into_keys().collect();
        all.extend(self.groups());
        self.pair.one(&all)
    }

    fn groups(&self) -> Vec<NodeId> {
        let after = &self.after;
        nodes(after).into_iter().filter(|node| after.membership(*node).is_some()).collect()
    }

    fn group(&mut self) -> NodeId {
        let all = self.groups();
        self.pair.one(&all)
    }

    /// One random change; some are refused.
    fn step(&mut self) {
        match self.pair.below(24) {
            0 => {
                self.add_node("place");
            }
            1 => self.move_node(),
            2 => {
                let id = self.node();
                self.apply(Change::NodeDeleted { id });
            }
            3 | 4 => {
                let (from, to) = (self.node(), self.node());
                self.apply(Change::Connected { from, to });
            }
            5 | 6 => self.disconnect(),
            7 | 8 => {
                let (group, member) = (self.group(), self.holder());
                self.apply(Change::MemberAdded { group, member });
            }
            9 => self.leave(),
            10 | 11 => self.save_role(),
            12..=14 => self.save_assignment(),
            15 | 16 => self.delete_assignment(),
            17 => self.property(),
            18 => self.change_subject(),
            19 => self.new_subject(),
            20 => self.delete_subject(),
            21 => self.membership(),
            22 => self.registration(),
            _ => self.relabel(),
        }
    }

    /// One random change of the tree and of who owns a role.
    fn step_of_the_tree(&mut self) {
        match self.pair.below(8) {
            0 => {
                self.add_node("place");
            }
            1..=3 => self.move_node(),
            4 => {
                let (from, to) = (self.node(), self.node());
                self.apply(Change::Connected { from, to });
            }
            5 => self.disconnect(),
            6 => self.relabel(),
            _ => self.give_role(),
        }
    }

    /// Another owner of a role whose rules stay.
    fn give_role(&mut self) {
        let (id, owner) = (self.pair.role(), self.node());
        let Some(role) = self.after.role(id) else { return };
        let (name, rules) = (role.name.to_owned(), role.rules.into_iter().cloned().collect());
        self.apply(Change::RoleSaved { id, name, owner, rules });
    }

    fn add_node(&mut self, kind: &str) -> NodeId {
        let id = ids::node(self.pair.next());
        let parent = if self.pair.chance(90) { Some(self.node()) } else { None };
        let size = if self.pair.chance(20) { 1 << 39 } else { 1 };
        let Ok(place) = self.after.place(parent, size) else { return id };
        if !place.renumbered.is_empty() {
            self.apply(Change::NodesLabelled { labels: place.renumbered });
        }
        let (label, label_end, kind) = (place.label, place.label_end, ids::kind(kind));
        self.apply(Change::NodeSaved { id, parent, kind, label, label_end });
        id
    }

    fn move_node(&mut self) {
        let (id, parent) = (self.node(), self.node());
        if let Ok(labels) = self.after.place_move(id, parent) {
            self.apply(Change::NodeMoved { id, parent, labels });
        }
    }

    fn disconnect(&mut self) {
        let after = &self.after;
        let ends = |to: NodeId| after.connections_to(to).into_iter().map(move |from| (from, to));
        let all: Vec<_> = nodes(after).into_iter().flat_map(ends).collect();
        if !all.is_empty() {
            let (from, to) = self.pair.one(&all);
            self.apply(Change::Disconnected { from, to });
        }
    }

    fn leave(&mut self) {
        let group = self.group();
        let members = self.after.members_of(group);
        if !members.is_empty() {
            let member = self.pair.one(&members);
            self.apply(Change::MemberRemoved { group, member });
        }
    }

    fn condition(&mut self) -> Option<ConditionText> {
        match self.pair.below(8) {
            0 => Some(ConditionText(self.pair.one(&CONDITIONS).to_owned())),
            1 => Some(ConditionText(format!("'{}' in subject.groups", self.group()))),
            _ => None,
        }
    }

    fn save_role(&mut self) {
        let id = self.pair.role();
        let owner = if self.pair.chance(60) { NodeId::GLOBAL } else { self.node() };
        let rules = (0..self.pair.below(4))
            .map(|_| Rule {
                effect: if self.pair.chance(70) { Effect::Allow } else { Effect::Deny },
                pattern: self.pair.pattern(),
                owner: if self.pair.chance(70) { owner } else { self.node() },
                when: self.condition(),
                ..rule("a")
            })
            .collect();
        self.apply(Change::RoleSaved { id, name: "R".to_owned(), owner, rules });
    }

    fn save_assignment(&mut self) {
        let known: Vec<_> = self.pair.oracle.assignments.keys().copied().collect();
        let id = if known.is_empty() || self.pair.chance(70) {
            ids::assignment(self.pair.next())
        } else {
            self.pair.one(&known)
        };
        let moments = [None, None, Some(NOW), Some(NOW + 1)];
        let assignment = Assignment {
            id,
            subject: self.holder(),
            role: self.pair.role(),
            node: if self.pair.chance(50) { NodeId::GLOBAL } else { self.node() },
            expires_at: self.pair.one(&moments).map(ids::moment),
            when: self.condition(),
        };
        self.apply(Change::AssignmentSaved(assignment));
    }

    fn delete_assignment(&mut self) {
        let after = &self.after;
        let all: Vec<_> = after.roles().flat_map(|role| after.assignments_of_role(role)).collect();
        let all: Vec<_> = all.into_iter().map(|assignment| assignment.id).collect();
        if !all.is_empty() {
            let id = self.pair.one(&all);
            self.apply(Change::AssignmentDeleted { id });
        }
    }

    fn property(&mut self) {
        let (node, name) = (self.node(), "a".to_owned());
        if self.pair.chance(30) {
            self.apply(Change::PropertyRemoved { node, name });
        } else {
            let value = self.pair.below(3).into();
            self.apply(Change::PropertySet { node, name, value });
        }
    }

    fn subject(&mut self, id: NodeId, kind: SubjectKind) -> Change {
        let lock = if self.pair.chance(10) { Lock::ForGood } else { Lock::None };
        let grade = self.pair.below(5);
        Change::SubjectSaved(Subject {
            id,
            kind,
            realm: self.pair.chance(50).then_some(NodeId::GLOBAL),
            username: "u".to_owned(),
            superuser: self.pair.chance(20),
            disabled: self.pair.chance(20),
            lock,
            expires_at: None,
            attributes: BTreeMap::from([("grade".to_owned(), grade.into())]),
        })
    }

    fn change_subject(&mut self) {
        let all: Vec<_> = subjects(&self.after).into_iter().collect();
        let (id, kind) = self.pair.one(&all);
        let change = self.subject(id, kind);
        self.apply(change);
    }

    fn new_subject(&mut self) {
        let id = self.add_node(NodeKind::USER);
        let change = self.subject(id, SubjectKind::User);
        self.apply(change);
        let (group, subject) = (self.group(), id);
        self.apply(Change::MemberAdded { group, member: id });
        let (role, node) = (self.pair.role(), self.node());
        let id = ids::assignment(self.pair.next());
        let assignment = Assignment { id, subject, role, node, expires_at: None, when: None };
        self.apply(Change::AssignmentSaved(assignment));
    }

    fn delete_subject(&mut self) {
        let all: Vec<NodeId> = subjects(&self.after).into_keys().collect();
        if all.len() < 2 {
            return;
        }
        let id = self.pair.one(&all);
        let held: Vec<_> =
            self.after.assignments_of_subject(id).into_iter().map(|held| held.id).collect();
        held.into_iter().for_each(|id| self.apply(Change::AssignmentDeleted { id }));
        for group in self.groups() {
            self.apply(Change::MemberRemoved { group, member: id });
        }
        self.apply(Change::SubjectDeleted { id });
        self.apply(Change::NodeDeleted { id });
    }

    fn membership(&mut self) {
        let id = if self.pair.chance(50) { self.group() } else { self.add_node(NodeKind::GROUP) };
        let membership = match self.pair.below(4) {
            0 => Membership::Listed,
            1 => Membership::Anonymous,
            2 => Membership::Authenticated { realm: None },
            _ => Membership::Authenticated { realm: Some(NodeId::GLOBAL) },
        };
        self.apply(Change::GroupSaved { id, membership });
        if self.pair.chance(20) {
            self.apply(Change::GroupDeleted { id });
        }
    }

    fn registration(&mut self) {
        let id = ids::permission(self.pair.below(NAMES.len()));
        if self.pair.chance(50) {
            self.apply(Change::PermissionDeleted { id });
        } else {
            let (name, owner) = (ids::name(self.pair.one(&NAMES)), self.node());
            self.apply(Change::PermissionSaved { id, name, owner });
        }
    }

    /// Another numbering of the same tree.
    fn relabel(&mut self) {
        let half = |label: i64| label / 2;
        let labels = nodes(&self.after)
            .into_iter()
            .filter_map(|node| self.after.labels(node))
            .map(|Labelled { id, label, label_end }| Labelled {
                id,
                label: half(label),
                label_end: half(label_end),
            })
            .collect();
        self.apply(Change::NodesLabelled { labels });
    }
}
