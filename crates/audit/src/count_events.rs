//! `GET /api/v1/audit/counts`

use ::store::{StoreError, from_micros, micros};
use context::Reading;
use jiff::{SignedDuration, Timestamp};
use kernel::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Query};

use crate::{
    list_events::readable,
    store::{self, Filter},
};

/// How many steps one answer may have: a month of hours, and more.
const MOST_STEPS: i64 = 1000;
/// How many users are named as those with the most.
const MOST_USERS: i64 = 10;

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// An hour.
    Hour,
    /// 24 hours.
    Day,
}

impl Step {
    fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 1,
            Self::Day => 24,
        })
    }

    /// How far back it is counted where nothing is said.
    fn usual_range(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 24,
            Self::Day => 30 * 24,
        })
    }
}

/// What to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountQuery {
    /// From this moment on (RFC 3339), where the first step begins; absent: 24 hours before `until`, or 30 days with
    /// `step=day`.
    #[param(value_type = Option<String>)]
    since: Option<Timestamp>,
    /// Before this moment (RFC 3339); absent: now. At most 1000 steps after `since`.
    #[param(value_type = Option<String>)]
    until: Option<Timestamp>,
    /// How long a step is; absent: an hour.
    #[param(inline)]
    step: Option<Step>,
    /// Only this class, `LOGIN_FAILED`.
    event_type: Option<String>,
    /// Only this operation, `user.lock`.
    action: Option<String>,
}

/// How many events there were.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventCounts {
    /// Where the first step begins (RFC 3339).
    pub since: String,
    /// Where the last one ends (RFC 3339).
    pub until: String,
    /// How long a step is.
    pub step: Step,
    /// The numbers that are not zero, by step, class and success.
    pub counts: Vec<StepCount>,
    /// The users to whom most was refused (`ACCESS_DENIED`), at most ten.
    pub most_refused: Vec<UserCount>,
    /// The users with the most failed sign-ins (`LOGIN_FAILED`), at most ten.
    pub most_failing: Vec<UserCount>,
}

/// How many events of a class there were in a step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepCount {
    /// Where the step begins (RFC 3339).
    pub at: String,
    /// The class: `LOGIN`, `ROLE_CHANGE`, ...
    pub event_type: String,
    /// Whether they succeeded.
    pub success: bool,
    /// How many.
    pub count: i64,
}

/// How many events of a class there were with a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserCount {
    /// The user or service account; absent: nobody that is known.
    pub user_id: Option<String>,
    /// How many.
    pub count: i64,
}

/// Counts the events that the caller may read, in steps of an hour or a day.
#[utoipa::path(
    get, path = "/api/v1/audit/counts", tag = "audit", operation_id = "count_audit_events", params(CountQuery),
    responses((status = 200, body = EventCounts), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("audit:read")))
)]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<CountQuery>,
) -> web::Result<Json<EventCounts>> {
    let range = Range::of(&query, ctx.now())?;
    let read = ctx.read().await?;
    Ok(Json(run(&read, &query, &range).await?))
}

async fn run(read: &Reading, query: &CountQuery, range: &Range) -> Result<EventCounts, Problem> {
    let steps = store::per_step(read, filter(read, query, range)?, range.width()).await?;
    let counts = steps.into_iter().map(|row| range.count(row)).collect::<Result<_, _>>()?;
    Ok(EventCounts {
        since: range.since.to_string(),
        until: range.until.to_string(),
        step: range.step,
        counts,
        most_refused: most(read, query, range, "ACCESS_DENIED").await?,
        most_failing: most(read, query, range, "LOGIN_FAILED").await?,
    })
}

async fn most(
    read: &Reading,
    query: &CountQuery,
    range: &Range,
    event_type: &str,
) -> Result<Vec<UserCount>, Problem> {
    let mut filter = filter(read, query, range)?;
    filter.and("e.event_type = ?", event_type);
    let rows = store::per_user(read, filter, MOST_USERS).await?;
    let shown = rows
        .into_iter()
        .map(|row| UserCount { user_id: row.user_id.map(|id| id.to_string()), count: row.events });
    Ok(shown.collect())
}

/// The events to count; the beginning is the first parameter.
fn filter(read: &Reading, query: &CountQuery, range: &Range) -> Result<Filter, Problem> {
    let mut filter = Filter::default();
    filter.and("e.at >= ?", micros(range.since));
    filter.and("e.at < ?", micros(range.until));
    filter.and_text("e.event_type = ?", query.event_type.as_deref());
    filter.and_text("e.action = ?", query.action.as_deref());
    filter.and_plain(readable(read)?);
    Ok(filter)
}

/// From when to when, and how finely.
struct Range {
    since: Timestamp,
    until: Timestamp,
    step: Step,
}

impl Range {
    fn of(query: &CountQuery, now: Timestamp) -> Result<Self, Problem> {
        let step = query.step.unwrap_or(Step::Hour);
        let until = query.until.unwrap_or(now);
        let since = match query.since {
            Some(since) => since,
            None => until
                .checked_sub(step.usual_range())
                .map_err(|_| refuse("until is too long ago."))?,
        };
        if since >= until {
            return Err(refuse("since must be before until."));
        }
        let range = Self { since, until, step };
        if micros(until) - micros(since) > range.width() * MOST_STEPS {
            return Err(refuse("since and until must not be more than 1000 steps apart."));
        }
        Ok(range)
    }

    /// The length of a step, in microseconds.
    fn width(&self) -> i64 {
        self.step.duration().as_secs() * 1_000_000
    }

    fn count(&self, row: store::StepRow) -> Result<StepCount, Problem> {
        let at = from_micros(micros(self.since) + row.step * self.width())
            .map_err(|e: StoreError| Problem::internal(e))?;
        Ok(StepCount {
            at: at.to_string(),
            event_type: row.event_type,
            success: row.success,
            count: row.events,
        })
    }
}

fn refuse(detail: &str) -> Problem {
    Problem::new(ProblemKind::BadRequest, detail)
}
