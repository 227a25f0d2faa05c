//! The nodes and their numbering: a subtree is one range of labels.

use std::sync::Arc;

use kernel::{NodeId, NodeKind};

use crate::{chunks::Chunks, ids::Ids, refused::ChangeRefused, sorted::Sorted};

/// No label is this high or higher.
pub(crate) const LABEL_END: i64 = i64::MAX;
const NO_PARENT: u32 = u32::MAX;

/// What the engine keeps of a node.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: NodeId,
    pub(crate) label: i64,
    pub(crate) end: i64,
    parent: u32,
    /// The list of further places where inheritance enters; 0 is the empty list.
    pub(crate) entries: u32,
    kind: u32,
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

/// All nodes, by number, id and label. Numbers never leave the process and are not used again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forest {
    rows: Chunks<Row>,
    by_id: Ids,
    pub(crate) order: Sorted<i64, u32>,
    kinds: Sorted<NodeKind, u32>,
    kind_names: Arc<Vec<NodeKind>>,
    global: Option<u32>,
}

impl Forest {
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn find(&self, id: NodeId) -> Option<u32> {
        self.by_id.find(id, |node| self.rows[node].id == id)
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
        &self.kind_names[self.rows[node].kind as usize]
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

    /// The children of the node, or the roots, in the order of labels.
    pub(crate) fn children(&self, parent: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let (mut next, end) = self.interior(parent);
        std::iter::from_fn(move || {
            let (label, child) = self.order.from(&next).next()?;
            if *label >= end {
                return None;
            }
            next = self.rows[*child].end;
            Some(*child)
        })
    }

    /// The node and all below it, in the order of labels.
    pub(crate) fn subtree(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let row = &self.rows[node];
        self.order
            .from(&row.label)
            .take_while(|(label, _)| **label < row.end)
            .map(|(_, node)| *node)
    }

    /// How many nodes have a label in `from..to`.
    pub(crate) fn count(&self, from: i64, to: i64) -> usize {
        self.order.rank(&to).saturating_sub(self.order.rank(&from))
    }

    /// How many nodes are in the subtree, its top included.
    pub(crate) fn size(&self, node: u32) -> usize {
        self.count(self.rows[node].label, self.rows[node].end)
    }

    /// The lowest node whose range spans the label, going by the nodes before it.
    pub(crate) fn around(&self, label: i64) -> Option<u32> {
        let (_, before) = self.order.last_before(&label)?;
        self.upwards(*before).find(|node| self.rows[*node].end > label)
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
        let kind = self.kind_number(kind);
        // Connections reach a new node through its parent alone.
        let entries = parent.map_or(0, |parent| self.rows[parent].entries);
        let parent = parent.unwrap_or(NO_PARENT);
        let node = self.rows.push(Row { id, label, end, parent, entries, kind });
        self.by_id.insert(id, node);
        self.order.insert(label, node);
        if id == NodeId::GLOBAL {
            self.global = Some(node);
        }
        Ok(node)
    }

    /// Takes a node out; nothing refers to it any more.
    pub(crate) fn remove(&mut self, node: u32) {
        let Row { id, label, .. } = self.rows[node];
        self.by_id.remove(id, node);
        self.order.remove(&label);
    }

    fn kind_number(&mut self, kind: &NodeKind) -> u32 {
        if let Some(number) = self.kinds.get(kind) {
            return *number;
        }
        let Ok(number) = u32::try_from(self.kind_names.len()) else {
            unreachable!("INVARIANT: fewer than 2^32 kinds fit the memory of a process")
        };
        Arc::make_mut(&mut self.kind_names).push(kind.clone());
        self.kinds.insert(kind.clone(), number);
        number
    }
}
