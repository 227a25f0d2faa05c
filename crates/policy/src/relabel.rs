//! Other labels for nodes, and another parent for one: checked in full, as a wrong label is a wrong decision.

use std::collections::BTreeSet;

use crate::{change::Labelled, forest::Forest, refused::ChangeRefused};

/// A node that gets another parent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    pub(crate) node: u32,
    pub(crate) parent: u32,
}

impl Forest {
    /// This forest with other labels and, maybe, one node moved. The caller has ruled out a cycle.
    pub(crate) fn relabelled(
        &self,
        labels: &[Labelled],
        moved: Option<Move>,
    ) -> Result<Self, ChangeRefused> {
        let mut next = self.clone();
        let mut touched = BTreeSet::new();
        for labelled in labels {
            let node = self.need(labelled.id)?;
            if !touched.insert(node) {
                return Err(ChangeRefused::BadLabel(labelled.id));
            }
            next.take_from_order(node);
        }
        for (labelled, node) in labels.iter().map(|l| (l, self.find(l.id))) {
            let Some(node) = node else { continue };
            let row = next.row_mut(node);
            (row.label, row.end) = (labelled.label, labelled.label_end);
            if !next.add_to_order(node) {
                return Err(ChangeRefused::BadLabel(labelled.id));
            }
        }
        if let Some(moved) = moved {
            next.row_mut(moved.node).set_parent(moved.parent);
            touched.insert(moved.node);
        }
        match touched.iter().find(|node| !fits(self, &next, **node, moved)) {
            Some(node) => Err(ChangeRefused::BadLabel(self.id(*node))),
            None => Ok(next),
        }
    }
}

/// Whether a relabelled node is right. If all of them are, the whole numbering is: its own range lies in its parent's,
/// its children lie in it, it holds as many nodes as are below it (so no stranger), and the lowest range around its
/// label is its parent's (so it is no stranger elsewhere).
fn fits(old: &Forest, new: &Forest, node: u32, moved: Option<Move>) -> bool {
    let row = new.row(node);
    let (from, to) = new.interior(row.parent());
    let inside = from <= row.label && row.label < row.end && row.end <= to;
    let holds_children = old
        .children(Some(node))
        .filter(|child| moved.is_none_or(|m| m.node != *child))
        .all(|child| row.label < new.row(child).label && new.row(child).end <= row.end);
    inside
        && holds_children
        && new.size(node) == expected_size(old, new, node, moved)
        && new.around(row.label) == row.parent()
}

fn expected_size(old: &Forest, new: &Forest, node: u32, moved: Option<Move>) -> usize {
    let size = old.size(node);
    let Some(moved) = moved.filter(|moved| moved.node != node) else { return size };
    let moving = old.size(moved.node);
    let was_above = old.upwards(moved.node).any(|above| above == node);
    let is_above = new.upwards(moved.node).any(|above| above == node);
    match (was_above, is_above) {
        (true, false) => size - moving,
        (false, true) => size + moving,
        _ => size,
    }
}
