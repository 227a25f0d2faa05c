//! Many new nodes at once. Each is permitted on its own, at its parent; but the numbering is asked once for all that
//! come below one node, rows are written by the hundred, and the audit has one event for each such block.

use std::collections::{BTreeMap, HashMap};

use ::store::node::{self, Node};
use context::{Event, EventKind, Permitted};
use kernel::{NodeId, Problem, name::MAX_DEPTH};
use policy::{Change, Placement};
use tree::{NewNode, create_node::CreateNode};

use super::{Apply, at};
use crate::{
    file::{self, Place},
    spread::{Planned, spread},
    world::Placed,
};

const SECTION: &str = "nodes";

/// A new node, with the proof that it may be made.
type Made = Permitted<CreateNode, Node>;

/// All that comes below one node that is there already; parents before children.
#[derive(Default)]
struct Block<'a> {
    nodes: Vec<&'a Placed<file::Node>>,
    forest: Vec<Planned>,
}

impl Apply<'_> {
    /// Makes these nodes, which are sorted by path and checked: each has a kind, and a parent here or before it.
    pub(super) async fn make_all(&mut self, new: &[&Placed<file::Node>]) -> Result<(), Problem> {
        for (parent, block) in self.blocks(new) {
            self.make_block(parent, &block).await?;
        }
        Ok(())
    }

    fn blocks<'a>(&self, new: &[&'a Placed<file::Node>]) -> BTreeMap<Option<NodeId>, Block<'a>> {
        let mut blocks: BTreeMap<Option<NodeId>, Block<'a>> = BTreeMap::new();
        // Where a new node went: its block, and its number there.
        let mut went: HashMap<&Place, (Option<NodeId>, usize)> = HashMap::new();
        for from in new {
            let parent = from.says.path.parent();
            let inside = parent.as_ref().and_then(|parent| went.get(parent)).copied();
            let (block, number) = match inside {
                Some((block, number)) => (block, Some(number)),
                None => {
                    let there = parent.as_ref().and_then(|parent| self.places.get(parent));
                    (there.map(|node| node.id), None)
                }
            };
            let target = blocks.entry(block).or_default();
            went.insert(&from.says.path, (block, target.nodes.len()));
            target.nodes.push(from);
            target.forest.push(Planned { parent: number });
        }
        blocks
    }

    async fn make_block(
        &mut self,
        parent: Option<NodeId>,
        block: &Block<'_>,
    ) -> Result<(), Problem> {
        self.refuse_below_global(parent, block)?;
        let place = self.make_room(parent, block.nodes.len() as u64).await?;
        let labels = spread(&block.forest, (place.label, place.label_end));
        let mut made: Vec<Made> = Vec::with_capacity(block.nodes.len());
        for (number, from) in block.nodes.iter().enumerate() {
            let parent = match block.forest[number].parent {
                Some(above) => Some(made[above].id),
                None => parent,
            };
            let new = self.permitted(from, parent)?;
            made.push(self.record(new, labels[number])?);
        }
        let rows: Vec<Node> = made.iter().map(|node| Node::clone(node)).collect();
        node::insert_many(self.tx.as_ref(), &rows).await?;
        let at = parent.unwrap_or(NodeId::GLOBAL);
        let event = Event::new(EventKind::DataCreate, "node.create").about("node", at, at);
        self.tx.audit(event.with("below", true).with("count", made.len()));
        for (from, node) in block.nodes.iter().zip(made) {
            self.carry_first(from, &node)
                .await
                .map_err(|problem| super::at(from, SECTION, problem))?;
            self.places.insert(from.says.path.clone(), node.into_inner());
        }
        Ok(())
    }

    /// What a new node carries, under the proof that it may be made.
    async fn carry_first(&mut self, from: &Placed<file::Node>, node: &Made) -> Result<(), Problem> {
        let says = &from.says;
        if let Some(properties) = says.properties.as_ref().filter(|map| !map.is_empty()) {
            tree::properties::write(self.tx, node, properties, "/properties").await?;
        }
        if let Some(tags) = says.tags.as_ref().filter(|tags| !tags.is_empty()) {
            tree::tags::write(self.tx, node, tags.clone(), "/tags").await?;
        }
        if let Some(ids) = says.external_ids.as_ref().filter(|ids| !ids.is_empty()) {
            tree::external_ids::write(self.tx, node, ids, "/external_ids").await?;
        }
        Ok(())
    }

    fn refuse_below_global(
        &self,
        parent: Option<NodeId>,
        block: &Block<'_>,
    ) -> Result<(), Problem> {
        match block.nodes.first() {
            Some(from) if parent == Some(NodeId::GLOBAL) => {
                let detail = "a root has no parent, and $global is above every root";
                Err(from.refuse(SECTION, "/path", detail))
            }
            _ => Ok(()),
        }
    }

    /// A part of the numbering that is wide enough.
    async fn make_room(&mut self, parent: Option<NodeId>, size: u64) -> Result<Placement, Problem> {
        let place = self.tx.engine().place(parent, size);
        let mut place = place.map_err(|error| Problem::conflict(error.to_string()))?;
        let labels = std::mem::take(&mut place.renumbered);
        if !labels.is_empty() {
            let rows: Vec<_> = labels.iter().map(|l| (l.id, l.label, l.label_end)).collect();
            node::relabel(self.tx.as_ref(), &rows).await?;
            self.tx.record(Change::NodesLabelled { labels })?;
        }
        Ok(place)
    }

    fn permitted(
        &self,
        from: &Placed<file::Node>,
        parent: Option<NodeId>,
    ) -> Result<Permitted<CreateNode, NewNode>, Problem> {
        let Some(kind) = from.says.kind.clone() else {
            return Err(from.refuse(SECTION, "/kind", "is needed for a new node"));
        };
        if from.says.path.depth() > MAX_DEPTH {
            return Err(from.refuse(
                SECTION,
                "/path",
                format!("a node stands at most {MAX_DEPTH} deep"),
            ));
        }
        let new = NewNode { parent, kind, name: from.says.path.name() };
        self.tx.permit::<CreateNode>(new).map_err(|problem| at(from, SECTION, problem))
    }

    /// The engine knows it at once, so what comes below it can be permitted; the rows follow together.
    fn record(
        &mut self,
        new: Permitted<CreateNode, NewNode>,
        (label, label_end): (i64, i64),
    ) -> Result<Made, Problem> {
        let now = self.tx.ctx().now();
        let id = NodeId::new(now, self.tx.ctx().system().entropy());
        let node = Node {
            id,
            parent: new.parent,
            kind: new.kind.clone(),
            name: new.name.clone(),
            label,
            label_end,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let (parent, kind) = (node.parent, node.kind.clone());
        self.tx.record(Change::NodeSaved { id, parent, kind, label, label_end })?;
        new.map(|_| Ok(node))
    }
}
