//! The nodes and their numbering: a subtree is one range of labels.

use std::sync::Arc;

use kernel::{NodeId, NodeKind};

use crate::{
    chunks::Chunks,
    index::{Index, hash_of_id},
    order::Order,
    refused::ChangeRefused,
    sorted::Sorted,
};

/// No label is this high or higher.
pub(crate) const LABEL_END: i64 = i64::MAX;
const NO_PARENT: u32 = u32::MAX;

/// So many rows are copied by a write: few enough leaves that the ways to all of them stay near.
const LEAF: usize = 512;

/// What the engine keeps of a node: 44 bytes, what a decision reads first.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(4))]
pub(crate) struct Row {
    pub(crate) id: NodeId,
    pub(crate) label: i64,
    /// The list of further places where inheritance enters; 0 is the empty list.
    pub(crate) entries: u32,
    parent: u32,
    pub(crate) end: i64,
    kind: u16,
}

impl Default for Row {
    /// A place in the table that no node has.
    fn default() -> Self {
        let id = NodeId::GLOBAL;
        Self { id, label: 0, end: 0, parent: NO_PARENT, entries: 0, kind: 0 }
    }
}

impl Row {
    pub(crate) fn parent(&self) -> Option<u32> {
        (self.parent != NO_PARENT).then_some(self.parent)
    }

    pub(crate) fn set_parent(&mut self, parent: u32) {
        self.parent = parent;
    }

    /// Whether the label is of this node or of one below it.
    pub(crate) fn spans(&self, label: i64) -> bool {
        self.label <= label && label < self.end
    }
}

/// The nodes by number.
pub(crate) type Rows = Chunks<Row, LEAF>;

/// All nodes, by number, id and label. Numbers never leave the process and are not used again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forest {
    rows: Rows,
    by_id: Index,
    order: Order,
    kinds: Kinds,
    global: Option<u32>,
}

impl Forest {
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn find(&self, id: NodeId) -> Option<u32> {
        self.by_id.find(hash_of_id(id), |node| self.rows[node].id == id)
    }

    /// Where nodes are looked for by the hash of their id.
    pub(crate) fn by_id(&self) -> &Index {
        &self.by_id
    }

    /// The number of the node of this id, which is likely this one.
    pub(crate) fn confirm(&self, id: NodeId, likely: Option<u32>) -> Option<u32> {
        likely.filter(|node| self.rows[*node].id == id).or_else(|| self.find(id))
    }

    /// The number of a node that must be there.
    pub(crate) fn need(&self, id: NodeId) -> Result<u32, ChangeRefused> {
        self.find(id).ok_or(ChangeRefused::UnknownNode(id))
    }

    pub(crate) fn row(&self, node: u32) -> &Row {
        &self.rows[node]
    }

    pub(crate) fn row_mut(&mut self, node: u32) -> &mut Row {
        self.rows.row_mut(node)
    }

    pub(crate) fn id(&self, node: u32) -> NodeId {
        self.rows[node].id
    }

    pub(crate) fn kind(&self, node: u32) -> &NodeKind {
        &self.kinds.names[usize::from(self.rows[node].kind)]
    }

    pub(crate) fn is_global(&self, node: u32) -> bool {
        self.global == Some(node)
    }

    /// Whether `below` is `above` or below it in the tree, connections aside.
    pub(crate) fn in_subtree(&self, above: u32, below: u32) -> bool {
        self.rows[above].spans(self.rows[below].label)
    }

    /// The node and its parents, upwards.
    pub(crate) fn upwards(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(node), |node| self.rows[*node].parent())
    }

    /// The labels that children of the node, or roots, may have.
    pub(crate) fn interior(&self, parent: Option<u32>) -> (i64, i64) {
        match parent {
            Some(parent) => (self.rows[parent].label + 1, self.rows[parent].end),
            None => (0, LABEL_END),
        }
    }

    /// The nodes with a label in `from..to` and their labels, ascending.
    pub(crate) fn between(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u32)> + '_ {
        let all = self.order.from(&self.rows, from).map(|node| (self.rows[node].label, node));
        all.take_while(move |(label, _)| *label < to)
    }

    /// The children of the node, or the roots, in the order of labels.
    pub(crate) fn children(&self, parent: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let (mut next, end) = self.interior(parent);
        std::iter::from_fn(move || {
            let (_, child) = self.between(next, end).next()?;
            next = self.rows[child].end;
            Some(child)
        })
    }

    /// The node and all below it, in the order of labels.
    pub(crate) fn subtree(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let row = &self.rows[node];
        self.between(row.label, row.end).map(|(_, node)| node)
    }

    /// How many nodes have a label in `from..to`.
    pub(crate) fn count(&self, from: i64, to: i64) -> usize {
        self.rank(to).saturating_sub(self.rank(from))
    }

    /// How many nodes have a label before this one.
    pub(crate) fn rank(&self, label: i64) -> usize {
        self.order.rank(&self.rows, label)
    }

    /// How many nodes are in the subtree, its top included.
    pub(crate) fn size(&self, node: u32) -> usize {
        self.count(self.rows[node].label, self.rows[node].end)
    }

    /// The node with the last label before this one.
    pub(crate) fn last_before(&self, label: i64) -> Option<u32> {
        self.order.last_before(&self.rows, label)
    }

    /// The lowest node whose range spans the label, going by the nodes before it.
    pub(crate) fn around(&self, label: i64) -> Option<u32> {
        let before = self.last_before(label)?;
        self.upwards(before).find(|node| self.rows[*node].end > label)
    }

    /// Adds a node at a free place inside its parent.
    pub(crate) fn insert(
        &mut self,
        id: NodeId,
        parent: Option<u32>,
        kind: &NodeKind,
        (label, end): (i64, i64),
    ) -> Result<u32, ChangeRefused> {
        let (from, to) = self.interior(parent);
        let inside = from <= label && label < end && end <= to;
        if !inside || self.count(label, end) > 0 || self.around(label) != parent {
            return Err(ChangeRefused::BadLabel(id));
        }
        let kind = self.kinds.number(kind).ok_or(ChangeRefused::NoRoom)?;
        // Connections reach a new node through its parent alone.
        let entries = parent.map_or(0, |parent| self.rows[parent].entries);
        let parent = parent.unwrap_or(NO_PARENT);
        let node = self.rows.push(Row { id, label, end, parent, entries, kind });
        self.add_to_order(node);
        let rows = &self.rows;
        self.by_id.insert(hash_of_id(id), node, |node| hash_of_id(rows[node].id));
        if id == NodeId::GLOBAL {
            self.global = Some(node);
        }
        Ok(node)
    }

    /// Takes a node out; nothing refers to it any more.
    pub(crate) fn remove(&mut self, node: u32) {
        self.take_from_order(node);
        let rows = &self.rows;
        let id = rows[node].id;
        self.by_id.remove(hash_of_id(id), node, |node| hash_of_id(rows[node].id));
    }

    /// Enters the node at its label; false if another has it.
    pub(crate) fn add_to_order(&mut self, node: u32) -> bool {
        self.order.insert(&self.rows, node)
    }

    /// The node is no more found by its label, which then may be changed.
    pub(crate) fn take_from_order(&mut self, node: u32) {
        self.order.remove(&self.rows, node);
    }

    /// The numbers that nodes have had.
    pub(crate) fn numbers(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

/// A forest that gets its nodes in the order of labels, already checked.
#[derive(Debug, Default)]
pub(crate) struct Growing(Forest);

impl Growing {
    pub(crate) fn push(
        &mut self,
        id: NodeId,
        parent: Option<u32>,
        kind: &NodeKind,
        (label, end): (i64, i64),
    ) -> Result<u32, ChangeRefused> {
        let Self(Forest { rows, kinds, global, .. }) = self;
        let kind = kinds.number(kind).ok_or(ChangeRefused::NoRoom)?;
        let parent = parent.unwrap_or(NO_PARENT);
        let node = rows.push(Row { id, label, end, parent, entries: 0, kind });
        if id == NodeId::GLOBAL {
            *global = Some(node);
        }
        Ok(node)
    }

    /// Makes the nodes known by id and by label. Refused if two have one id.
    pub(crate) fn finish(self) -> Result<Forest, ChangeRefused> {
        let Self(mut forest) = self;
        let numbers: Vec<u32> = forest.numbers().collect();
        let rows = &forest.rows;
        forest.order = Order::of_sorted(rows, &numbers);
        forest.by_id = Index::with_room(rows.len());
        for node in numbers {
            let id = rows[node].id;
            let hash = hash_of_id(id);
            if forest.by_id.find(hash, |other| rows[other].id == id).is_some() {
                return Err(ChangeRefused::Exists);
            }
            forest.by_id.insert(hash, node, |node| hash_of_id(rows[node].id));
        }
        Ok(forest)
    }
}

/// The kinds of nodes.
#[derive(Debug, Clone, Default)]
struct Kinds {
    numbers: Sorted<NodeKind, u16>,
    names: Arc<Vec<NodeKind>>,
}

impl Kinds {
    /// The number of the kind; `None` if there are too many.
    fn number(&mut self, kind: &NodeKind) -> Option<u16> {
        if let Some(number) = self.numbers.get(kind) {
            return Some(*number);
        }
        let number = u16::try_from(self.names.len()).ok()?;
        Arc::make_mut(&mut self.names).push(kind.clone());
        self.numbers.insert(kind.clone(), number);
        Some(number)
    }
}
