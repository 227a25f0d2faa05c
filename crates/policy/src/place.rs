//! Where a new or moved node goes in the numbering. Gaps leave room for what comes; when one is used up, the smallest
//! enclosing subtree that has room is numbered anew.

use kernel::NodeId;

use crate::{change::Labelled, forest::Forest, refused::ChangeRefused, snapshot::Snapshot};

/// No subtree is placed as larger than this.
const MAX_SIZE: u64 = 1 << 40;

/// The place of a new node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Its label.
    pub label: i64,
    /// End of the labels of its subtree, exclusive.
    pub label_end: i64,
    /// What has to be relabelled before (see [`Change::NodesLabelled`](crate::Change::NodesLabelled)); mostly empty.
    pub renumbered: Vec<Labelled>,
}

impl Snapshot {
    /// Where a new child of `parent` (absent: a new root) goes, with room for a subtree of `size` nodes, itself
    /// included.
    pub fn place(&self, parent: Option<NodeId>, size: u64) -> Result<Placement, ChangeRefused> {
        let parent = parent.map(|parent| self.forest.need(parent)).transpose()?;
        place(&self.forest, parent, size)
    }

    /// The labels with which a node and all below it move under another parent. Refused if that closes a cycle.
    pub fn place_move(
        &self,
        id: NodeId,
        new_parent: NodeId,
    ) -> Result<Vec<Labelled>, ChangeRefused> {
        let (node, parent) = self.check_move(id, new_parent)?;
        let forest = &self.forest;
        if forest.row(node).parent() == Some(parent) {
            return Ok(Vec::new());
        }
        let found = place(forest, Some(parent), forest.size(node) as u64)?;
        let moving = forest.row(node);
        let stays = |l: &Labelled| {
            forest.find(l.id).is_none_or(|node| !moving.spans(forest.row(node).label))
        };
        let mut labels: Vec<Labelled> = found.renumbered.into_iter().filter(stays).collect();
        let mut spread = Spread { forest, extra: None, labels: Vec::new(), found: None };
        spread.label(node, (found.label, found.label_end));
        spread.below(Some(node), (found.label + 1, found.label_end));
        labels.append(&mut spread.labels);
        Ok(labels)
    }
}

fn place(forest: &Forest, parent: Option<u32>, size: u64) -> Result<Placement, ChangeRefused> {
    let size = size.max(1);
    if size > MAX_SIZE {
        return Err(ChangeRefused::NoRoom);
    }
    let (start, end) = forest.interior(parent);
    let free_from = last_child(forest, parent).map_or(start, |child| forest.row(child).end);
    let free = width(free_from, end);
    let others = forest.count(start, end) as u64;
    // A share that leaves room for as many again, and for a first child a sixteenth.
    let share = u128::from(free) * u128::from(size) / u128::from(2 * others + 16 * size);
    let want = u64::try_from(share).unwrap_or(u64::MAX).max(size);
    if want <= free {
        let label_end = free_from + as_label(want);
        return Ok(Placement { label: free_from, label_end, renumbered: Vec::new() });
    }
    renumber(forest, parent, size)
}

fn last_child(forest: &Forest, parent: Option<u32>) -> Option<u32> {
    let (start, end) = forest.interior(parent);
    let last = forest.last_before(end)?;
    if forest.row(last).label < start {
        return None;
    }
    forest.upwards(last).find(|node| forest.row(*node).parent() == parent)
}

/// Numbers the smallest enclosing subtree with room anew. The further up, the more room is asked for, so that what is
/// below it then has enough to last.
fn renumber(forest: &Forest, parent: Option<u32>, size: u64) -> Result<Placement, ChangeRefused> {
    let mut space = parent;
    let mut spacing = 4;
    loop {
        let (start, end) = forest.interior(space);
        let needed = forest.count(start, end) as u64 + size;
        let room = width(start, end);
        let enough = if space.is_some() { needed << spacing } else { needed };
        if room >= enough {
            let mut spread =
                Spread { forest, extra: Some((parent, size)), labels: Vec::new(), found: None };
            spread.below(space, (start, end));
            let (label, label_end) = spread.found.ok_or(ChangeRefused::NoRoom)?;
            return Ok(Placement { label, label_end, renumbered: spread.labels });
        }
        let Some(node) = space else { return Err(ChangeRefused::NoRoom) };
        space = forest.row(node).parent();
        spacing = (spacing + 2).min(20);
    }
}

/// Hands out labels evenly below a node.
struct Spread<'a> {
    forest: &'a Forest,
    /// The parent and size of a subtree that is yet to come.
    extra: Option<(Option<u32>, u64)>,
    labels: Vec<Labelled>,
    /// The place of that subtree.
    found: Option<(i64, i64)>,
}

impl Spread<'_> {
    /// New labels for all below `top`, within `from..to`.
    fn below(&mut self, top: Option<u32>, range: (i64, i64)) {
        let mut open = vec![(top, range)];
        while let Some((space, (from, to))) = open.pop() {
            let children: Vec<(u32, u64)> =
                self.forest.children(space).map(|child| (child, self.weight(child))).collect();
            let extra = self.extra.filter(|(parent, _)| *parent == space).map(|(_, size)| size);
            let total = children.iter().map(|(_, weight)| weight).sum::<u64>() + extra.unwrap_or(0);
            let slack = u128::from(width(from, to).saturating_sub(total));
            // A little stays free behind the last child; little enough that a deep chain does not thin out.
            let units = u128::from(total + total / 64 + 1);
            let share = |weight: u64| {
                let more = slack * u128::from(weight) / units;
                as_label(weight.saturating_add(u64::try_from(more).unwrap_or(0)))
            };
            let mut at = from;
            for (child, weight) in children {
                let end = at + share(weight);
                self.label(child, (at, end));
                open.push((Some(child), (at + 1, end)));
                at = end;
            }
            if let Some(size) = extra {
                self.found = Some((at, at + share(size)));
            }
        }
    }

    fn label(&mut self, node: u32, (label, label_end): (i64, i64)) {
        let row = self.forest.row(node);
        if (row.label, row.end) != (label, label_end) {
            self.labels.push(Labelled { id: row.id, label, label_end });
        }
    }

    /// The nodes in the subtree, with those yet to come.
    fn weight(&self, node: u32) -> u64 {
        let extra = match self.extra {
            Some((Some(parent), size)) if self.forest.in_subtree(node, parent) => size,
            _ => 0,
        };
        self.forest.size(node) as u64 + extra
    }
}

fn width(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

fn as_label(width: u64) -> i64 {
    i64::try_from(width).unwrap_or(i64::MAX)
}
