//! A transaction that reads: rows and engine of one revision, so that a scope computed from the engine's labels means
//! the same nodes in SQL.

use std::sync::Arc;

use kernel::{NodeId, PermissionName, Problem};
use sea_orm::ConnectionTrait;
use store::{ReadTransaction, Run};

use crate::{
    action::{Action, Resource},
    ctx::Ctx,
    permit::{self, Permitted},
    scope::Scope,
    system::State,
};

/// A reading transaction with the engine of the same revision.
#[derive(Debug)]
pub struct Reading {
    ctx: Ctx,
    transaction: ReadTransaction,
    state: Arc<State>,
}

impl Reading {
    pub(crate) async fn begin(ctx: Ctx) -> Result<Self, Problem> {
        // Memory first: it holds nothing that is not committed, so the transaction sees all that it knows, or more.
        let known = ctx.system().state();
        let transaction = ctx.system().database().read().await?;
        let state = ctx.system().head_state(&transaction, known, ctx.request().seen).await?;
        Ok(Self { ctx, transaction, state })
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

impl Run for Reading {
    fn connection(&self) -> &impl ConnectionTrait {
        self.transaction.connection()
    }
}
