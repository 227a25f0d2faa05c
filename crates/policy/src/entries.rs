//! Entry lists: for a node, the further places where inheritance enters, as a shared list. A node is below another if
//! it, or one of its entries, is in the other's subtree.
//!
//! A list has the labels of its nodes at hand, as decisions ask for nothing else; they follow when nodes get others.

use std::sync::Arc;

use crate::{
    chunks::Chunks,
    forest::Forest,
    index::{Index, hash_of_numbers},
    sorted::Sorted,
    span::Span,
};

/// So many nodes of a list are in its row.
const NEAR: usize = 3;
/// The label of no node: in no span.
const NOWHERE: i64 = -1;
/// The number of no node.
const NONE: u32 = u32::MAX;

/// The lists, each stored once. List 0 is the empty one.
#[derive(Debug, Clone)]
pub(crate) struct Lists {
    rows: Chunks<List>,
    by_content: Index,
    /// Node, list that it is in.
    with: Sorted<(u32, u32), ()>,
    unused: Sorted<u32, ()>,
}

/// The first labels of a list; for those that it does not have, the label of no node.
pub(crate) type Near = [i64; NEAR];

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct List {
    labels: Near,
    /// All nodes, if they are no more than these.
    nodes: [u32; NEAR],
    /// How many nodes point to it.
    users: u32,
    /// All nodes, if they are more, and the labels of all.
    far: Option<Arc<Far>>,
}

#[derive(Debug, Clone)]
struct Far {
    nodes: Vec<u32>,
    labels: Vec<i64>,
}

impl Default for List {
    fn default() -> Self {
        Self { labels: [NOWHERE; NEAR], nodes: [NONE; NEAR], users: 0, far: None }
    }
}

impl Default for Lists {
    fn default() -> Self {
        let mut rows = Chunks::default();
        rows.push(List::default());
        Self {
            rows,
            by_content: Index::default(),
            with: Sorted::default(),
            unused: Sorted::default(),
        }
    }
}

impl List {
    fn new(forest: &Forest, nodes: &[u32]) -> Self {
        let mut list = Self::default();
        for ((label, place), node) in list.labels.iter_mut().zip(&mut list.nodes).zip(nodes) {
            (*label, *place) = (forest.row(*node).label, *node);
        }
        if nodes.len() > NEAR {
            let labels = nodes.iter().map(|node| forest.row(*node).label).collect();
            list.far = Some(Arc::new(Far { nodes: nodes.to_vec(), labels }));
        }
        list
    }

    fn nodes(&self) -> &[u32] {
        match &self.far {
            Some(far) => &far.nodes,
            None => &self.nodes[..self.nodes.iter().take_while(|node| **node != NONE).count()],
        }
    }

    /// The first labels.
    pub(crate) fn near(&self) -> Near {
        self.labels
    }

    /// Whether one of its nodes is in the span, if not all are near.
    pub(crate) fn is_far_in(&self, span: Span) -> bool {
        self.far.as_ref().is_some_and(|far| far.labels.iter().any(|label| span.has(*label)))
    }

    /// Whether one of its nodes is in the span.
    #[cfg(test)]
    fn is_in(&self, span: Span) -> bool {
        self.labels.iter().any(|label| span.has(*label)) || self.is_far_in(span)
    }

    /// Reads it.
    pub(crate) fn touch(&self) -> u32 {
        self.nodes[0]
    }

    fn relabel(&mut self, node: u32, label: i64) {
        let near = self.nodes.iter().position(|other| *other == node);
        near.into_iter().for_each(|at| self.labels[at] = label);
        if let Some(far) = &mut self.far
            && let Some(at) = far.nodes.iter().position(|other| *other == node)
        {
            Arc::make_mut(far).labels[at] = label;
        }
    }
}

impl Lists {
    /// How many numbers lists have had.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The nodes of the list: none above another, ascending by number.
    pub(crate) fn get(&self, list: u32) -> &[u32] {
        self.rows[list].nodes()
    }

    /// The list.
    pub(crate) fn row(&self, list: u32) -> &List {
        &self.rows[list]
    }

    /// So many more nodes point to the list.
    pub(crate) fn keep(&mut self, list: u32, more: u32) {
        if list > 0 {
            self.rows.row_mut(list).users += more;
        }
    }

    /// One node less points to the list; the last one ends it.
    pub(crate) fn release(&mut self, list: u32) {
        if list == 0 {
            return;
        }
        let row = self.rows.row_mut(list);
        row.users -= 1;
        if row.users == 0 {
            let ended = std::mem::take(row);
            let rows = &self.rows;
            let hash = hash_of_numbers(ended.nodes());
            self.by_content.remove(hash, list, |list| hash_of_numbers(rows[list].nodes()));
            ended.nodes().iter().for_each(|node| {
                self.with.remove(&(*node, list));
            });
            self.unused.insert(list, ());
        }
    }

    /// The number of the list with this content; not yet kept.
    pub(crate) fn number(&mut self, forest: &Forest, nodes: &[u32]) -> u32 {
        if nodes.is_empty() {
            return 0;
        }
        let hash = hash_of_numbers(nodes);
        if let Some(list) = self.by_content.find(hash, |list| self.rows[list].nodes() == nodes) {
            return list;
        }
        let row = List::new(forest, nodes);
        let free = self.unused.iter().next().map(|(list, ())| *list);
        let list = match free {
            Some(list) => {
                self.unused.remove(&list);
                *self.rows.row_mut(list) = row;
                list
            }
            None => self.rows.push(row),
        };
        let rows = &self.rows;
        self.by_content.insert(hash, list, |list| hash_of_numbers(rows[list].nodes()));
        nodes.iter().for_each(|node| {
            self.with.insert((*node, list), ());
        });
        list
    }

    /// After the node got another label.
    pub(crate) fn relabel(&mut self, node: u32, label: i64) {
        let lists: Vec<u32> = self.with.of(node).collect();
        lists.into_iter().for_each(|list| self.rows.row_mut(list).relabel(node, label));
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
    use kernel::{NodeId, NodeKind};

    use super::*;

    /// Twenty roots.
    fn forest() -> Forest {
        let mut forest = Forest::default();
        let kind = NodeKind::parse("place").unwrap();
        for i in 0..20 {
            let id: NodeId = format!("00000000-0000-7000-8000-{i:012x}").parse().unwrap();
            forest.insert(id, None, &kind, (i * 10, i * 10 + 10)).unwrap();
        }
        forest
    }

    #[test]
    fn a_list_is_stored_once_and_ends_with_its_last_user() {
        let (mut lists, forest) = (Lists::default(), forest());
        let first = lists.number(&forest, &[3, 5]);
        lists.keep(first, 1);
        let again = lists.number(&forest, &[3, 5]);
        lists.keep(again, 1);
        assert_eq!((first, lists.get(first)), (again, &[3, 5][..]));
        lists.release(first);
        assert_eq!(lists.number(&forest, &[3, 5]), first);
        lists.release(first);
        // Its number serves the next one.
        assert_eq!(lists.number(&forest, &[7]), first);
        assert_eq!(lists.get(first), [7]);
        assert_eq!((lists.by_content.len(), lists.unused.len(), lists.with.len()), (1, 0, 1));
    }

    #[test]
    fn the_empty_list_is_nobodys() {
        let mut lists = Lists::default();
        assert_eq!(lists.number(&Forest::default(), &[]), 0);
        lists.keep(0, 1);
        lists.release(0);
        assert!(lists.get(0).is_empty() && lists.by_content.len() == 0);
        assert!(!lists.row(0).is_in(Span::ALL));
    }

    #[test]
    fn a_list_of_any_length_is_where_its_nodes_are() {
        let (mut lists, forest) = (Lists::default(), forest());
        for length in 1..8_u32 {
            let nodes: Vec<u32> = (0..length).map(|i| i * 2).collect();
            let list = lists.number(&forest, &nodes);
            for node in 0..20 {
                let inside = lists.row(list).is_in(Span::of(&forest, node));
                assert_eq!(inside, nodes.contains(&node), "{node} of {nodes:?}");
            }
            let moved = nodes[nodes.len() - 1];
            lists.relabel(moved, 195);
            assert!(lists.row(list).is_in(Span::of(&forest, 19)));
            assert!(!lists.row(list).is_in(Span::of(&forest, moved)));
            lists.relabel(moved, forest.row(moved).label);
        }
    }
}
