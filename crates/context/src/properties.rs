//! The values of properties for the engine, which keeps those alone that a condition reads. The change log tells neither
//! that a name is read from now on nor its values: the first follows from roles and assignments, the second is in the
//! rows (`docs/adr/0009-only-read-properties-in-memory.md`).

use std::collections::BTreeSet;

use kernel::NodeId;
use policy::{ChangeRefused, Snapshot};
use store::{FromQueryResult, Run, StoreError};

use crate::{change::Change, system::State};

/// So many rows at once.
const PAGE: i64 = 10_000;

/// How the values of a property are read, given by the capability that owns the rows.
#[derive(Debug, Clone, Copy)]
pub struct PropertyRows {
    /// `$1` is the name, `$2` a node, `$3` the limit. The columns `node` and `value`, as JSON, of the nodes after `$2`, in
    /// their order.
    pub sql: &'static str,
}

#[derive(FromQueryResult)]
struct Row {
    node: uuid::Uuid,
    value: String,
}

impl PropertyRows {
    /// Has the engine keep a property, with the values that this transaction sees. It must be of the engine's revision.
    pub(crate) async fn give(
        self,
        run: &impl Run,
        engine: &mut Snapshot,
        name: &str,
    ) -> Result<(), StoreError> {
        engine.keep_property(name);
        // Before all ids: no node has this one.
        let mut after = uuid::Uuid::nil();
        loop {
            let values = [name.into(), after.into(), PAGE.into()];
            let page: Vec<Row> = run.all(self.sql, values).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.node;
            for Row { node, value } in page {
                let damaged = |error: &dyn std::fmt::Display| {
                    StoreError::Corrupt(format!("property {name} of node {node}: {error}"))
                };
                let value = serde_json::from_str(&value).map_err(|error| damaged(&error))?;
                let (node, name) = (NodeId(node), name.to_owned());
                let set = policy::Change::PropertySet { node, name, value };
                engine.apply(&set).map_err(|error| damaged(&error))?;
            }
        }
    }
}

/// A state on its way: properties that conditions began to read may still be without values, so nobody is answered
/// from it.
#[derive(Debug, Default)]
pub(crate) struct Unfilled {
    pub(crate) state: State,
    names: BTreeSet<String>,
}

impl Unfilled {
    pub(crate) fn new(state: State) -> Self {
        Self { state, names: BTreeSet::new() }
    }

    /// Applies one change.
    pub(crate) fn apply(&mut self, change: &Change) -> Result<(), ChangeRefused> {
        if let Change::Engine(change) = change {
            for name in self.state.engine.unkept_properties(change) {
                self.state.engine.keep_property(&name);
                self.names.insert(name);
            }
        }
        self.state.apply(change)
    }

    /// These are kept by the engine already, without values.
    pub(crate) fn await_values_of(&mut self, names: BTreeSet<String>) {
        self.names.extend(names);
    }

    /// The state, if no values are missing.
    pub(crate) fn complete(self) -> Option<State> {
        self.names.is_empty().then_some(self.state)
    }

    /// The state with the values that this transaction sees, which is of the same revision. What was gathered of them on
    /// the way is given up.
    pub(crate) async fn fill(
        self,
        run: &impl Run,
        rows: PropertyRows,
    ) -> Result<State, StoreError> {
        let Self { mut state, names } = self;
        for name in names {
            // Its last reader may have gone meanwhile.
            if state.engine.conditions_read_property(&name) {
                rows.give(run, &mut state.engine, &name).await?;
            }
        }
        Ok(state)
    }
}
