//! The comparison, after the write lock was given back.

use std::time::Duration;

use context::{Ctx, computing::Awaited};
use kernel::{PermissionName, Problem, ProblemKind};
use policy::{
    Change, WhatIf,
    what_if::{Limits, Outcome, Unanswered},
};

use super::{draft::Draft, input::Asked};

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much one compares.
const LIMITS: Limits = Limits { subjects: 200_000, sets: 1_000_000 };

/// Compares, or tells why that is too much.
pub(super) async fn run(
    ctx: &Ctx,
    draft: Draft,
    asked: Asked,
) -> Result<(Draft, Outcome), Problem> {
    let own = ctx.clone();
    let work = move |awaited: &Awaited| {
        let outcome = compare(&own, &draft, &asked, awaited);
        Some(outcome.map(|outcome| (draft, outcome)))
    };
    let compared = ctx.system().computing().run(PATIENCE, work).await?;
    compared.unwrap_or_else(|| Err(refuse(Unanswered::Stopped)))
}

fn compare(ctx: &Ctx, draft: &Draft, asked: &Asked, awaited: &Awaited) -> Result<Outcome, Problem> {
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
        goes_on: &|| awaited.goes_on(),
    };
    what_if.ask(asked.part).map_err(refuse)
}

fn built_in() -> Result<Vec<PermissionName>, Problem> {
    let sections = crate::apply::live_settings().map(|s| format!("settings:{}", s.section()));
    let all = access::built_in::BUILT_IN.into_iter().map(str::to_owned).chain(sections);
    all.map(|name| context::action::parse(&name)).collect()
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
