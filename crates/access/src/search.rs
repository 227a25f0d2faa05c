//! Searches as the routes of this crate make them. Where conditions decide node by node, or a kind is asked for, a search
//! may take long: then it waits for its turn, and is given up.

use std::{sync::Arc, time::Duration};

use context::{Ctx, Reading, computing::Awaited};
use jiff::Timestamp;
use kernel::{NodeId, NodeKind, PermissionName, Problem, ProblemKind};
use policy::{
    AllowedNodes, AllowedSubjects, Context, Found, NodeSearch, Position, Principal, Snapshot,
    SubjectSearch,
};

use crate::ask::{self, INSPECT};

/// How long a page, or the subjects, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the number of all may take: it is told where it is found.
const PATIENCE_WITH_TOTAL: Duration = Duration::from_secs(2);

/// At which nodes?
#[derive(Debug, Clone)]
pub(crate) struct Nodes(Arc<Wanted>);

#[derive(Debug)]
struct Wanted {
    engine: Snapshot,
    principal: Principal,
    permission: PermissionName,
    under: Option<NodeId>,
    kind: Option<NodeKind>,
    /// Who is told, and what he needs to be told of a node.
    told: Option<(Principal, PermissionName)>,
    context: Context,
    now: Timestamp,
}

impl Nodes {
    /// Below a node, or anywhere. Whether it is told only where the caller holds `access:inspect` is for the route to say.
    pub(crate) fn new(
        read: &Reading,
        found: &ask::Found,
        permission: PermissionName,
        (under, kind): (Option<NodeId>, Option<NodeKind>),
        is_inspected: bool,
    ) -> Result<Self, Problem> {
        let ctx = read.ctx();
        let question = found.question(ctx);
        let inspect = context::action::parse(INSPECT)?;
        Ok(Self(Arc::new(Wanted {
            engine: read.state().engine.clone(),
            principal: question.principal.clone(),
            permission,
            under,
            kind,
            told: is_inspected.then(|| (ctx.principal().clone(), inspect)),
            context: question.context.clone(),
            now: question.now,
        })))
    }

    /// A page. 422 if that takes too long.
    pub(crate) async fn page(
        &self,
        ctx: &Ctx,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Found<NodeId, Position>, Problem> {
        let page = move |nodes: AllowedNodes<'_>| nodes.page(after.as_ref(), limit).ok();
        self.ask(ctx, PATIENCE, page).await?.ok_or_else(too_long)
    }

    /// How many there are; `None` if that takes too long.
    pub(crate) async fn total(&self, ctx: &Ctx) -> Result<Option<u64>, Problem> {
        let total = |nodes: AllowedNodes<'_>| nodes.total().ok();
        Ok(self.ask(ctx, PATIENCE_WITH_TOTAL, total).await?.map(|total| total as u64))
    }

    async fn ask<T: Send + 'static>(
        &self,
        ctx: &Ctx,
        patience: Duration,
        ask: impl FnOnce(AllowedNodes<'_>) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, Problem> {
        if let Some(nodes) = Some(self.0.search()).filter(|nodes| !nodes.may_take_long()) {
            return Ok(ask(nodes));
        }
        let wanted = self.0.clone();
        let work = move |awaited: &Awaited| {
            let goes_on = || awaited.goes_on();
            ask(wanted.search().while_goes_on(&goes_on))
        };
        ctx.system().computing().run(patience, work).await
    }
}

impl Wanted {
    fn search(&self) -> AllowedNodes<'_> {
        self.engine.nodes(&NodeSearch {
            principal: &self.principal,
            permission: &self.permission,
            under: self.under,
            kind: self.kind.as_ref(),
            told: self.told.as_ref().map(|(who, what)| (who, what)),
            context: &self.context,
            now: self.now,
        })
    }
}

/// Who may do this at the node of the question? 422 if it takes too long to find out.
pub(crate) async fn subjects(
    read: &Reading,
    found: &ask::Found,
    permission: PermissionName,
) -> Result<AllowedSubjects, Problem> {
    let (ctx, engine) = (read.ctx(), read.state().engine.clone());
    let question = found.question(ctx);
    let (node, context, now) = (question.node, question.context.clone(), question.now);
    let work = move |_: &Awaited| {
        let search = SubjectSearch { permission: &permission, node, context: &context, now };
        Some(engine.subjects(&search))
    };
    ctx.system().computing().run(PATIENCE, work).await?.ok_or_else(too_long)
}

fn too_long() -> Problem {
    let what = "The question takes too long to answer; ask about a part of it.";
    Problem::new(ProblemKind::Invalid, what)
        .and_field("", format!("takes longer than {PATIENCE:?}"))
}
