//! The numbering stays a numbering, whatever is added and moved.

use kernel::NodeId;
use policy::{Change, ChangeRefused, Labelled, Placement, Snapshot};
use proptest::prelude::*;

use crate::{ids, random::Pair};

/// Every range lies in its parent's, siblings do not overlap, and a subtree is what its range holds.
fn check(snapshot: &Snapshot) {
    let mut open: Vec<(Option<NodeId>, i64, i64)> = vec![(None, 0, i64::MAX)];
    let mut seen = 0;
    while let Some((parent, mut from, to)) = open.pop() {
        for child in snapshot.children(parent) {
            let Labelled { label, label_end, .. } = snapshot.labels(child).unwrap();
            assert!(from <= label && label < label_end && label_end <= to, "{child}");
            assert_eq!(snapshot.parent(child), parent);
            from = label_end;
            open.push((Some(child), label + 1, label_end));
            seen += 1;
        }
    }
    assert_eq!(seen, snapshot.count_nodes());
}

/// Adds a node; gives how many others were relabelled for it.
fn add(snapshot: &mut Snapshot, id: NodeId, parent: Option<NodeId>, size: u64) -> usize {
    let Placement { label, label_end, renumbered } = snapshot.place(parent, size).unwrap();
    assert!(label_end - label >= i64::try_from(size).unwrap());
    let moved = renumbered.len();
    if moved > 0 {
        snapshot.apply(&Change::NodesLabelled { labels: renumbered }).unwrap();
    }
    let kind = ids::kind(if id == NodeId::GLOBAL { "global" } else { "place" });
    snapshot.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
    moved
}

fn fresh() -> Snapshot {
    let mut snapshot = Snapshot::new();
    add(&mut snapshot, NodeId::GLOBAL, None, 1);
    snapshot
}

#[test]
fn many_children_are_appended_without_many_relabellings() {
    let mut snapshot = fresh();
    add(&mut snapshot, ids::node(0), None, 1);
    let moved: usize =
        (1..20_000).map(|i| add(&mut snapshot, ids::node(i), Some(ids::node(0)), 1)).sum();
    check(&snapshot);
    assert!(moved < 100_000, "{moved}");
}

#[test]
fn a_deep_chain_has_room() {
    let mut snapshot = fresh();
    let mut moved = 0;
    for i in 0..300 {
        let parent = (i > 0).then(|| ids::node(i - 1));
        moved += add(&mut snapshot, ids::node(i), parent, 1);
    }
    check(&snapshot);
    assert!(moved < 20_000, "{moved}");
}

#[test]
fn many_roots_each_have_room_for_a_chain() {
    let mut snapshot = fresh();
    for i in 0..2_000 {
        add(&mut snapshot, ids::node(i), None, 1);
    }
    let moved: usize = (0..2_000)
        .map(|i| {
            let parent = if i % 20 == 0 { i / 20 } else { 2_000 + i - 1 };
            add(&mut snapshot, ids::node(2_000 + i), Some(ids::node(parent)), 1)
        })
        .sum();
    check(&snapshot);
    assert!(moved < 200_000, "{moved}");
}

#[test]
fn there_is_an_end_of_room() {
    let snapshot = fresh();
    assert_eq!(snapshot.place(None, u64::MAX), Err(ChangeRefused::NoRoom));
    let unknown = ids::node(1);
    assert_eq!(snapshot.place(Some(unknown), 1), Err(ChangeRefused::UnknownNode(unknown)));
}

#[test]
fn random_worlds_stay_numbered() {
    for seed in 0..500 {
        let pair = Pair::new(seed, 60);
        check(&pair.snapshot);
        for node in pair.nodes() {
            let found = pair.snapshot.subtree(node);
            let expected = |other: &NodeId| {
                let parents = std::iter::successors(Some(*other), |n| pair.oracle.parents[n]);
                parents.into_iter().any(|parent| parent == node)
            };
            assert!(pair.nodes().iter().all(|other| found.contains(other) == expected(other)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Nodes of all sizes at random places, and moves between them.
    #[test]
    fn any_tree_can_be_built_and_moved(
        steps in prop::collection::vec((any::<prop::sample::Index>(), 1..2_000_u64, 0..4_u8), 1..150),
    ) {
        let mut snapshot = fresh();
        let mut nodes = vec![NodeId::GLOBAL];
        for (i, (at, size, sort)) in steps.iter().enumerate() {
            // Mostly deep: below one of the last.
            let recent = nodes.len().saturating_sub(3);
            let parent = match sort {
                0 => *at.get(&nodes),
                1 => nodes[0],
                _ => *at.get(&nodes[recent..]),
            };
            add(&mut snapshot, ids::node(i), Some(parent), *size);
            nodes.push(ids::node(i));
            if *sort == 0 {
                let (id, parent) = (*at.get(&nodes[1..]), *at.get(&nodes));
                match snapshot.place_move(id, parent) {
                    Ok(labels) => {
                        snapshot.apply(&Change::NodeMoved { id, parent, labels }).unwrap();
                    }
                    Err(refused) => prop_assert_eq!(refused, ChangeRefused::Cycle),
                }
            }
        }
        check(&snapshot);
        prop_assert_eq!(snapshot.count_nodes(), nodes.len());
    }
}

/// Labels that are no numbering are refused, and those that are taken give one.
#[test]
fn wrong_labels_are_refused() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..60 {
        let mut pair = Pair::new(seed, 10);
        // Few gaps, so that a small change meets something.
        let labels = spaced(&pair.snapshot, 1 + i64::try_from(seed % 3).unwrap());
        pair.snapshot.apply(&Change::NodesLabelled { labels }).unwrap();
        for _ in 0..150 {
            let change = nearly_right(&mut pair);
            let mut after = pair.snapshot.clone();
            if after.apply(&change).is_ok() {
                check(&after);
                taken += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(taken > 500 && refused > 2_000, "{taken} taken, {refused} refused");
}

/// A relabelling or a move in which a few labels are a little off.
fn nearly_right(pair: &mut Pair) -> Change {
    let (id, parent) = (pair.node(), pair.node());
    let moved = pair.snapshot.place_move(id, parent).ok().filter(|_| pair.chance(40));
    let mut labels = moved.clone().unwrap_or_default();
    for _ in 0..1 + pair.below(3) {
        let id = pair.node();
        if labels.iter().all(|labelled| labelled.id != id) {
            labels.push(pair.snapshot.labels(id).unwrap());
        }
        let at = pair.below(labels.len());
        let off = |pair: &mut Pair| i64::try_from(pair.below(7)).unwrap() - 3;
        labels[at].label += off(pair);
        labels[at].label_end += off(pair);
    }
    if pair.chance(10) {
        labels.pop();
    }
    match moved {
        Some(_) => Change::NodeMoved { id, parent, labels },
        None => Change::NodesLabelled { labels },
    }
}

/// Labels with `gap` labels for each node.
fn spaced(snapshot: &Snapshot, gap: i64) -> Vec<Labelled> {
    let roots = snapshot.children(None);
    let all: Vec<NodeId> = roots.into_iter().flat_map(|root| snapshot.subtree(root)).collect();
    let size = |id: NodeId| i64::try_from(snapshot.subtree(id).len()).unwrap();
    let labelled = |(at, id): (i64, &NodeId)| Labelled {
        id: *id,
        label: at * gap,
        label_end: (at + size(*id)) * gap,
    };
    (0..).zip(&all).map(labelled).collect()
}
