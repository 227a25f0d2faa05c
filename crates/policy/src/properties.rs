//! Properties of nodes: only of the names that a stored condition reads. All others are in the database alone.
//!
//! A name that conditions begin to read needs the values that nodes have by then, so a role or assignment that reads it
//! is refused until [`Snapshot::keep_property`] was called. When the last condition that reads it goes, so do the values.

use std::collections::BTreeSet;

use kernel::{ConditionText, NodeId};
use serde_json::Value;

use crate::{
    change::Change, facts::BUILT_IN, refused::ChangeRefused, snapshot::Snapshot, sorted::Sorted,
    when::Condition,
};

/// The kept properties, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    kept: Sorted<String, Kept>,
}

/// A property that is kept.
#[derive(Debug, Clone, Default)]
struct Kept {
    /// How many stored conditions read it; none: it is kept for one that comes.
    readers: usize,
    /// By the number of the node.
    values: Sorted<u32, Value>,
}

impl Properties {
    pub(crate) fn get(&self, node: u32, name: &str) -> Option<&Value> {
        self.kept.get(name)?.values.get(&node)
    }

    /// Whether a stored condition reads it.
    pub(crate) fn is_read(&self, name: &str) -> bool {
        self.kept.get(name).is_some_and(|kept| kept.readers > 0)
    }

    /// The node goes.
    pub(crate) fn forget(&mut self, node: u32) {
        let having = self.kept.iter().filter(|(_, kept)| kept.values.has(&node));
        let names: Vec<String> = having.map(|(name, _)| name.clone()).collect();
        for name in names {
            self.kept.get_mut(&name).and_then(|kept| kept.values.remove(&node));
        }
    }

    /// Of these conditions, whatever they read is kept.
    pub(crate) fn check_kept<'a>(
        &self,
        conditions: impl Iterator<Item = &'a Condition>,
    ) -> Result<(), ChangeRefused> {
        match conditions.flat_map(read_by).find(|name| !self.kept.has(*name)) {
            Some(name) => Err(ChangeRefused::PropertyNotKept(name.to_owned())),
            None => Ok(()),
        }
    }

    /// A condition comes, all of whose names are kept.
    pub(crate) fn count_reader(&mut self, condition: &Condition) {
        for name in read_by(condition) {
            if let Some(kept) = self.kept.get_mut(name) {
                kept.readers += 1;
            }
        }
    }

    /// A condition goes, and with the last one the values.
    pub(crate) fn discount_reader(&mut self, condition: &Condition) {
        for name in read_by(condition) {
            match self.kept.get_mut(name) {
                Some(kept) if kept.readers > 1 => kept.readers -= 1,
                _ => drop(self.kept.remove(name)),
            }
        }
    }
}

/// The properties that a condition reads: not what is computed.
fn read_by(condition: &Condition) -> impl Iterator<Item = &str> {
    condition.reads_resource().filter(|name| !BUILT_IN.contains(name))
}

impl Snapshot {
    /// The properties that this change makes conditions read and that are not kept. [`Snapshot::keep_property`] is called
    /// for each before the change can be applied.
    pub fn unkept_properties(&self, change: &Change) -> BTreeSet<String> {
        let unkept = |text: &ConditionText| -> Vec<String> {
            let condition = Condition::new(text);
            let names = read_by(&condition).filter(|name| !self.properties.kept.has(*name));
            names.map(str::to_owned).collect()
        };
        match change {
            Change::RoleSaved { rules, .. } => {
                let texts = rules.iter().flat_map(|rule| rule.when.iter().chain(&rule.rows));
                texts.flat_map(unkept).collect()
            }
            Change::AssignmentSaved(assignment) => {
                assignment.when.iter().flat_map(unkept).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// Keeps a property from now on, as if no node had it: the values that nodes have follow, each as a
    /// [`Change::PropertySet`]. Nobody may be answered before they have. Called again, it forgets the values.
    pub fn keep_property(&mut self, name: &str) {
        if BUILT_IN.contains(&name) {
            return;
        }
        let readers = self.properties.kept.get(name).map_or(0, |kept| kept.readers);
        let kept = Kept { readers, values: Sorted::default() };
        self.properties.kept.insert(name.to_owned(), kept);
    }

    /// Keeps whatever the condition reads and is not kept: these names, whose values have to follow.
    pub(crate) fn keep_what_is_read(&mut self, condition: &Condition) -> Vec<String> {
        let unkept = read_by(condition).filter(|name| !self.properties.kept.has(*name));
        let unkept: Vec<String> = unkept.map(str::to_owned).collect();
        unkept.iter().for_each(|name| self.keep_property(name));
        unkept
    }

    pub(crate) fn set_property(
        &mut self,
        node: NodeId,
        name: &str,
        value: &Value,
    ) -> Result<(), ChangeRefused> {
        let node = self.forest.need(node)?;
        if BUILT_IN.contains(&name) {
            return Err(ChangeRefused::ReservedName(name.to_owned()));
        }
        if let Some(kept) = self.properties.kept.get_mut(name) {
            kept.values.insert(node, value.clone());
        }
        Ok(())
    }

    /// One that the node does not have may go too: of those that are not kept it is not known.
    pub(crate) fn remove_property(
        &mut self,
        node: NodeId,
        name: &str,
    ) -> Result<(), ChangeRefused> {
        let node = self.forest.need(node)?;
        let is_there = self.properties.get(node, name).is_some();
        if is_there && let Some(kept) = self.properties.kept.get_mut(name) {
            kept.values.remove(&node);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Effect, NodeKind, Pattern, RoleId};

    use super::*;
    use crate::Rule;

    fn world() -> Snapshot {
        let mut world = Snapshot::new();
        let (label, label_end) = (0, 1000);
        let kind = NodeKind::parse(NodeKind::GLOBAL).unwrap();
        let id = NodeId::GLOBAL;
        world.apply(&Change::NodeSaved { id, parent: None, kind, label, label_end }).unwrap();
        world
    }

    fn set(name: &str) -> Change {
        Change::PropertySet { node: NodeId::GLOBAL, name: name.to_owned(), value: 1.into() }
    }

    fn role(conditions: &[&str]) -> Change {
        let rule = |text: &&str| Rule {
            effect: Effect::Allow,
            pattern: Pattern::everything(),
            except: Vec::new(),
            owner: NodeId::GLOBAL,
            when: Some(ConditionText((*text).to_owned())),
            fields: None,
            rows: None,
        };
        let (id, owner) = (RoleId::ADMIN, NodeId::GLOBAL);
        let rules = conditions.iter().map(rule).collect();
        Change::RoleSaved { id, name: "R".to_owned(), owner, rules }
    }

    /// How many names and how many values take room.
    fn room(world: &Snapshot) -> (usize, usize) {
        let kept = &world.properties.kept;
        (kept.len(), kept.iter().map(|(_, kept)| kept.values.len()).sum())
    }

    #[test]
    fn what_no_condition_reads_takes_no_room() {
        let mut world = world();
        world.apply(&set("a")).unwrap();
        assert_eq!(room(&world), (0, 0));
        world.keep_property("a");
        world.apply(&set("a")).unwrap();
        world.apply(&set("b")).unwrap();
        assert_eq!(room(&world), (1, 1));
        world.apply(&role(&["resource.a == 1", "resource.a == 2"])).unwrap();
        // Another reader instead of the former ones: the values stay.
        world.apply(&role(&["resource.a == 3"])).unwrap();
        assert_eq!(room(&world), (1, 1));
        world.apply(&role(&["true"])).unwrap();
        assert_eq!(room(&world), (0, 0));
    }

    #[test]
    fn a_condition_cannot_read_what_is_not_kept() {
        let mut world = world();
        let change = role(&["resource.a == 1 || resource.b == 1", "resource.id == 'x'"]);
        assert_eq!(world.unkept_properties(&change), ["a".to_owned(), "b".to_owned()].into());
        world.keep_property("a");
        let refused = Err(ChangeRefused::PropertyNotKept("b".to_owned()));
        assert_eq!(world.apply(&change), refused);
        assert!(world.role(RoleId::ADMIN).is_none() && !world.conditions_read_property("a"));
        world.keep_property("b");
        assert_eq!(world.apply(&change), Ok(()));
        assert!(world.unkept_properties(&change).is_empty());
    }

    #[test]
    fn values_can_be_given_anew() {
        let mut world = world();
        world.keep_property("a");
        world.apply(&role(&["resource.a == 1"])).unwrap();
        world.apply(&set("a")).unwrap();
        world.keep_property("a");
        assert_eq!(room(&world), (1, 0));
        world.apply(&role(&[])).unwrap();
        assert_eq!(room(&world), (0, 0));
    }

    #[test]
    fn a_copy_keeps_what_it_had() {
        let mut world = world();
        world.keep_property("a");
        world.apply(&role(&["resource.a == 1"])).unwrap();
        world.apply(&set("a")).unwrap();
        let copy = world.clone();
        world.apply(&role(&[])).unwrap();
        assert_eq!((room(&world), room(&copy)), ((0, 0), (1, 1)));
    }
}
