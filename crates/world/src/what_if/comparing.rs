//! The comparison. It takes the processor for a while, so only a few run at a time, none for long, and none on the threads
//! that serve the others; the write lock was given back before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use context::Ctx;
use kernel::{PermissionName, Problem, ProblemKind};
use policy::{
    Change, WhatIf,
    what_if::{Limits, Outcome, Unanswered},
};
use tokio::sync::Semaphore;

use super::{BUILT_IN, draft::Draft, input::Asked};

/// How long one waits for its turn.
const QUEUE: Duration = Duration::from_secs(5);
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much one compares.
const LIMITS: Limits = Limits { subjects: 200_000, sets: 1_000_000 };

/// The comparisons of this server: on half of the processors, at least one; the others wait.
#[derive(Debug, Clone)]
pub struct Comparing(Arc<Semaphore>);

impl Default for Comparing {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |number| number.get());
        Self(Arc::new(Semaphore::new((processors / 2).max(1))))
    }
}

/// Tells the comparison to stop when nobody waits for it any more.
struct Patience(Arc<AtomicBool>);

impl Drop for Patience {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Comparing {
    /// Compares, or tells why that is too much.
    pub(super) async fn run(
        &self,
        ctx: &Ctx,
        draft: Draft,
        asked: Asked,
    ) -> Result<(Draft, Outcome), Problem> {
        let turn = tokio::time::timeout(QUEUE, self.0.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.map_err(Problem::internal)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let _patience = Patience(stopped.clone());
        let ctx = ctx.clone();
        let compared = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let outcome = compare(&ctx, &draft, &asked, &stopped)?;
            Ok((draft, outcome))
        });
        match tokio::time::timeout(PATIENCE, compared).await {
            Ok(done) => done.map_err(Problem::internal)?,
            Err(_) => Err(refuse(Unanswered::Stopped)),
        }
    }
}

fn compare(
    ctx: &Ctx,
    draft: &Draft,
    asked: &Asked,
    stopped: &AtomicBool,
) -> Result<Outcome, Problem> {
    let changes: Vec<&Change> = draft.changes.iter().collect();
    let inspect = super::inspect()?;
    let what_if = WhatIf {
        before: &draft.before.engine,
        after: &draft.after.engine,
        changes: &changes,
        now: ctx.now(),
        more: &built_in()?,
        permissions: asked.permissions.as_deref(),
        subjects: draft.subjects.as_deref(),
        seen_by: Some((ctx.principal(), &inspect)),
        limits: LIMITS,
        goes_on: &|| !stopped.load(Ordering::Relaxed),
    };
    what_if.ask(asked.part).map_err(refuse)
}

fn built_in() -> Result<Vec<PermissionName>, Problem> {
    let sections = crate::apply::live_settings().map(|s| format!("settings:{}", s.section()));
    let all = BUILT_IN.into_iter().map(str::to_owned).chain(sections);
    all.map(|name| context::action::parse(&name)).collect()
}

fn busy() -> Problem {
    Problem::new(ProblemKind::Unavailable, "Others compare changes at this moment.").retry_after(5)
}

/// Too much to compare: no answer is better than a part of one.
fn refuse(unanswered: Unanswered) -> Problem {
    let why = match unanswered {
        Unanswered::Stopped => format!("the comparison takes longer than {PATIENCE:?}"),
        other => other.to_string(),
    };
    let what = "It is too large to answer; name 'subjects' or 'permissions', or change less.";
    Problem::new(ProblemKind::Invalid, what).and_field("", why)
}
