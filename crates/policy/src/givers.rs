//! The nodes that connections lead from, by label: what a subtree hands on is found by its range.

use crate::{
    change::Labelled, forest::Forest, links::Relation, snapshot::Snapshot, sorted::Sorted,
};

/// The nodes that an inherited connection leads from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Givers {
    by_label: Sorted<i64, u32>,
}

impl Givers {
    /// Those with a label in `from..to`, in the order of labels.
    pub(crate) fn within(&self, from: i64, to: i64) -> impl Iterator<Item = u32> + '_ {
        let labelled = self.by_label.from(&from).take_while(move |(label, _)| **label < to);
        labelled.map(|(_, node)| *node)
    }

    /// After a connection from the node came or went.
    fn refresh(&mut self, node: u32, label: i64, connected: &Relation) {
        if connected.rights(node).next().is_some() {
            self.by_label.insert(label, node);
        } else {
            self.by_label.remove(&label);
        }
    }

    /// After nodes got other labels.
    fn relabel(&mut self, former: &Forest, forest: &Forest, labels: &[Labelled]) {
        let numbers = labels.iter().filter_map(|labelled| former.find(labelled.id));
        let label = |node: u32| former.row(node).label;
        let moved: Vec<u32> =
            numbers.filter(|node| self.by_label.get(&label(*node)) == Some(node)).collect();
        for node in &moved {
            self.by_label.remove(&label(*node));
        }
        for node in moved {
            self.by_label.insert(forest.row(node).label, node);
        }
    }

    /// Those of a stored tree.
    pub(crate) fn of(forest: &Forest, connected: &Relation) -> Self {
        let mut all: Vec<(i64, u32)> =
            connected.all_lefts().map(|node| (forest.row(node).label, node)).collect();
        all.sort_unstable();
        Self { by_label: Sorted::of_sorted(&all) }
    }
}

impl Snapshot {
    /// After a connection from the node came or went.
    pub(crate) fn refresh_giver(&mut self, node: u32) {
        let label = self.forest.row(node).label;
        self.givers.refresh(node, label, &self.links.inherited);
    }

    /// After nodes got other labels.
    pub(crate) fn refresh_givers(&mut self, former: &Forest, labels: &[Labelled]) {
        self.givers.relabel(former, &self.forest, labels);
    }
}
