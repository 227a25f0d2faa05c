//! A tree that is loaded at once is the tree that came about change by change, and a damaged one is refused.

use kernel::{NodeId, NodeKind};
use policy::{ChangeRefused, Labelled, Snapshot, load::Nodes};
use proptest::prelude::*;

use crate::{agree, ids, random::Pair, rows::Rows};

/// A node as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    id: NodeId,
    parent: Option<NodeId>,
    kind: NodeKind,
    label: i64,
    end: i64,
}

/// The nodes in the order of labels, and the connections.
pub fn stored(snapshot: &Snapshot) -> (Vec<Stored>, Vec<(NodeId, NodeId)>) {
    let roots = snapshot.children(None);
    let ids: Vec<NodeId> = roots.into_iter().flat_map(|root| snapshot.subtree(root)).collect();
    let nodes = ids.iter().map(|id| {
        let Labelled { id, label, label_end: end } = snapshot.labels(*id).unwrap();
        let kind = snapshot.kind(id).unwrap().clone();
        Stored { id, parent: snapshot.parent(id), kind, label, end }
    });
    let connected = |from: &NodeId| {
        let from = *from;
        snapshot.connections_from(from).into_iter().map(move |to| (from, to))
    };
    (nodes.collect(), ids.iter().flat_map(connected).collect())
}

pub fn load(nodes: &[Stored], connections: &[(NodeId, NodeId)]) -> Result<Snapshot, ChangeRefused> {
    let mut loading = Nodes::new();
    for Stored { id, parent, kind, label, end } in nodes {
        loading.add(*id, *parent, kind, (*label, *end))?;
    }
    let mut loading = loading.finish()?;
    connections.iter().try_for_each(|(from, to)| loading.add(*from, *to))?;
    loading.finish()
}

#[test]
fn a_loaded_tree_is_the_one_that_grew() {
    for seed in 0..400 {
        let mut pair = Pair::new(seed, 60);
        let (nodes, mut connections) = stored(&pair.snapshot);
        // In whatever order.
        let turn = pair.below(connections.len().max(1));
        connections.rotate_left(turn);
        let mut loaded = load(&nodes, &connections).unwrap();
        let mut rows = Rows::default();
        for change in agree::rest(&pair.oracle) {
            rows.apply(&mut loaded, &change).unwrap();
        }
        pair.snapshot = loaded;
        agree::check(seed, &mut pair);
        // Whatever comes later finds all in order.
        (0..40).for_each(|_| pair.step());
        agree::check(seed, &mut pair);
    }
}

#[test]
fn thousands_of_nodes_are_found_by_id_and_label() {
    let place = ids::kind("place");
    let mut nodes = Nodes::new();
    nodes.add(NodeId::GLOBAL, None, &ids::kind(NodeKind::GLOBAL), (0, 5)).unwrap();
    for i in 0..40_000_i64 {
        let number = usize::try_from(i).unwrap();
        let parent = (i % 3 > 0).then(|| ids::node(number - number % 3));
        let (start, end) = (i - i % 3, if parent.is_some() { 1 } else { 30 });
        let label = 10 + start * 10 + i % 3;
        nodes.add(ids::node(number), parent, &place, (label, label + end)).unwrap();
    }
    let snapshot = nodes.finish().unwrap().finish().unwrap();
    assert_eq!((snapshot.count_nodes(), snapshot.children(None).len()), (40_001, 13_335));
    for number in (0..39_999).step_by(3) {
        let below = [1, 2].map(|more| ids::node(number + more));
        assert_eq!(snapshot.children(Some(ids::node(number))), below);
        assert!(snapshot.is_ancestor(ids::node(number), below[1]));
    }
    assert!(!snapshot.contains(ids::node(40_000)));
}

fn node(number: usize, parent: Option<usize>, label: i64, end: i64) -> Stored {
    Stored {
        id: ids::node(number),
        parent: parent.map(ids::node),
        kind: ids::kind("place"),
        label,
        end,
    }
}

#[test]
fn a_damaged_tree_is_refused() {
    let good = [
        node(1, None, 0, 100),
        node(2, Some(1), 1, 50),
        node(3, Some(2), 2, 10),
        node(4, Some(1), 60, 100),
        node(5, None, 100, 101),
    ];
    assert!(load(&good, &[]).is_ok());
    type Damage = fn(&mut Vec<Stored>);
    let damages: [(&str, Damage); 12] = [
        ("out of order", |all| all.swap(2, 3)),
        ("a label twice", |all| all[4].label = 60),
        ("no label", |all| all[0].label = -1),
        ("an empty range", |all| all[2].end = 2),
        ("beyond its parent", |all| all[2].end = 51),
        ("over its sibling", |all| all[1].end = 61),
        ("outside its parent", |all| all[4].parent = Some(ids::node(1))),
        ("a grandparent as parent", |all| all[2].parent = Some(ids::node(1))),
        ("no parent inside another", |all| all[3].parent = None),
        ("a parent that is not there", |all| all[3].parent = Some(ids::node(9))),
        ("an id twice", |all| all[4].id = ids::node(2)),
        ("a second $global", |all| all[4].kind = ids::kind(NodeKind::GLOBAL)),
    ];
    for (what, damage) in damages {
        let mut nodes = good.to_vec();
        damage(&mut nodes);
        assert!(load(&nodes, &[]).is_err(), "{what}");
    }
}

#[test]
fn damaged_connections_are_refused() {
    let nodes = [
        node(1, None, 0, 9),
        node(2, Some(1), 1, 5),
        node(3, None, 9, 12),
        node(4, Some(3), 10, 11),
    ];
    let connect = |pairs: &[(usize, usize)]| {
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (ids::node(*a), ids::node(*b))).collect();
        load(&nodes, &pairs).map(|_| ())
    };
    assert_eq!(connect(&[(2, 4), (1, 4), (1, 2)]), Ok(()));
    assert_eq!(connect(&[(2, 4), (2, 4)]), Err(ChangeRefused::Exists));
    assert_eq!(connect(&[(2, 9)]), Err(ChangeRefused::UnknownNode(ids::node(9))));
    for cycle in [&[(2, 2)][..], &[(2, 1)], &[(2, 3), (4, 1)], &[(2, 3), (4, 2)], &[(4, 2), (2, 3)]]
    {
        assert_eq!(connect(cycle), Err(ChangeRefused::Cycle), "{cycle:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    /// What loading takes, growing would have taken, and the other way round.
    #[test]
    fn loading_is_as_strict_as_growing(
        rows in prop::collection::vec((0..5_usize, 0..6_usize, 0..12_i64, 1..12_i64), 0..6),
    ) {
        let mut nodes: Vec<Stored> = rows
            .into_iter()
            .map(|(id, parent, label, width)| {
                node(id, (parent < 5).then_some(parent), label, label + width)
            })
            .collect();
        nodes.sort_by_key(|node| node.label);
        let mut grown = Snapshot::new();
        let grew = nodes.iter().try_for_each(|node| {
            let Stored { id, parent, kind, label, end } = node.clone();
            grown.apply(&policy::Change::NodeSaved { id, parent, kind, label, label_end: end })
        });
        prop_assert_eq!(load(&nodes, &[]).is_ok(), grew.is_ok(), "{:?} {:?}", nodes, grew);
    }
}
