//! The nodes in the order of their labels, cheap to copy: a tree of shared blocks, of which a write copies one path. A
//! leaf holds numbers alone; the labels are with the nodes, which callers pass along. Counts of the nodes below each
//! branch make positions cheap.

use std::{slice, sync::Arc};

use crate::forest::Rows;

/// So many nodes are in a leaf at most.
const LEAF: usize = 256;
/// So many blocks are in a branch at most.
const BRANCH: usize = 64;
/// A leaf grows by so many places at a time.
const STEP: usize = 8;

/// The nodes in the order of their labels.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    root: Arc<Block>,
}

#[derive(Debug, Clone)]
enum Block {
    Leaf(Vec<u32>),
    Branch(Vec<Child>),
}

#[derive(Debug, Clone)]
struct Child {
    /// The first label below it; no label below an earlier child is this high.
    first: i64,
    count: usize,
    block: Arc<Block>,
}

impl Default for Block {
    fn default() -> Self {
        Self::Leaf(Vec::new())
    }
}

impl Order {
    /// Of nodes that are sorted by their labels.
    pub(crate) fn of_sorted(rows: &Rows, nodes: &[u32]) -> Self {
        let leaf = |nodes: &[u32]| Block::Leaf(nodes.to_vec()).into_child(rows);
        let mut level: Vec<Child> = nodes.chunks(LEAF).filter_map(leaf).collect();
        while level.len() > 1 {
            let branch = |children: &[Child]| Block::Branch(children.to_vec()).into_child(rows);
            level = level.chunks(BRANCH).filter_map(branch).collect();
        }
        Self { root: level.pop().map_or_else(Arc::default, |child| child.block) }
    }

    /// The nodes from this label on.
    pub(crate) fn from(&self, rows: &Rows, label: i64) -> Iter<'_> {
        let mut path = Vec::with_capacity(4);
        let mut block = &*self.root;
        loop {
            match block {
                Block::Leaf(nodes) => {
                    return Iter { path, leaf: nodes[before(rows, nodes, label)..].iter() };
                }
                Block::Branch(children) => {
                    let at = position(children, label);
                    path.push(children[at + 1..].iter());
                    block = &children[at].block;
                }
            }
        }
    }

    /// How many nodes are before this label.
    pub(crate) fn rank(&self, rows: &Rows, label: i64) -> usize {
        let (mut block, mut rank) = (&*self.root, 0);
        loop {
            match block {
                Block::Leaf(nodes) => return rank + before(rows, nodes, label),
                Block::Branch(children) => {
                    let at = position(children, label);
                    rank += children[..at].iter().map(|child| child.count).sum::<usize>();
                    block = &children[at].block;
                }
            }
        }
    }

    /// The last node before this label.
    pub(crate) fn last_before(&self, rows: &Rows, label: i64) -> Option<u32> {
        self.root.last_before(rows, label)
    }

    /// Enters a node; false if another has its label.
    pub(crate) fn insert(&mut self, rows: &Rows, node: u32) -> bool {
        let label = rows[node].label;
        if self.from(rows, label).next().is_some_and(|other| rows[other].label == label) {
            return false;
        }
        let root = Arc::make_mut(&mut self.root);
        if let Some(right) = root.insert(rows, node) {
            let left = std::mem::take(root);
            let children = [left, right].into_iter().filter_map(|block| block.into_child(rows));
            *root = Block::Branch(children.collect());
        }
        true
    }

    /// Takes a node out, which has still the label that it was entered with.
    pub(crate) fn remove(&mut self, rows: &Rows, node: u32) {
        let label = rows[node].label;
        if self.from(rows, label).next() != Some(node) {
            return;
        }
        Arc::make_mut(&mut self.root).remove(rows, label);
        while let Block::Branch(children) = &*self.root {
            match children.as_slice() {
                [] => self.root = Arc::default(),
                [only] => self.root = Arc::clone(&only.block),
                _ => break,
            }
        }
    }
}

/// How many nodes of a leaf are before the label.
fn before(rows: &Rows, nodes: &[u32], label: i64) -> usize {
    nodes.partition_point(|node| rows[*node].label < label)
}

/// The child in which the label belongs.
fn position(children: &[Child], label: i64) -> usize {
    children.partition_point(|child| child.first <= label).saturating_sub(1)
}

impl Block {
    fn count(&self) -> usize {
        match self {
            Self::Leaf(nodes) => nodes.len(),
            Self::Branch(children) => children.iter().map(|child| child.count).sum(),
        }
    }

    fn first(&self, rows: &Rows) -> Option<i64> {
        match self {
            Self::Leaf(nodes) => nodes.first().map(|node| rows[*node].label),
            Self::Branch(children) => children.first().map(|child| child.first),
        }
    }

    fn into_child(self, rows: &Rows) -> Option<Child> {
        let first = self.first(rows)?;
        Some(Child { first, count: self.count(), block: Arc::new(self) })
    }

    /// Enters a node that is not there; gives the right part if the block had to be split.
    fn insert(&mut self, rows: &Rows, node: u32) -> Option<Self> {
        let label = rows[node].label;
        match self {
            Self::Leaf(nodes) => {
                let at = before(rows, nodes, label);
                if nodes.len() == nodes.capacity() {
                    nodes.reserve_exact(STEP);
                }
                nodes.insert(at, node);
                let right = split(nodes, LEAF, at)?;
                nodes.shrink_to_fit();
                Some(Self::Leaf(right))
            }
            Self::Branch(children) => {
                let at = position(children, label);
                let child = &mut children[at];
                let right = Arc::make_mut(&mut child.block).insert(rows, node);
                child.first = child.first.min(label);
                child.count += 1;
                let right = right?.into_child(rows)?;
                child.count -= right.count;
                children.insert(at + 1, right);
                split(children, BRANCH, at + 1).map(Self::Branch)
            }
        }
    }

    /// Takes out the node with this label, which is there.
    fn remove(&mut self, rows: &Rows, label: i64) {
        match self {
            Self::Leaf(nodes) => {
                nodes.remove(before(rows, nodes, label));
            }
            Self::Branch(children) => {
                let at = position(children, label);
                let child = &mut children[at];
                Arc::make_mut(&mut child.block).remove(rows, label);
                child.count -= 1;
                match child.block.first(rows) {
                    Some(first) => child.first = first,
                    None => {
                        children.remove(at);
                    }
                }
            }
        }
    }

    fn last_before(&self, rows: &Rows, label: i64) -> Option<u32> {
        match self {
            Self::Leaf(nodes) => nodes[..before(rows, nodes, label)].last().copied(),
            Self::Branch(children) => {
                let at = children.partition_point(|child| child.first < label);
                children[..at].last()?.block.last_before(rows, label)
            }
        }
    }
}

/// The right part of a block that grew too large by what came to `at`. Appending leaves full blocks behind.
fn split<T>(block: &mut Vec<T>, max: usize, at: usize) -> Option<Vec<T>> {
    if block.len() <= max {
        return None;
    }
    Some(block.split_off(if at == max { max } else { max / 2 }))
}

/// Nodes in the order of their labels.
pub(crate) struct Iter<'a> {
    /// What comes after the leaf, from the top down.
    path: Vec<slice::Iter<'a, Child>>,
    leaf: slice::Iter<'a, u32>,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            if let Some(node) = self.leaf.next() {
                return Some(*node);
            }
            match self.path.last_mut()?.next().map(|child| &*child.block) {
                Some(Block::Leaf(nodes)) => self.leaf = nodes.iter(),
                Some(Block::Branch(children)) => self.path.push(children.iter()),
                None => {
                    self.path.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::forest::Row;

    /// Nodes by number with these labels.
    fn rows(labels: impl IntoIterator<Item = i64>) -> Rows {
        let mut rows = Rows::default();
        for label in labels {
            let mut row = Row::default();
            row.label = label;
            rows.push(row);
        }
        rows
    }

    fn agree(order: &Order, rows: &Rows, model: &BTreeMap<i64, u32>) {
        assert!(order.from(rows, 0).eq(model.values().copied()));
        for label in (0..4_100).step_by(41) {
            assert!(order.from(rows, label).eq(model.range(label..).map(|(_, node)| *node)));
            assert_eq!(order.rank(rows, label), model.range(..label).count());
            let last = model.range(..label).next_back().map(|(_, node)| *node);
            assert_eq!(order.last_before(rows, label), last);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Thousands of nodes, so that there are branches above branches, on either way to the same order.
        #[test]
        fn it_is_sorted_by_label(
            start in prop::collection::btree_set(0..4_000_u32, 0..4_000),
            steps in prop::collection::vec((any::<bool>(), 0..4_000_u32), 0..4_000),
        ) {
            // Every label is of one node, and their numbers are in another order.
            let rows = rows((0..4_000).map(|node| node * 1_239 % 4_000));
            let mut sorted: Vec<u32> = start.into_iter().collect();
            sorted.sort_unstable_by_key(|node| rows[*node].label);
            let mut order = Order::of_sorted(&rows, &sorted);
            let mut model: BTreeMap<i64, u32> =
                sorted.iter().map(|node| (rows[*node].label, *node)).collect();
            agree(&order, &rows, &model);
            for (insert, node) in steps {
                let label = rows[node].label;
                if insert {
                    prop_assert_eq!(order.insert(&rows, node), model.insert(label, node).is_none());
                } else {
                    order.remove(&rows, node);
                    model.remove(&label);
                }
            }
            agree(&order, &rows, &model);
        }
    }

    #[test]
    fn it_grows_from_nothing_and_shrinks_to_nothing() {
        let rows = rows(0..30_000);
        let mut order = Order::default();
        assert!((0..30_000).all(|node| order.insert(&rows, node)));
        let copy = order.clone();
        assert_eq!(order.rank(&rows, 20_000), 20_000);
        (0..30_000).for_each(|node| order.remove(&rows, node));
        assert_eq!((order.from(&rows, 0).next(), copy.from(&rows, 0).count()), (None, 30_000));
        order.remove(&rows, 5);
        assert!(order.insert(&rows, 5) && !order.insert(&rows, 5));
    }

    #[test]
    fn one_label_has_one_node() {
        let rows = rows([7, 7]);
        let mut order = Order::default();
        assert_eq!([0, 1].map(|node| order.insert(&rows, node)), [true, false]);
        order.remove(&rows, 1);
        assert!(order.from(&rows, 0).eq([0]));
    }
}
