//! Properties of nodes, and which of them conditions read.

use std::{collections::BTreeMap, sync::Arc};

use kernel::NodeId;
use serde_json::Value;

use crate::{
    facts::BUILT_IN, refused::ChangeRefused, snapshot::Snapshot, sorted::Sorted, when::Condition,
};

/// The properties, by the number of their node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    of_node: Sorted<u32, Arc<BTreeMap<String, Value>>>,
}

impl Properties {
    pub(crate) fn get(&self, node: u32, name: &str) -> Option<&Value> {
        self.of_node.get(&node)?.get(name)
    }

    pub(crate) fn forget(&mut self, node: u32) {
        self.of_node.remove(&node);
    }

    fn change<T>(&mut self, node: u32, f: impl FnOnce(&mut BTreeMap<String, Value>) -> T) -> T {
        let mut all = self.of_node.get(&node).map_or_else(BTreeMap::new, |all| (**all).clone());
        let result = f(&mut all);
        if all.is_empty() {
            self.of_node.remove(&node);
        } else {
            self.of_node.insert(node, Arc::new(all));
        }
        result
    }
}

/// How many stored conditions read a name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reads {
    pub(crate) resource: Sorted<String, usize>,
    pub(crate) subject: Sorted<String, usize>,
}

impl Reads {
    pub(crate) fn count(&mut self, condition: &Condition, more: bool) {
        condition.reads_resource().for_each(|name| count(&mut self.resource, name, more));
        condition.reads_subject().for_each(|name| count(&mut self.subject, name, more));
    }
}

fn count(counts: &mut Sorted<String, usize>, name: &str, more: bool) {
    let name = name.to_owned();
    let former = counts.get(&name).copied().unwrap_or(0);
    match if more { former + 1 } else { former.saturating_sub(1) } {
        0 => counts.remove(&name),
        number => counts.insert(name, number),
    };
}

impl Snapshot {
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
        self.properties.change(node, |all| all.insert(name.to_owned(), value.clone()));
        Ok(())
    }

    pub(crate) fn remove_property(
        &mut self,
        node: NodeId,
        name: &str,
    ) -> Result<(), ChangeRefused> {
        let node = self.forest.need(node)?;
        let former = self.properties.change(node, |all| all.remove(name));
        former.map(|_| ()).ok_or(ChangeRefused::Missing)
    }
}
