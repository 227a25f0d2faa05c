//! What all requests share.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use kernel::{Clock, Entropy, NodeId, Problem, ProblemKind, Revision};
use store::{
    Database, StoreError,
    change_log::{self, Entry, Look},
};
use tokio::sync::{Mutex, watch};
use zeroize::Zeroizing;

use crate::{
    active_role::DefaultRoles,
    cascade::Cascade,
    change::Change,
    computing::Computing,
    credentials::Credentials,
    freshness::{Freshness, Moment},
    ip_rules::IpRules,
    loading::Loaded,
    mirror::Mirror,
    properties::{PropertyRows, Unfilled},
    refusal::Refusals,
    roots::Roots,
    settings::Settings,
    throttle::Throttle,
};

/// Everything that is kept in memory, at one revision. Cheap to clone: its parts are shared until they change.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The commit that made it.
    pub revision: Revision,
    /// When the entry of that commit was written, in microseconds: with the revision it names one history.
    pub(crate) written_at: i64,
    /// The access engine.
    pub engine: policy::Snapshot,
    /// Ended sessions and living keys.
    pub credentials: Credentials,
    /// Live settings.
    pub settings: Settings,
    /// Realms, applications and their routes.
    pub roots: Roots,
    /// Which addresses may come in.
    pub ip_rules: IpRules,
    /// The default roles of users.
    pub default_roles: DefaultRoles,
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
            Change::IpRuleSaved { list, network } => self.ip_rules.save(*list, *network),
            Change::IpRuleDeleted { list, network } => self.ip_rules.delete(*list, *network),
            Change::DefaultRoleSaved { user, role } => self.default_roles.save(*user, *role),
        }
        Ok(())
    }
}

/// What all requests share: cheap to clone inside its `Arc`.
pub struct System {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    audit_key: Zeroizing<[u8; 32]>,
    state: ArcSwap<State>,
    /// Tells of each revision that readers get.
    published: watch::Sender<Revision>,
    epoch: i64,
    freshness: Freshness,
    /// Who brings memory up to the head, one after the other.
    advancing: Mutex<()>,
    /// Writers of this process, one after the other.
    pub(crate) writing: Arc<Mutex<()>>,
    refusals: Refusals,
    pub(crate) throttle: Throttle,
    computing: Computing,
    properties: PropertyRows,
    cascades: Vec<Cascade>,
    mirror: OnceLock<Arc<dyn Mirror>>,
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
        loaded: Loaded,
        cascades: Vec<Cascade>,
    ) -> Arc<Self> {
        Arc::new(Self {
            database,
            clock,
            entropy,
            audit_key: Zeroizing::new(audit_key),
            published: watch::Sender::new(loaded.state.revision),
            epoch: loaded.epoch,
            state: ArcSwap::from_pointee(loaded.state),
            freshness: Freshness::default(),
            advancing: Mutex::default(),
            writing: Arc::default(),
            refusals: Refusals::default(),
            throttle: Throttle::default(),
            computing: Computing::default(),
            properties: loaded.properties,
            cascades,
            mirror: OnceLock::new(),
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

    /// From now on each commit is written there too; once, at the start.
    pub fn mirror_to(&self, mirror: Arc<dyn Mirror>) -> Result<(), Problem> {
        self.mirror.set(mirror).map_err(|_| Problem::internal("there is a mirror already"))
    }

    /// Whether the users of this realm are written beside the database too.
    pub fn is_mirrored(&self, realm: NodeId) -> bool {
        self.mirror.get().is_some_and(|mirror| mirror.covers(realm))
    }

    /// What is written beside the database.
    pub(crate) fn mirror(&self) -> Option<&Arc<dyn Mirror>> {
        self.mirror.get()
    }

    /// What takes the processor for a while.
    pub fn computing(&self) -> &Computing {
        &self.computing
    }

    /// How the values of properties are read.
    pub(crate) fn properties(&self) -> PropertyRows {
        self.properties
    }

    /// The refusals of this minute.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Tells of each revision that readers get from now on.
    pub fn published(&self) -> watch::Receiver<Revision> {
        self.published.subscribe()
    }

    /// 503 when what is in memory is too old to decide or authenticate on. Whoever answers from [`state`](Self::state)
    /// alone asks this first; the gate does it for every HTTP request.
    pub fn check_fresh(&self) -> Result<(), Problem> {
        self.freshness.check(&*self.clock)
    }

    /// How long ago memory was last known to be at the head; none: it has not looked yet, or need not.
    pub fn age(&self) -> Option<Duration> {
        self.freshness.age(self.moment())
    }

    /// Waits until what is in memory cannot be right again, and says why: the process must end.
    pub async fn broken(&self) -> String {
        self.freshness.broken().await
    }

    pub(crate) fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment::of(&*self.clock)
    }

    /// Makes a state the one that readers get, unless they have a later one: a commit may be seen in the log before its
    /// writer has published it.
    pub(crate) fn publish(&self, state: Arc<State>) -> Arc<State> {
        self.state.rcu(|current| {
            let newer = if state.revision > current.revision { &state } else { current };
            newer.clone()
        });
        self.published.send_if_modified(|last| {
            let later = state.revision > *last;
            *last = state.revision.max(*last);
            later
        });
        state
    }

    /// The state of the last commit, for who holds the write lock. Memory lags behind what other servers wrote, and a
    /// commit whose answer was lost; then it follows, for readers too.
    pub(crate) async fn follow(&self, run: &impl store::Run) -> Result<State, Problem> {
        Ok(State::clone(&*self.head_state(run, self.state(), None).await?))
    }

    /// Makes sure that memory has this revision, which a client has seen; 503 when the database has not.
    pub async fn see(&self, seen: Revision) -> Result<(), Problem> {
        if self.state().revision >= seen {
            return Ok(());
        }
        // Memory first: it holds nothing that is not committed, so the transaction sees all that it knows, or more.
        let known = self.state();
        let read = self.database.read().await?;
        self.head_state(&read, known, Some(seen)).await.map(drop)
    }

    /// The state of the head that this transaction sees. `known` was taken before it began.
    pub(crate) async fn head_state(
        &self,
        run: &impl store::Run,
        known: Arc<State>,
        seen: Option<Revision>,
    ) -> Result<Arc<State>, Problem> {
        let look = change_log::look(run, known.revision).await?;
        self.check_history(&known, &look)?;
        if seen.is_some_and(|seen| seen > look.revision) {
            let detail = "The database has not yet seen the revision asked for.";
            return Err(Problem::new(ProblemKind::Unavailable, detail).retry_after(1));
        }
        self.reach(run, known, look.revision).await
    }

    /// The state of exactly this revision, from one that is not later, by the entries that this transaction sees; its
    /// head is `to`.
    pub(crate) async fn reach(
        &self,
        run: &impl store::Run,
        from: Arc<State>,
        to: Revision,
    ) -> Result<Arc<State>, Problem> {
        let mut state = from;
        while state.revision < to {
            let entries = change_log::after(run, state.revision, ENTRIES).await?;
            match self.advance(state.clone(), entries, to).await? {
                Some(next) => state = next,
                None => return self.reach_and_fill(run, state, to).await,
            }
        }
        Ok(state)
    }

    /// Applies entries that follow on `from`, up to `to` at most, and publishes what comes of it. None: they make
    /// conditions read properties that are not in memory; somebody who sees the rows must go on.
    pub(crate) async fn advance(
        &self,
        from: Arc<State>,
        entries: Vec<Entry>,
        to: Revision,
    ) -> Result<Option<Arc<State>>, Problem> {
        let _turn = self.advancing.lock().await;
        let from = self.latest(from, to);
        // Somebody else came as far as these entries lead, or farther: they say nothing new.
        let is_known = entries.last().is_some_and(|last| last.revision() <= from.revision);
        if from.revision == to || is_known {
            return Ok(Some(from));
        }
        let unfilled = self.applied(Unfilled::new(State::clone(&from)), entries, to).await?;
        Ok(unfilled.complete().map(|state| self.publish(Arc::new(state))))
    }

    /// As [`reach`](Self::reach), with properties that come into memory. This transaction sees their values as of `to`:
    /// with anything else from before `to` they may say what was never so. So nothing in between is published.
    async fn reach_and_fill(
        &self,
        run: &impl store::Run,
        from: Arc<State>,
        to: Revision,
    ) -> Result<Arc<State>, Problem> {
        let turn = self.advancing.lock().await;
        let from = self.latest(from, to);
        if from.revision == to {
            return Ok(from);
        }
        // Whoever is behind already does it for himself; the others need not wait for him.
        let _turn = (self.state().revision <= to).then_some(turn);
        let mut unfilled = Unfilled::new(State::clone(&from));
        while unfilled.state.revision < to {
            let entries = change_log::after(run, unfilled.state.revision, ENTRIES).await?;
            unfilled = self.applied(unfilled, entries, to).await?;
        }
        match unfilled.fill(run, self.properties).await {
            Ok(state) => Ok(self.publish(Arc::new(state))),
            Err(StoreError::Corrupt(reason)) => Err(self.fail(reason)),
            Err(error) => Err(error.into()),
        }
    }

    /// What is in memory by now, if it is between the two: somebody else may have done it, or a part of it, while this one
    /// read or waited.
    fn latest(&self, from: Arc<State>, to: Revision) -> Arc<State> {
        let current = self.state();
        if (from.revision..=to).contains(&current.revision) { current } else { from }
    }

    /// The state after these entries. A world file may be one entry of many megabytes: not on a thread that answers
    /// requests.
    async fn applied(
        &self,
        from: Unfilled,
        entries: Vec<Entry>,
        to: Revision,
    ) -> Result<Unfilled, Problem> {
        let applied = tokio::task::spawn_blocking(move || applied(from, &entries, to)).await;
        applied.map_err(Problem::internal)?.map_err(|reason| self.fail(reason))
    }

    /// Whether memory is a part of the history that the database has, under the rules that were in force at the start.
    pub(crate) fn check_history(&self, known: &State, look: &Look) -> Result<(), Problem> {
        if look.epoch != self.epoch {
            return Err(self.fail(
                "the schema or the keys of the database were changed while it could not be reached; start the server anew".into(),
            ));
        }
        if known.revision > look.revision {
            // An older copy was put in its place: what memory decides on was never written there.
            return Err(self.fail(format!(
                "the database is at revision {}, older than {} in memory; start the server anew",
                look.revision.0, known.revision.0
            )));
        }
        let is_same = match look.known_at {
            Some(at) => at == known.written_at,
            None => known.revision == Revision(0),
        };
        if is_same {
            return Ok(());
        }
        Err(self.fail(format!(
            "revision {} in memory is not, or no longer, in the change log: the database was replaced, or this server was behind for longer than the log reaches back; start the server anew",
            known.revision.0
        )))
    }

    /// Nothing that is in memory counts any more.
    fn fail(&self, reason: String) -> Problem {
        let problem = Problem::internal(reason.clone());
        self.freshness.fail(reason);
        problem
    }
}

/// How many entries are read at once.
pub(crate) const ENTRIES: i64 = 1000;

/// The state after these entries, or why they cannot be applied.
fn applied(from: Unfilled, entries: &[Entry], to: Revision) -> Result<Unfilled, String> {
    let first = from.state.revision;
    let mut reached = from;
    for entry in entries {
        let revision = entry.revision();
        let known = reached.state.revision;
        if revision <= known {
            continue;
        }
        if revision > to {
            break;
        }
        if revision != known.next() {
            return Err(format!(
                "the change log has no entry between {} and {}",
                known.0, revision.0
            ));
        }
        // Refused as a whole: what a newer release has written may mean anything.
        let changes: Vec<Change> = serde_json::from_str(&entry.changes).map_err(|error| {
            format!(
                "revision {} is not understood, a newer release may have written it: {error}",
                revision.0
            )
        })?;
        for change in &changes {
            let refused = |error| format!("revision {} cannot be applied: {error}", revision.0);
            reached.apply(change).map_err(refused)?;
        }
        reached.state.revision = revision;
        reached.state.written_at = entry.at;
    }
    if reached.state.revision == first {
        return Err(format!(
            "the change log ends at {}, before the head revision {}",
            first.0, to.0
        ));
    }
    Ok(reached)
}
