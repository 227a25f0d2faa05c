//! A transaction that writes. It takes the write lock first, so what it decides on is what it changes; the change, the
//! change log and the audit event are one commit; readers see it when it is on disk.

use std::sync::Arc;

use kernel::{EventId, NodeId, PermissionName, Problem, Revision};
use policy::ChangeRefused;
use sea_orm::ConnectionTrait;
use store::{Run, WriteTransaction, change_log};
use tokio::sync::OwnedMutexGuard;

use crate::{
    action::{Action, OwnAction, Resource},
    audit_row,
    change::Change,
    ctx::Ctx,
    event::Event,
    idempotency,
    mirror::Written,
    permit::{self, Permitted},
    settle,
    system::State,
};

/// A writing transaction. Dropped without [`commit`](Self::commit) it leaves nothing, in the database or in memory.
#[derive(Debug)]
pub struct Writing {
    ctx: Ctx,
    transaction: WriteTransaction,
    /// The state as it will be: changes show in it as they are recorded.
    draft: State,
    changes: Vec<Change>,
    events: Vec<Event>,
    /// Users of whom the audit log forgets who they were.
    erased: Vec<NodeId>,
    _turn: OwnedMutexGuard<()>,
}

impl Writing {
    pub(crate) async fn begin(ctx: Ctx) -> Result<Self, Problem> {
        let writing = Self::begin_any(ctx).await?;
        writing.check_caller()?;
        if let Some(repeatable) = &writing.ctx.request().repeatable
            && !idempotency::take(&writing.transaction, &writing.ctx, repeatable).await?
        {
            return Err(Problem::conflict(
                "This Idempotency-Key was used already; its answer was not kept.",
            ));
        }
        Ok(writing)
    }

    /// Without asking whether the caller still is who he was: for audit events about him.
    pub(crate) async fn begin_any(ctx: Ctx) -> Result<Self, Problem> {
        let system = ctx.system().clone();
        let turn = system.writing.clone().lock_owned().await;
        let transaction = system.database().write().await?;
        let mut draft = system.follow(&transaction).await?;
        draft.credentials.forget_before(ctx.now());
        let (changes, events, erased) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { ctx, transaction, draft, changes, events, erased, _turn: turn })
    }

    /// The session, key or impersonation may have ended while this request waited for its turn.
    fn check_caller(&self) -> Result<(), Problem> {
        match self.draft.fault(self.ctx.caller(), self.ctx.now()) {
            None => Ok(()),
            Some(fault) => Err(Problem::credential(fault)),
        }
    }

    /// The state with what was recorded so far.
    pub fn state(&self) -> &State {
        &self.draft
    }

    /// The engine with what was recorded so far.
    pub fn engine(&self) -> &policy::Snapshot {
        &self.draft.engine
    }

    /// The request.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Asks the engine.
    pub fn permit<A: Action>(
        &self,
        resource: A::Resource,
    ) -> Result<Permitted<A, A::Resource>, Problem> {
        permit::permit(&self.ctx, &self.draft.engine, resource)
    }

    /// The proof for what users do to themselves: by being the one at whose node the thing stands.
    pub fn own<A: OwnAction>(
        &self,
        resource: A::Resource,
    ) -> Result<Permitted<A, A::Resource>, Problem> {
        permit::own(&self.ctx, resource)
    }

    /// Whether the caller may, without a trace.
    pub fn may(&self, permission: &PermissionName, node: NodeId) -> bool {
        permit::allowed(&self.ctx, &self.draft.engine, permission, node)
    }

    /// Records what the rows written in this transaction mean in memory. What the engine refuses (a cycle, a thing that
    /// is still referred to) is a conflict.
    pub fn record(&mut self, change: impl Into<Change>) -> Result<(), Problem> {
        let change = change.into();
        self.draft.apply(&change).map_err(|refused| match refused {
            ChangeRefused::PropertyNotKept(_) => Problem::internal(refused),
            refused => Problem::conflict(refused.to_string()),
        })?;
        self.changes.push(change);
        Ok(())
    }

    /// As [`record`](Self::record), for what may have conditions: the properties that they read and none has read until
    /// now come into memory before.
    pub async fn record_conditions(&mut self, change: policy::Change) -> Result<(), Problem> {
        let rows = self.ctx.system().properties();
        for name in self.draft.engine.unkept_properties(&change) {
            rows.give(&self.transaction, &mut self.draft.engine, &name).await?;
        }
        self.record(change)
    }

    /// Ends without a commit: nothing is written, in the database or in memory. What is left is the state as it would
    /// have been, and the changes that lead there.
    pub fn into_draft(self) -> (State, Vec<Change>) {
        (self.draft, self.changes)
    }

    /// What was recorded so far.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The ids of the things of this type that the audit events of this transaction are about.
    pub fn audited<'a>(&'a self, resource: &'a str) -> impl Iterator<Item = &'a str> {
        let about = self.events.iter().filter_map(|event| event.resource.as_ref());
        about.filter(move |(of, _)| *of == resource).map(|(_, id)| id.as_str())
    }

    /// Adds an audit event; a change without one is not committed.
    pub fn audit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// At the commit the audit log forgets who this user was, in the events of this transaction too: the proof is that he
    /// may be erased.
    pub fn erase_from_audit<A, T: Resource>(&mut self, user: &Permitted<A, T>) {
        self.erased.push(user.node());
    }

    /// Commits, publishes, and tells the revision. It goes on when the client leaves.
    pub async fn commit(self) -> Result<Revision, Problem> {
        if self.events.is_empty() {
            return Err(Problem::internal("a write without an audit event"));
        }
        let ctx = self.ctx.clone();
        let finished = tokio::spawn(self.finish()).await;
        let revision = finished.map_err(Problem::internal)??;
        ctx.note_revision(revision);
        Ok(revision)
    }

    async fn finish(mut self) -> Result<Revision, Problem> {
        let last = self.write_events().await?;
        let written = match self.ctx.system().mirror() {
            Some(mirror) => mirror.write(&self).await?,
            None => None,
        };
        self.commit_rows(last, written).await
    }

    /// Audit and change log; tells the last event.
    async fn write_events(&mut self) -> Result<Option<EventId>, Problem> {
        let last = audit_row::append(&self.transaction, &self.ctx, &self.events).await?;
        for user in &self.erased {
            audit_row::erase(&self.transaction, *user).await?;
        }
        // Without a change that memory knows of there is no revision, so nobody has to follow.
        if !self.changes.is_empty() {
            let (text, now) = (serde_json::to_string(&self.changes), self.ctx.now());
            let text = text.map_err(Problem::internal)?;
            self.draft.revision = change_log::append(&self.transaction, now, &text).await?;
            self.draft.written_at = store::micros(now);
        }
        Ok(last)
    }

    async fn commit_rows(
        self,
        last: Option<EventId>,
        written: Option<Written>,
    ) -> Result<Revision, Problem> {
        // The next writer has his turn when all of it is done.
        let Self { ctx, transaction, draft, changes, _turn, .. } = self;
        let committed = match transaction.commit().await {
            Ok(()) if changes.is_empty() => Ok(draft.revision),
            Ok(()) => {
                let revision = draft.revision;
                ctx.system().publish(Arc::new(draft));
                Ok(revision)
            }
            Err(store::StoreError::Broken) => Err(Problem::internal(store::StoreError::Broken)),
            Err(error) => settle::settle(ctx.system(), last, error).await.map(|()| draft.revision),
        };
        if let (Ok(_), Some(written)) = (&committed, written) {
            written();
        }
        committed
    }
}

impl Run for Writing {
    fn connection(&self) -> &impl ConnectionTrait {
        self.transaction.connection()
    }

    fn note_failure(&self) {
        self.transaction.note_failure();
    }
}

impl AsRef<WriteTransaction> for Writing {
    fn as_ref(&self) -> &WriteTransaction {
        &self.transaction
    }
}
