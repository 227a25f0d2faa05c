//! Connections and moves: what is above what.

use std::collections::BTreeSet;

use kernel::{NodeId, NodeKind};

use crate::{
    change::Labelled, entries::without_dominated, refused::ChangeRefused, relabel::Move,
    snapshot::Snapshot,
};

impl Snapshot {
    /// Whether `above` is in the ancestors of `node`.
    pub(crate) fn reaches(&self, above: u32, node: u32) -> bool {
        if self.forest.is_global(above) {
            return true;
        }
        let (top, row) = (self.forest.row(above), self.forest.row(node));
        top.spans(row.label)
            || self
                .lists
                .get(row.entries)
                .iter()
                .any(|entry| top.spans(self.forest.row(*entry).label))
    }

    pub(crate) fn connect(&mut self, from: NodeId, to: NodeId) -> Result<(), ChangeRefused> {
        let (from, to) = (self.forest.need(from)?, self.forest.need(to)?);
        if self.forest.is_global(from) {
            return Err(ChangeRefused::Global);
        }
        if self.is_sharing(from, to) {
            if from == to {
                return Err(ChangeRefused::Cycle);
            }
            let added = self.links.sharing.insert(from, to);
            return if added { Ok(()) } else { Err(ChangeRefused::Exists) };
        }
        if self.forest.is_global(to) || self.reaches(to, from) {
            return Err(ChangeRefused::Cycle);
        }
        if !self.links.inherited.insert(from, to) {
            return Err(ChangeRefused::Exists);
        }
        self.refresh_giver(from);
        self.refresh_changed(to);
        Ok(())
    }

    pub(crate) fn disconnect(&mut self, from: NodeId, to: NodeId) -> Result<(), ChangeRefused> {
        let (from, to) = (self.forest.need(from)?, self.forest.need(to)?);
        if self.forest.is_global(from) {
            return Err(ChangeRefused::Global);
        }
        if self.is_sharing(from, to) {
            let removed = self.links.sharing.remove(from, to);
            return if removed { Ok(()) } else { Err(ChangeRefused::Missing) };
        }
        if !self.links.inherited.remove(from, to) {
            return Err(ChangeRefused::Missing);
        }
        self.refresh_giver(from);
        self.refresh_changed(to);
        Ok(())
    }

    /// The numbers of both nodes, if the move is possible.
    pub(crate) fn check_move(
        &self,
        id: NodeId,
        parent: NodeId,
    ) -> Result<(u32, u32), ChangeRefused> {
        let (node, parent) = (self.forest.need(id)?, self.forest.need(parent)?);
        if self.forest.is_global(node) {
            return Err(ChangeRefused::Global);
        }
        if self.reaches(node, parent) { Err(ChangeRefused::Cycle) } else { Ok((node, parent)) }
    }

    pub(crate) fn move_node(
        &mut self,
        id: NodeId,
        parent: NodeId,
        labels: &[Labelled],
    ) -> Result<(), ChangeRefused> {
        let (node, parent) = self.check_move(id, parent)?;
        let forest = self.forest.relabelled(labels, Some(Move { node, parent }))?;
        let former = std::mem::replace(&mut self.forest, forest);
        self.refresh_givers(&former, labels);
        self.refresh_labels(labels);
        self.refresh(node);
        Ok(())
    }

    /// Between two realms a connection shares sign-in and is not inherited.
    pub(crate) fn is_sharing(&self, from: u32, to: u32) -> bool {
        [from, to].iter().all(|node| self.forest.kind(*node).as_str() == NodeKind::REALM)
    }

    /// After a connection to `node` came or went: often nothing changes, as it is above already.
    fn refresh_changed(&mut self, node: u32) {
        if self.entries_of(node) != self.lists.get(self.forest.row(node).entries) {
            self.refresh(node);
        }
    }

    /// Computes the entries of the node, and of all that inherits from it, anew. After a move this is needed even where
    /// the parent's entries stay, as what dominated what has changed.
    fn refresh(&mut self, node: u32) {
        for node in self.downstream(node) {
            let nodes = self.entries_of(node);
            let list = self.lists.number(&self.forest, &nodes);
            let former = self.forest.row(node).entries;
            if list != former {
                self.lists.keep(list, 1);
                self.forest.row_mut(node).entries = list;
                self.lists.release(former);
            }
        }
    }

    fn entries_of(&self, node: u32) -> Vec<u32> {
        let from_parent =
            self.forest.row(node).parent().map(|parent| self.forest.row(parent).entries);
        let mut nodes = from_parent.map_or_else(Vec::new, |list| self.lists.get(list).to_vec());
        let mut connected = false;
        for from in self.links.inherited.lefts(node) {
            connected = true;
            nodes.push(from);
            nodes.extend_from_slice(self.lists.get(self.forest.row(from).entries));
        }
        if connected { without_dominated(&self.forest, node, nodes) } else { nodes }
    }

    /// The node and all that inherits from it, each after all it inherits from.
    fn downstream(&self, node: u32) -> Vec<u32> {
        let successors = |node: u32| -> Vec<u32> {
            self.forest.children(Some(node)).chain(self.links.inherited.rights(node)).collect()
        };
        let mut seen = BTreeSet::from([node]);
        let mut order = Vec::new();
        let mut path = vec![(node, successors(node))];
        while let Some((node, open)) = path.last_mut() {
            match open.pop() {
                Some(next) if seen.insert(next) => path.push((next, successors(next))),
                Some(_) => {}
                None => {
                    order.push(*node);
                    path.pop();
                }
            }
        }
        order.reverse();
        order
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::{NodeId, NodeKind};

    use crate::{change::Change, snapshot::Snapshot};

    fn add(snapshot: &mut Snapshot, text: &str, parent: Option<NodeId>) -> NodeId {
        let id = text.parse().unwrap();
        let place = snapshot.place(parent, 1).unwrap();
        let kind = NodeKind::parse("place").unwrap();
        let (label, label_end) = (place.label, place.label_end);
        snapshot.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
        id
    }

    /// A root for each, and below each a child.
    fn roots() -> (Snapshot, BTreeMap<char, NodeId>) {
        let mut snapshot = Snapshot::new();
        let mut ids = BTreeMap::new();
        for name in ['a', 'b', 'c'] {
            let text = |digit| format!("0000000{digit}-0000-7000-8000-00000000000{name}");
            let top = add(&mut snapshot, &text(1), None);
            let below = add(&mut snapshot, &text(2), Some(top));
            ids.extend([(name, top), (name.to_ascii_uppercase(), below)]);
        }
        (snapshot, ids)
    }

    fn entries(snapshot: &Snapshot, node: NodeId) -> Vec<NodeId> {
        let node = snapshot.forest.find(node).unwrap();
        let list = snapshot.lists.get(snapshot.forest.row(node).entries);
        list.iter().map(|entry| snapshot.forest.id(*entry)).collect()
    }

    #[test]
    fn what_is_above_another_entry_is_dropped_until_it_moves() {
        let (mut snapshot, id) = roots();
        for from in ['a', 'A', 'b'] {
            snapshot.apply(&Change::Connected { from: id[&from], to: id[&'c'] }).unwrap();
        }
        assert_eq!(entries(&snapshot, id[&'C']), [id[&'A'], id[&'b']]);
        let labels = snapshot.place_move(id[&'A'], id[&'b']).unwrap();
        snapshot.apply(&Change::NodeMoved { id: id[&'A'], parent: id[&'b'], labels }).unwrap();
        assert_eq!(entries(&snapshot, id[&'C']), [id[&'a'], id[&'A']]);
    }

    #[test]
    fn a_connection_from_above_adds_no_entry() {
        let (mut snapshot, id) = roots();
        snapshot.apply(&Change::Connected { from: id[&'c'], to: id[&'C'] }).unwrap();
        assert!(entries(&snapshot, id[&'C']).is_empty());
    }

    #[test]
    fn entries_pass_through_connections() {
        let (mut snapshot, id) = roots();
        snapshot.apply(&Change::Connected { from: id[&'B'], to: id[&'C'] }).unwrap();
        snapshot.apply(&Change::Connected { from: id[&'a'], to: id[&'b'] }).unwrap();
        assert!(snapshot.is_ancestor(id[&'a'], id[&'C']));
        snapshot.apply(&Change::Disconnected { from: id[&'a'], to: id[&'b'] }).unwrap();
        assert!(!snapshot.is_ancestor(id[&'a'], id[&'C']));
        assert_eq!(entries(&snapshot, id[&'C']), [id[&'B']]);
    }
}
