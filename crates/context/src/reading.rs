//! A transaction that reads: rows and engine of one revision, so that a scope computed from the engine's labels means
//! the same nodes in SQL.

use std::sync::Arc;

use kernel::{NodeId, PermissionName, Problem, ProblemKind};
use sea_orm::ConnectionTrait;
use store::{ReadTransaction, Run, change_log};

use crate::{
    action::{Action, Resource},
    ctx::Ctx,
    permit::{self, Permitted},
    scope::Scope,
    system::State,
    writing::Writing,
};

/// How often to look again for a state of the revision that the rows have. Each time a commit came in between.
const TRIES: u32 = 100;

/// A reading transaction with the engine of the same revision.
#[derive(Debug)]
pub struct Reading {
    ctx: Ctx,
    transaction: ReadTransaction,
    state: Arc<State>,
}

impl Reading {
    pub(crate) async fn begin(ctx: Ctx) -> Result<Self, Problem> {
        for attempt in 0..TRIES {
            if attempt == TRIES / 2 {
                // The last commit's answer may have been lost: a writer's turn brings memory up to the head.
                drop(Writing::begin_any(ctx.clone()).await?);
            }
            let transaction = ctx.system().database().read().await?;
            let head = change_log::head(&transaction).await?;
            if ctx.request().seen.is_some_and(|seen| seen > head) {
                return Err(behind());
            }
            let state = ctx.system().state();
            if state.revision == head {
                return Ok(Self { ctx, transaction, state });
            }
            // Either a commit came between the two, or it is committed and about to be published.
            drop(transaction);
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        Err(behind())
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The engine.
    pub fn engine(&self) -> &policy::Snapshot {
        &self.state.engine
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
        permit::permit(&self.ctx, &self.state.engine, resource)
    }

    /// Whether the caller may, without a trace.
    pub fn may(&self, permission: &PermissionName, node: NodeId) -> bool {
        permit::allowed(&self.ctx, &self.state.engine, permission, node)
    }

    /// Which nodes a list of this action may show.
    pub fn scope<A: Action>(&self) -> Result<Scope<A>, Problem>
    where
        A::Resource: Resource,
    {
        Scope::compute(&self.ctx, &self.state.engine)
    }

    pub(crate) fn into_state(self) -> Arc<State> {
        self.state
    }
}

fn behind() -> Problem {
    Problem::new(ProblemKind::Unavailable, "This server has not yet seen the revision asked for.")
        .retry_after(1)
}

impl Run for Reading {
    fn connection(&self) -> &impl ConnectionTrait {
        self.transaction.connection()
    }
}
