//! Entry lists: for a node, the further places where inheritance enters, as a shared list. A node is below another if
//! it, or one of its entries, is in the other's subtree.

use std::sync::Arc;

use crate::{chunks::Chunks, forest::Forest, sorted::Sorted};

/// The lists, each stored once. List 0 is the empty one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    rows: Chunks<List>,
    by_content: Sorted<Arc<[u32]>, u32>,
    unused: Sorted<u32, ()>,
}

#[derive(Debug, Clone, Default)]
struct List {
    nodes: Arc<[u32]>,
    /// How many nodes point to it.
    users: u32,
}

impl Lists {
    /// The nodes of the list: none above another, ascending by number.
    pub(crate) fn get(&self, list: u32) -> &[u32] {
        match list {
            0 => &[],
            _ => &self.rows[list - 1].nodes,
        }
    }

    /// One more node points to the list.
    pub(crate) fn keep(&mut self, list: u32) {
        if list > 0 {
            self.rows.row_mut(list - 1).users += 1;
        }
    }

    /// One node less points to the list; the last one ends it.
    pub(crate) fn release(&mut self, list: u32) {
        if list == 0 {
            return;
        }
        let row = self.rows.row_mut(list - 1);
        row.users -= 1;
        if row.users == 0 {
            let nodes = std::mem::replace(&mut row.nodes, Arc::from([]));
            self.by_content.remove(&nodes);
            self.unused.insert(list, ());
        }
    }

    /// The number of the list with this content; not yet kept.
    pub(crate) fn number(&mut self, nodes: &[u32]) -> u32 {
        if nodes.is_empty() {
            return 0;
        }
        let nodes: Arc<[u32]> = Arc::from(nodes);
        if let Some(list) = self.by_content.get(&nodes) {
            return *list;
        }
        let row = List { nodes: Arc::clone(&nodes), users: 0 };
        let free = self.unused.iter().next().map(|(list, ())| *list);
        let list = match free {
            Some(list) => {
                self.unused.remove(&list);
                *self.rows.row_mut(list - 1) = row;
                list
            }
            None => self.rows.push(row) + 1,
        };
        self.by_content.insert(nodes, list);
        list
    }
}

/// Drops what is above another of the nodes, or above `node` itself: whatever is above the dropped one is above the
/// other too.
pub(crate) fn without_dominated(forest: &Forest, node: u32, mut nodes: Vec<u32>) -> Vec<u32> {
    nodes.sort_unstable_by_key(|node| forest.row(*node).label);
    nodes.dedup();
    // In the order of labels, what is below a node follows it directly.
    let mut kept: Vec<u32> = (0..nodes.len())
        .filter(|i| !forest.in_subtree(nodes[*i], node))
        .filter(|i| nodes.get(i + 1).is_none_or(|next| !forest.in_subtree(nodes[*i], *next)))
        .map(|i| nodes[i])
        .collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_stored_once_and_ends_with_its_last_user() {
        let mut lists = Lists::default();
        let first = lists.number(&[3, 5]);
        lists.keep(first);
        let again = lists.number(&[3, 5]);
        lists.keep(again);
        assert_eq!((first, lists.get(first)), (again, &[3, 5][..]));
        lists.release(first);
        assert_eq!(lists.number(&[3, 5]), first);
        lists.release(first);
        // Its number serves the next one.
        assert_eq!(lists.number(&[7]), first);
        assert_eq!(lists.get(first), [7]);
        assert_eq!((lists.by_content.len(), lists.unused.len()), (1, 0));
    }

    #[test]
    fn the_empty_list_is_nobodys() {
        let mut lists = Lists::default();
        assert_eq!(lists.number(&[]), 0);
        lists.keep(0);
        lists.release(0);
        assert!(lists.get(0).is_empty() && lists.by_content.len() == 0);
    }
}
