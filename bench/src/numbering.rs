//! The labels of a world's tree: a subtree is one range, with gaps as the server leaves them.

use crate::{
    random::count,
    world::{NO_PARENT, World},
};

/// Room of a node beside its own label and its children.
const GAP: i64 = 16;

/// A numbered tree.
#[derive(Debug)]
pub struct Numbering {
    /// Label and end of each node.
    pub labels: Vec<(i64, i64)>,
    /// The nodes in the order of their labels.
    pub order: Vec<u32>,
}

impl Numbering {
    /// Numbers the tree, children in the order of their numbers.
    pub fn new(world: &World) -> Self {
        let children = Children::new(&world.parents);
        let (mut labels, mut order) = (vec![(0, 0); world.parents.len()], Vec::new());
        let mut next = 0;
        // A node is met twice: on the way down and on the way up.
        let mut open: Vec<(u32, bool)> = Vec::new();
        let roots = (0..count(&world.parents)).filter(|n| world.parents[*n as usize] == NO_PARENT);
        open.extend(roots.map(|root| (root, false)));
        open.reverse();
        while let Some((node, up)) = open.pop() {
            let label = &mut labels[node as usize];
            if up {
                next += GAP;
                label.1 = next;
                continue;
            }
            label.0 = next;
            next += 1;
            order.push(node);
            open.push((node, true));
            open.extend(children.of(node).iter().rev().map(|child| (*child, false)));
        }
        Self { labels, order }
    }
}

/// The children of each node.
#[derive(Debug)]
pub struct Children {
    /// Where those of each node start.
    starts: Vec<u32>,
    all: Vec<u32>,
}

impl Children {
    /// Of the nodes with these parents.
    pub fn new(parents: &[u32]) -> Self {
        let mut starts = vec![0_u32; parents.len() + 1];
        parents.iter().filter(|p| **p != NO_PARENT).for_each(|p| starts[*p as usize + 1] += 1);
        (0..parents.len()).for_each(|at| starts[at + 1] += starts[at]);
        let mut next = starts.clone();
        let mut all = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for (parent, node) in parents.iter().zip(0..) {
            if *parent != NO_PARENT {
                all[next[*parent as usize] as usize] = node;
                next[*parent as usize] += 1;
            }
        }
        Self { starts, all }
    }

    /// The children of a node, ascending.
    pub fn of(&self, node: u32) -> &[u32] {
        let at = node as usize;
        &self.all[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}
