//! The rows of properties beside an engine, and what a server does with them: the engine is given the values of what
//! conditions begin to read.

use std::collections::BTreeMap;

use kernel::NodeId;
use policy::{Change, ChangeRefused, Snapshot};
use serde_json::Value;

/// All properties, whether a condition reads them or not.
#[derive(Clone, Default)]
pub struct Rows(BTreeMap<(NodeId, String), Value>);

impl Rows {
    /// Applies a change to the engine and to the rows, or to neither.
    pub fn apply(&mut self, engine: &mut Snapshot, change: &Change) -> Result<(), ChangeRefused> {
        let unkept = engine.unkept_properties(change);
        if unkept.is_empty() {
            engine.apply(change)?;
        } else {
            let mut draft = engine.clone();
            unkept.iter().for_each(|name| self.give(&mut draft, name));
            draft.apply(change)?;
            *engine = draft;
        }
        match change {
            Change::PropertySet { node, name, value } => {
                self.0.insert((*node, name.clone()), value.clone());
            }
            Change::PropertyRemoved { node, name } => {
                self.0.remove(&(*node, name.clone()));
            }
            Change::NodeDeleted { id } => self.0.retain(|(node, _), _| node != id),
            _ => {}
        }
        Ok(())
    }

    fn give(&self, engine: &mut Snapshot, name: &str) {
        engine.keep_property(name);
        for ((node, of), value) in self.0.iter().filter(|((_, of), _)| of == name) {
            let (node, name, value) = (*node, of.clone(), value.clone());
            engine.apply(&Change::PropertySet { node, name, value }).unwrap();
        }
    }
}
