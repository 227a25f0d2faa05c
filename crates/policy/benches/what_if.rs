//! What-if in a world of 100,000 nodes and 100,000 users. `cargo bench -p portcullis-policy --bench what_if`.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop")]

use std::{collections::BTreeMap, sync::LazyLock};

use divan::Bencher;
use jiff::Timestamp;
use kernel::{
    AssignmentId, Effect, NodeId, NodeKind, Pattern, PermissionId, PermissionName, RoleId,
};
use policy::{
    Assignment, Change, Lock, Membership, Rule, Snapshot, Subject, SubjectKind, WhatIf,
    what_if::{Limits, Outcome, Part},
};
use uuid::Uuid;

const MANY: u128 = 100_000;
const GROUP: NodeId = NodeId(Uuid::from_u128(900_001));
const EDITOR: RoleId = RoleId(Uuid::from_u128(900_002));
const VIEWER: RoleId = RoleId(Uuid::from_u128(900_003));

fn main() {
    divan::main();
}

/// Everybody in one group gets a role: all hold the same.
#[divan::bench(sample_count = 10)]
fn a_role_for_a_group_of_all(bencher: Bencher<'_, '_>) {
    run(bencher, &[Change::AssignmentSaved(assignment(1, GROUP, EDITOR, place(5)))], 100_000);
}

/// A rule more in a role that each user holds somewhere else.
#[divan::bench(sample_count = 5)]
fn a_rule_in_a_role_that_each_holds_on_his_own(bencher: Bencher<'_, '_>) {
    let rules = ["view", "edit"].map(rule).to_vec();
    let owner = NodeId::GLOBAL;
    run(bencher, &[Change::RoleSaved { id: VIEWER, name: "V".into(), owner, rules }], 100_000);
}

/// A leaf more: whoever holds something above it.
#[divan::bench(sample_count = 10)]
fn a_new_leaf(bencher: Bencher<'_, '_>) {
    let (id, parent) = (NodeId(Uuid::from_u128(900_010)), Some(place(99_999)));
    let place = WORLD.place(parent, 1).unwrap();
    let (label, label_end) = (place.label, place.label_end);
    let kind = NodeKind::parse("place").unwrap();
    run(bencher, &[Change::NodeSaved { id, parent, kind, label, label_end }], 1);
}

/// A tenth of the tree under another parent.
#[divan::bench(sample_count = 10)]
fn a_tenth_of_the_tree_moves(bencher: Bencher<'_, '_>) {
    let (id, parent) = (place(1), place(2));
    let labels = WORLD.place_move(id, parent).unwrap();
    run(bencher, &[Change::NodeMoved { id, parent, labels }], 1);
}

fn run(bencher: Bencher<'_, '_>, changes: &[Change], least: usize) {
    let mut after = WORLD.clone();
    changes.iter().for_each(|change| after.apply(change).unwrap());
    let changes: Vec<&Change> = changes.iter().collect();
    let found = ask(&WORLD, &after, &changes);
    assert!(found.total >= least, "{} of {least}", found.total);
    bencher.bench(|| ask(&WORLD, &after, &changes));
}

fn ask(before: &Snapshot, after: &Snapshot, changes: &[&Change]) -> Outcome {
    let what_if = WhatIf {
        before,
        after,
        changes,
        now: Timestamp::UNIX_EPOCH,
        more: &[],
        permissions: None,
        subjects: None,
        seen_by: None,
        limits: Limits { subjects: 1_000_000, sets: 10_000_000 },
        goes_on: &|| true,
    };
    what_if.ask(Part { after: None, subjects: 50, nodes: 10 }).unwrap()
}

/// Ten children to each place; each user in the group, and with a role at one place.
static WORLD: LazyLock<Snapshot> = LazyLock::new(|| {
    let mut world = Snapshot::new();
    add(&mut world, NodeId::GLOBAL, None, NodeKind::GLOBAL);
    for number in 0..MANY {
        let parent = (number > 0).then(|| place(number.saturating_sub(1) / 10));
        add(&mut world, place(number), parent, "place");
    }
    add(&mut world, GROUP, Some(NodeId::GLOBAL), NodeKind::GROUP);
    let membership = Membership::Listed;
    let mut apply = |change: Change| world.apply(&change).unwrap();
    apply(Change::GroupSaved { id: GROUP, membership });
    for (number, name) in (0..).zip(["view", "edit", "list"]) {
        let (id, owner) = (PermissionId(Uuid::from_u128(number)), NodeId::GLOBAL);
        apply(Change::PermissionSaved { id, name: PermissionName::parse(name).unwrap(), owner });
    }
    for (id, pattern) in [(EDITOR, "edit"), (VIEWER, "view")] {
        let (name, owner, rules) = ("R".to_owned(), NodeId::GLOBAL, vec![rule(pattern)]);
        apply(Change::RoleSaved { id, name, owner, rules });
    }
    let realm = place(0);
    for number in 0..MANY {
        let id = NodeId(Uuid::from_u128(2_000_000 + number));
        add(&mut world, id, Some(realm), NodeKind::USER);
        let mut apply = |change: Change| world.apply(&change).unwrap();
        apply(Change::SubjectSaved(subject(id)));
        apply(Change::MemberAdded { group: GROUP, member: id });
        let at = place(number * 7919 % MANY);
        apply(Change::AssignmentSaved(assignment(1_000_000 + number, id, VIEWER, at)));
    }
    world
});

fn place(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(1_000_000 + number))
}

fn add(world: &mut Snapshot, id: NodeId, parent: Option<NodeId>, kind: &str) {
    let place = world.place(parent, 1).unwrap();
    if !place.renumbered.is_empty() {
        world.apply(&Change::NodesLabelled { labels: place.renumbered }).unwrap();
    }
    let (label, label_end, kind) = (place.label, place.label_end, NodeKind::parse(kind).unwrap());
    world.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
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

fn assignment(number: u128, subject: NodeId, role: RoleId, node: NodeId) -> Assignment {
    let id = AssignmentId(Uuid::from_u128(number));
    Assignment { id, subject, role, node, expires_at: None, when: None }
}

fn subject(id: NodeId) -> Subject {
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
