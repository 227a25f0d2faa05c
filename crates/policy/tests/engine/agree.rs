//! In random worlds every way to ask agrees with the oracle.

use std::{collections::BTreeSet, thread};

use kernel::NodeId;
use policy::{Change, Context, Principal, Question, SubjectKind, SubjectSearch};

use crate::{
    ids,
    oracle::Oracle,
    random::{NAMES, NOW, Pair},
    rows::Rows,
    town,
};

/// `PORTCULLIS_WORLDS` asks for another number of worlds.
fn worlds() -> u64 {
    std::env::var("PORTCULLIS_WORLDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

#[test]
fn every_way_to_ask_agrees_with_the_oracle() {
    let (worlds, threads) = (worlds(), 2);
    thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || (first..worlds).step_by(2).for_each(check_world));
        }
    });
}

#[test]
fn conditions_read_what_nodes_have_by_then() {
    let (mut began, mut ended) = (0, 0);
    for seed in 0..300 {
        let mut pair = Pair::new(seed, 10);
        for _ in 0..30 {
            let is_read =
                |pair: &Pair| ["a", "b"].map(|n| pair.snapshot.conditions_read_property(n));
            let former = is_read(&pair);
            pair.step_of_conditions();
            for (before, after) in former.into_iter().zip(is_read(&pair)) {
                began += usize::from(!before && after);
                ended += usize::from(before && !after);
            }
            check(seed, &mut pair);
        }
    }
    assert!(began > 200 && ended > 200, "{began} began, {ended} ended");
}

fn check_world(seed: u64) {
    let size = 12 + usize::try_from(seed % 30).unwrap();
    check(seed, &mut Pair::new(seed, size));
}

/// Everything that can be asked, about a few of those who could be asked about.
pub fn check(seed: u64, pair: &mut Pair) {
    check_ancestors(seed, pair);
    for _ in 0..3 {
        let (principal, name) = (pair.principal(), pair.one(&NAMES));
        check_principal(seed, pair, &principal, name);
    }
    let name = pair.one(&NAMES);
    let node = pair.node();
    check_subjects(seed, pair, name, node);
}

fn check_ancestors(seed: u64, pair: &Pair) {
    for node in pair.nodes() {
        let expected = pair.oracle.ancestors(node);
        let found: BTreeSet<NodeId> = pair.snapshot.ancestors(node).into_iter().collect();
        assert_eq!(found, expected, "world {seed}: ancestors of {node}");
        for above in pair.nodes() {
            let expected = expected.contains(&above);
            let found = pair.snapshot.is_ancestor(above, node);
            assert_eq!(found, expected, "world {seed}: {above} over {node}");
        }
    }
}

fn check_principal(seed: u64, pair: &Pair, principal: &Principal, name: &str) {
    let (now, context) = (ids::moment(NOW), &Context::default());
    let permissions = &[ids::name(name)];
    let snapshot = &pair.snapshot;
    let ranges = snapshot.scope(principal, &permissions[0], context, now);
    let nodes = town::nodes(snapshot, principal, &permissions[0], now);
    assert!(ranges.as_slice().windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?}");
    let ask = |node| Question { principal, permissions, node, context, now };
    // One that is not there among them; more than one block of them where the world is large enough.
    let questions: Vec<_> = [ids::node(999_999)].into_iter().chain(pair.nodes()).map(ask).collect();
    let together = snapshot.decide_all(&questions);
    assert!(!together[0].is_allow());
    for (node, together) in pair.nodes().into_iter().zip(&together[1..]) {
        let expected = pair.oracle.allows(principal, permissions, node, now);
        let question = ask(node);
        let explanation = snapshot.explain(&question);
        let label = snapshot.labels(node).unwrap().label;
        let found = [
            snapshot.decide(&question).is_allow(),
            together.is_allow(),
            explanation.decision.is_allow(),
            nodes.contains(&node),
            ranges.contains(label),
        ];
        let said = format!("world {seed}: {principal:?} {name} at {node}: {explanation:?}");
        assert_eq!(found, [expected; 5], "{said}");
    }
    let (asked, node) = (NAMES.map(ids::name), pair.nodes()[0]);
    let question = Question { principal, permissions: &asked, node, context, now };
    let expected = pair.oracle.allows(principal, &asked, node, now);
    assert_eq!(snapshot.decide(&question).is_allow(), expected, "world {seed}: several names");
    assert_eq!(snapshot.explain(&question).decision.is_allow(), expected);
}

fn check_subjects(seed: u64, pair: &Pair, name: &str, node: NodeId) {
    let (now, name) = (ids::moment(NOW), ids::name(name));
    let search = SubjectSearch { permission: &name, node, context: &Context::default(), now };
    let found = pair.snapshot.subjects(&search).page(None, usize::MAX).items;
    let names = std::slice::from_ref(&name);
    let expected: Vec<NodeId> = pair
        .oracle
        .subjects
        .values()
        .filter(|subject| {
            let who = match subject.kind {
                SubjectKind::User => policy::Who::User(subject.id),
                SubjectKind::ServiceAccount => policy::Who::ServiceAccount(subject.id),
            };
            pair.oracle.allows(&Principal::new(who), names, node, now)
        })
        .map(|subject| subject.id)
        .collect();
    assert_eq!(found, expected, "world {seed}: who may {name} at {node}");
}

/// What a world answers does not depend on the way it came about.
#[test]
fn the_order_of_changes_means_nothing() {
    for seed in 0..300 {
        let mut pair = Pair::new(seed, 30);
        let again = rebuilt(&mut pair);
        let (now, context) = (ids::moment(NOW), &Context::default());
        for _ in 0..5 {
            let principal = &pair.principal();
            let permissions = &[ids::name(pair.one(&NAMES))];
            for node in pair.nodes() {
                let question = Question { principal, permissions, node, context, now };
                let (one, other) = (pair.snapshot.explain(&question), again.explain(&question));
                assert_eq!(one, other, "world {seed}");
                let (one, other) = (pair.snapshot.missing(&question), again.missing(&question));
                assert_eq!(one, other, "world {seed}");
            }
        }
    }
}

/// All but the tree, in an order that can be applied to it.
pub fn rest(raw: &Oracle) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    changes.extend(raw.subjects.values().cloned().map(Change::SubjectSaved));
    changes.extend(raw.groups.iter().map(|(id, m)| Change::GroupSaved { id: *id, membership: *m }));
    changes.extend(raw.members.iter().map(|(g, m)| Change::MemberAdded { group: *g, member: *m }));
    changes.extend(raw.roles.iter().map(|(id, (owner, rules))| {
        let (name, rules) = ("R".to_owned(), rules.clone());
        Change::RoleSaved { id: *id, name, owner: *owner, rules }
    }));
    changes.extend(raw.assignments.values().cloned().map(Change::AssignmentSaved));
    changes.extend(raw.properties.iter().map(|((node, name), value)| Change::PropertySet {
        node: *node,
        name: name.clone(),
        value: value.clone(),
    }));
    changes
}

/// The same world in as few changes as can be, in random order.
fn rebuilt(pair: &mut Pair) -> policy::Snapshot {
    let raw = pair.oracle.clone();
    let mut changes = rest(&raw);
    changes.extend(
        raw.connections.iter().map(|(from, to)| Change::Connected { from: *from, to: *to }),
    );
    let (mut snapshot, mut rows) = (policy::Snapshot::new(), Rows::default());
    let mut nodes: Vec<NodeId> = pair.nodes();
    nodes.retain(|node| *node != NodeId::GLOBAL);
    nodes.insert(0, NodeId::GLOBAL);
    // Whatever refers to what is not there yet is refused, and tried again.
    while !nodes.is_empty() || !changes.is_empty() {
        let tries_node = !nodes.is_empty() && (changes.is_empty() || pair.chance(50));
        if tries_node {
            let at = if snapshot.contains(NodeId::GLOBAL) { pair.below(nodes.len()) } else { 0 };
            let (id, parent) = (nodes[at], raw.parents[&nodes[at]]);
            if let Ok(place) = snapshot.place(parent, 1) {
                let kind = pair.snapshot.kind(id).unwrap().clone();
                if !place.renumbered.is_empty() {
                    snapshot.apply(&Change::NodesLabelled { labels: place.renumbered }).unwrap();
                }
                let (label, label_end) = (place.label, place.label_end);
                let saved = Change::NodeSaved { id, parent, kind, label, label_end };
                snapshot.apply(&saved).unwrap();
                nodes.swap_remove(at);
            }
        } else {
            let at = pair.below(changes.len());
            if rows.apply(&mut snapshot, &changes[at]).is_ok() {
                changes.swap_remove(at);
            }
        }
    }
    snapshot
}
