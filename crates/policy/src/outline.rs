//! The tree as it looks to somebody who sees a part of it: where it begins, and what has something below.

use kernel::NodeId;

use crate::{ranges::Ranges, snapshot::Snapshot};

impl Snapshot {
    /// The topmost nodes of a set of labels: those whose parent is not in it, and roots; from a label on, ascending.
    pub fn topmost<'a>(&'a self, seen: &'a Ranges, from: i64) -> impl Iterator<Item = NodeId> + 'a {
        let forest = &self.forest;
        let mut next = from;
        std::iter::from_fn(move || {
            loop {
                let (label, end) = seen.first_from(next)?;
                let Some((_, node)) = forest.between(label, end).next() else {
                    next = end;
                    continue;
                };
                // All of one range is seen, so what follows under a parent that is seen is no top either.
                let parent = forest.row(node).parent();
                let above = parent.filter(|above| seen.contains(forest.row(*above).label));
                next = forest.row(above.unwrap_or(node)).end.min(end);
                if above.is_none() {
                    return Some(forest.id(node));
                }
            }
        })
    }

    /// Whether a node directly below this one is in a set of labels.
    pub fn has_child_in(&self, node: NodeId, seen: &Ranges) -> bool {
        let Some(node) = self.forest.find(node) else { return false };
        let (mut next, last) = self.forest.interior(Some(node));
        while let Some((label, end)) = seen.first_from(next).filter(|(label, _)| *label < last) {
            let Some((_, found)) = self.forest.between(label, end.min(last)).next() else {
                next = end;
                continue;
            };
            let child = self.forest.upwards(found);
            let child = child.take_while(|above| *above != node).last().unwrap_or(found);
            if child == found {
                return true;
            }
            next = self.forest.row(child).end;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use kernel::NodeKind;

    use super::*;
    use crate::change::Change;

    /// Labels 0 to 99: a root of 40 with two children, of which the first has one of its own, and a second root.
    const NODES: [(u128, Option<u128>, i64, i64); 6] = [
        (1, None, 0, 40),
        (2, Some(1), 1, 20),
        (3, Some(2), 2, 10),
        (4, Some(2), 10, 15),
        (5, Some(1), 20, 30),
        (6, None, 50, 99),
    ];

    fn world() -> Snapshot {
        let mut world = Snapshot::new();
        for (id, parent, label, label_end) in NODES {
            let kind = NodeKind::parse("thing").unwrap();
            let (id, parent) = (self::id(id), parent.map(self::id));
            world.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
        }
        world
    }

    fn id(number: u128) -> NodeId {
        NodeId(uuid::Uuid::from_u128(number))
    }

    fn seen(nodes: &[u128]) -> Ranges {
        let all = NODES.iter().filter(|(id, ..)| nodes.contains(id));
        Ranges::of(all.map(|(_, _, label, _)| (*label, label + 1)).collect())
    }

    /// Every set of nodes, against what the words say.
    #[test]
    fn they_are_what_their_names_say() {
        let world = world();
        for set in 0..64_u32 {
            let nodes: Vec<u128> = (1..=6).filter(|n| set & (1 << (n - 1)) != 0).collect();
            let seen = seen(&nodes);
            let is_seen = |node: Option<u128>| node.is_some_and(|node| nodes.contains(&node));
            let tops =
                NODES.iter().filter(|(id, parent, ..)| is_seen(Some(*id)) && !is_seen(*parent));
            let tops: Vec<NodeId> = tops.map(|(node, ..)| id(*node)).collect();
            assert_eq!(world.topmost(&seen, 0).collect::<Vec<_>>(), tops, "{nodes:?}");
            for (node, ..) in NODES {
                let mut below = NODES.iter().filter(|(_, parent, ..)| *parent == Some(node));
                let expected = below.any(|(below, ..)| nodes.contains(below));
                assert_eq!(world.has_child_in(id(node), &seen), expected, "{node} in {nodes:?}");
            }
        }
    }

    #[test]
    fn who_sees_all_begins_at_the_roots() {
        let world = world();
        let all = Ranges::all();
        assert_eq!(world.topmost(&all, 0).collect::<Vec<_>>(), [id(1), id(6)]);
        assert_eq!(world.topmost(&all, 1).collect::<Vec<_>>(), [id(6)]);
        assert!(world.has_child_in(id(2), &all) && !world.has_child_in(id(6), &all));
    }
}
