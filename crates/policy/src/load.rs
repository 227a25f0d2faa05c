//! A stored world at once: what a database holds at the start, checked in full, in a fraction of the time that change by
//! change takes. The snapshot is the same.
//!
//! [`Nodes`], then [`Connections`] make the tree; [`People`], then [`Members`] and, after the roles, [`Assignments`] go
//! on from there.

mod assignments;
mod people;

pub use assignments::Assignments;
pub use people::{Members, People};

use std::collections::BTreeMap;

use kernel::{NodeId, NodeKind};

use crate::{
    bits::Bits,
    entries::without_dominated,
    forest::{Growing, LABEL_END},
    givers::Givers,
    refused::ChangeRefused,
    snapshot::Snapshot,
};

/// The nodes, which come in the order of their labels, so that parents are before children. An error means that the
/// stored tree is damaged.
#[derive(Debug, Default)]
pub struct Nodes {
    forest: Growing,
    /// The last node and those above it, from the root down.
    open: Vec<Open>,
    /// The label of the last node.
    last: Option<i64>,
}

#[derive(Debug)]
struct Open {
    id: NodeId,
    node: u32,
    end: i64,
}

impl Nodes {
    /// No node yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next node, of a higher label than all before.
    pub fn add(
        &mut self,
        id: NodeId,
        parent: Option<NodeId>,
        kind: &NodeKind,
        (label, end): (i64, i64),
    ) -> Result<(), ChangeRefused> {
        let is_global = id == NodeId::GLOBAL;
        if is_global != (kind.as_str() == NodeKind::GLOBAL) || (is_global && parent.is_some()) {
            return Err(ChangeRefused::Global);
        }
        while self.open.last().is_some_and(|above| above.end <= label) {
            self.open.pop();
        }
        let above = self.open.last();
        let (from, to) = (self.last.map_or(0, |last| last + 1), above.map_or(LABEL_END, |a| a.end));
        // The ranges that span the label are open, and the lowest must be the parent's.
        let fits = from <= label && label < end && end <= to;
        if !fits || above.map(|above| above.id) != parent {
            return Err(ChangeRefused::BadLabel(id));
        }
        let node = self.forest.push(id, above.map(|above| above.node), kind, (label, end))?;
        self.open.push(Open { id, node, end });
        self.last = Some(label);
        Ok(())
    }

    /// All nodes are there. Refused if two have one id.
    pub fn finish(self) -> Result<Connections, ChangeRefused> {
        let forest = self.forest.finish()?;
        Ok(Connections { snapshot: Snapshot { forest, ..Snapshot::new() }, inherited: Vec::new() })
    }
}

/// The connections, which come in any order.
#[derive(Debug)]
pub struct Connections {
    snapshot: Snapshot,
    /// From, to.
    inherited: Vec<(u32, u32)>,
}

impl Connections {
    /// `to` inherits from `from`; between two realms it shares sign-in.
    pub fn add(&mut self, from: NodeId, to: NodeId) -> Result<(), ChangeRefused> {
        let forest = &self.snapshot.forest;
        let (a, b) = (forest.need(from)?, forest.need(to)?);
        if forest.is_global(a) {
            return Err(ChangeRefused::Global);
        }
        if self.snapshot.is_sharing(a, b) {
            return self.snapshot.connect(from, to);
        }
        if a == b || forest.is_global(b) {
            return Err(ChangeRefused::Cycle);
        }
        self.inherited.push((a, b));
        Ok(())
    }

    /// All connections are there. Refused if one is there twice, or some close a cycle.
    pub fn finish(mut self) -> Result<Snapshot, ChangeRefused> {
        self.inherited.sort_unstable();
        if self.inherited.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ChangeRefused::Exists);
        }
        self.snapshot.links.inherited.fill(&self.inherited);
        self.snapshot.givers = Givers::of(&self.snapshot.forest, &self.snapshot.links.inherited);
        Inheriting::new(&mut self.snapshot, &self.inherited).all()?;
        Ok(self.snapshot)
    }
}

/// Computes the entries of all nodes: of those with connections of their own, each after what it inherits from; the
/// others have their parent's.
struct Inheriting<'a> {
    snapshot: &'a mut Snapshot,
    /// Whether a node has a connection of its own.
    connected: Bits,
    /// The lists of those that have, once they are known.
    lists: BTreeMap<u32, Option<u32>>,
}

impl<'a> Inheriting<'a> {
    fn new(snapshot: &'a mut Snapshot, inherited: &[(u32, u32)]) -> Self {
        let mut connected = Bits::new(snapshot.forest.len());
        inherited.iter().for_each(|(_, to)| connected.set(*to));
        Self { snapshot, connected, lists: BTreeMap::new() }
    }

    fn all(mut self) -> Result<(), ChangeRefused> {
        let tops: Vec<u32> = self.snapshot.links.inherited.all_rights().collect();
        for top in tops {
            self.list_of(top)?;
        }
        self.hand_down();
        Ok(())
    }

    /// Finds the list of a connected node, and of those it inherits from before.
    fn list_of(&mut self, node: u32) -> Result<(), ChangeRefused> {
        let mut path = Vec::new();
        self.open(node, &mut path)?;
        while let Some((node, needed)) = path.last_mut() {
            match needed.pop() {
                Some(next) => self.open(next, &mut path)?,
                None => {
                    let node = *node;
                    let nodes = self.entries_of(node);
                    let list = self.snapshot.lists.number(&self.snapshot.forest, &nodes);
                    self.lists.insert(node, Some(list));
                    path.pop();
                }
            }
        }
        Ok(())
    }

    /// Goes on to a node, unless its list is known. One that is not, although the search has been there, is above
    /// itself.
    fn open(&mut self, node: u32, path: &mut Vec<(u32, Vec<u32>)>) -> Result<(), ChangeRefused> {
        match self.lists.get(&node) {
            Some(Some(_)) => return Ok(()),
            Some(None) => return Err(ChangeRefused::Cycle),
            None => self.lists.insert(node, None),
        };
        let from = self.snapshot.links.inherited.lefts(node);
        let sources = from.chain(self.snapshot.forest.row(node).parent());
        path.push((node, sources.filter_map(|source| self.nearest(source)).collect()));
        Ok(())
    }

    /// The node or the lowest above it that has a connection of its own.
    fn nearest(&self, node: u32) -> Option<u32> {
        self.snapshot.forest.upwards(node).find(|node| self.connected.has(*node))
    }

    /// The nodes of the list of a source whose nearest connected node is done.
    fn list_at(&self, source: u32) -> &[u32] {
        let list = self.nearest(source).and_then(|node| self.lists.get(&node).copied().flatten());
        self.snapshot.lists.get(list.unwrap_or(0))
    }

    fn entries_of(&self, node: u32) -> Vec<u32> {
        let Snapshot { forest, links, .. } = &*self.snapshot;
        let parent = forest.row(node).parent();
        let mut nodes = parent.map_or_else(Vec::new, |parent| self.list_at(parent).to_vec());
        for from in links.inherited.lefts(node) {
            nodes.push(from);
            nodes.extend_from_slice(self.list_at(from));
        }
        without_dominated(forest, node, nodes)
    }

    /// Gives every node its list. Parents have lower numbers than their children here.
    fn hand_down(self) {
        let Snapshot { forest, lists, .. } = self.snapshot;
        let mut users = vec![0; lists.len()];
        let mut own = self.lists.into_iter().peekable();
        for node in forest.numbers() {
            let list = match own.next_if(|(other, _)| *other == node) {
                Some((_, list)) => list.unwrap_or(0),
                None => forest.row(node).parent().map_or(0, |parent| forest.row(parent).entries),
            };
            if list > 0 {
                forest.row_mut(node).entries = list;
                users[list as usize] += 1;
            }
        }
        users.into_iter().zip(0..).for_each(|(more, list)| lists.keep(list, more));
    }
}
