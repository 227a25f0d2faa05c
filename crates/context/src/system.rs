//! What all requests share.

use std::{collections::BTreeMap, fmt, sync::Arc};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use kernel::{Clock, Entropy, Problem, Revision};
use store::{Database, StoreError, change_log};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::{
    cascade::Cascade, change::Change, credentials::Credentials, refusal::Refusals, roots::Roots,
    settings::Settings,
};

/// Everything that is kept in memory, at one revision. Cheap to clone: its parts are shared until they change.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The commit that made it.
    pub revision: Revision,
    /// The access engine.
    pub engine: policy::Snapshot,
    /// Ended sessions and living keys.
    pub credentials: Credentials,
    /// Live settings.
    pub settings: Settings,
    /// Realms, applications and their routes.
    pub roots: Roots,
}

impl State {
    /// Applies one change.
    pub fn apply(&mut self, change: &Change) -> Result<(), policy::ChangeRefused> {
        match change {
            Change::Engine(change) => self.engine.apply(change)?,
            Change::SessionEnded { session, until } => {
                self.credentials.end_session(*session, *until)
            }
            Change::ApiKeySaved { key, facts } => {
                self.credentials.save_api_key(*key, facts.clone())
            }
            Change::ApiKeyRevoked { key } => self.credentials.revoke_api_key(*key),
            Change::SettingSaved { key, value } => self.settings.save(key, value.as_deref()),
            Change::RealmSaved { id, name } => self.roots.save_realm(*id, name),
            Change::RealmDeleted { id } => self.roots.delete_realm(*id),
            Change::ApplicationSaved { id, name, realm } => {
                self.roots.save_application(*id, name, *realm);
            }
            Change::ApplicationDeleted { id } => self.roots.delete_application(*id),
            Change::RoutesSaved { application, table } => {
                self.roots.save_routes(*application, table);
            }
        }
        Ok(())
    }
}

/// A state that is being built at the start, from rows that the capabilities stream as changes.
#[derive(Debug)]
pub struct Loading(State);

impl Loading {
    /// An empty state at the revision that the reading transaction sees.
    pub fn new(revision: Revision, pinned: BTreeMap<String, String>) -> Self {
        Self(State { revision, settings: Settings::new(pinned), ..State::default() })
    }

    /// The tree, which comes before everything else that the engine is told.
    pub fn tree(&mut self, tree: policy::Snapshot) -> Result<(), StoreError> {
        if self.0.engine.count_nodes() > 0 {
            return Err(StoreError::Corrupt("the tree was loaded twice".into()));
        }
        self.0.engine = tree;
        Ok(())
    }

    /// One row as a change. A row that the engine refuses means a damaged database: the start fails.
    pub fn apply(&mut self, change: impl Into<Change>) -> Result<(), StoreError> {
        let change = change.into();
        self.0.apply(&change).map_err(|e| StoreError::Corrupt(format!("{e}: {change:?}")))
    }
}

/// What all requests share: cheap to clone inside its `Arc`.
pub struct System {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    audit_key: Zeroizing<[u8; 32]>,
    state: ArcSwap<State>,
    /// Writers of this process, one after the other.
    pub(crate) writing: Arc<Mutex<()>>,
    refusals: Refusals,
    cascades: Vec<Cascade>,
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System").field("revision", &self.state().revision).finish_non_exhaustive()
    }
}

impl System {
    /// Starts with a loaded state. `audit_key` signs the head of the audit chain and is not in the database.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        audit_key: [u8; 32],
        loaded: Loading,
        cascades: Vec<Cascade>,
    ) -> Arc<Self> {
        Arc::new(Self {
            database,
            clock,
            entropy,
            audit_key: Zeroizing::new(audit_key),
            state: ArcSwap::from_pointee(loaded.0),
            writing: Arc::default(),
            refusals: Refusals::default(),
            cascades,
        })
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The source of randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// The state that the last commit made.
    pub fn state(&self) -> Arc<State> {
        self.state.load_full()
    }

    /// The key of the audit chain's head.
    pub fn audit_key(&self) -> &[u8; 32] {
        &self.audit_key
    }

    /// What goes when a node goes, in this order.
    pub fn cascades(&self) -> &[Cascade] {
        &self.cascades
    }

    /// The refusals of this minute.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Makes a state the one that readers get.
    pub(crate) fn publish(&self, state: State) {
        self.state.store(Arc::new(state));
    }

    /// The state of the last commit, for who holds the write lock. Memory lags behind after a commit whose answer was
    /// lost; then it follows, for readers too.
    pub(crate) async fn follow(&self, run: &impl store::Run) -> Result<State, Problem> {
        let head = change_log::head(run).await?;
        let state = self.state();
        if state.revision > head {
            // An older copy was put in its place: what memory decides on was never written there.
            return Err(Problem::internal(format!(
                "the database is at revision {}, older than {} in memory; start the server anew",
                head.0, state.revision.0
            )));
        }
        if state.revision == head {
            return Ok(State::clone(&state));
        }
        let state = self.catch_up(run, head).await?;
        self.publish(state.clone());
        Ok(state)
    }

    async fn catch_up(&self, run: &impl store::Run, head: Revision) -> Result<State, Problem> {
        let mut state = State::clone(&self.state());
        while state.revision < head {
            let entries = change_log::after(run, state.revision, 1000).await?;
            if entries.is_empty() {
                return Err(Problem::internal("the change log ends before the head revision"));
            }
            for entry in entries {
                if entry.revision() != state.revision.next() {
                    return Err(Problem::internal("the change log has a gap"));
                }
                let changes: Vec<Change> =
                    serde_json::from_str(&entry.changes).map_err(Problem::internal)?;
                for change in &changes {
                    state.apply(change).map_err(Problem::internal)?;
                }
                state.revision = entry.revision();
            }
        }
        Ok(state)
    }
}
