//! What is in memory at the start.

use std::collections::{BTreeMap, BTreeSet};

use store::{Run, StoreError, change_log::Tip};

use crate::{
    change::Change,
    properties::{PropertyRows, Unfilled},
    settings::Settings,
    system::State,
};

/// A state that is being built at the start, from rows that the capabilities stream as changes.
#[derive(Debug)]
pub struct Loading {
    unfilled: Unfilled,
    epoch: i64,
}

/// The state that the start has built.
#[derive(Debug)]
pub struct Loaded {
    pub(crate) state: State,
    pub(crate) epoch: i64,
    pub(crate) properties: PropertyRows,
}

impl Loading {
    /// An empty state of the history that the reading transaction sees.
    pub fn new(tip: Tip, pinned: BTreeMap<String, String>) -> Self {
        let state = State {
            revision: tip.revision,
            written_at: tip.at,
            settings: Settings::new(pinned),
            ..State::default()
        };
        Self { unfilled: Unfilled::new(state), epoch: tip.epoch }
    }

    /// The tree, which comes before everything else that the engine is told.
    pub fn tree(&mut self, tree: policy::Snapshot) -> Result<(), StoreError> {
        let engine = &mut self.unfilled.state.engine;
        if engine.count_nodes() > 0 {
            return Err(StoreError::Corrupt("the tree was loaded twice".into()));
        }
        *engine = tree;
        Ok(())
    }

    /// The engine, as far as it is loaded.
    pub fn engine(&self) -> &policy::Snapshot {
        &self.unfilled.state.engine
    }

    /// Takes the engine out, to be given many rows at once; then it comes back by [`put_engine`](Self::put_engine).
    pub fn take_engine(&mut self) -> policy::Snapshot {
        std::mem::take(&mut self.unfilled.state.engine)
    }

    /// The engine, with more in it, and the properties that were found to be read and have no values yet.
    pub fn put_engine(&mut self, engine: policy::Snapshot, unfilled: BTreeSet<String>) {
        self.unfilled.state.engine = engine;
        self.unfilled.await_values_of(unfilled);
    }

    /// One row as a change. A row that the engine refuses means a damaged database: the start fails.
    pub fn apply(&mut self, change: impl Into<Change>) -> Result<(), StoreError> {
        let change = change.into();
        self.unfilled.apply(&change).map_err(|e| StoreError::Corrupt(format!("{e}: {change:?}")))
    }

    /// At the end: the properties that conditions read, as the same transaction sees them.
    pub async fn finish(
        self,
        run: &impl Run,
        properties: PropertyRows,
    ) -> Result<Loaded, StoreError> {
        let state = self.unfilled.fill(run, properties).await?;
        Ok(Loaded { state, epoch: self.epoch, properties })
    }
}
