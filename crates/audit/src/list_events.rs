//! `GET /api/v1/audit/events`

use ::store::micros;
use context::{Action, Reading, action::parse};
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use web::{Json, Op, Page, Query, page};

use crate::{
    model::EventView,
    store::{self, Filter},
};

/// Reading the audit log: `audit:read` at the node that an event is about; events of nodes that are gone, at `$global`.
#[derive(Debug)]
pub struct ReadAudit;

impl Action for ReadAudit {
    type Resource = NodeId;
    const PERMISSION: &'static str = "audit:read";
}

/// What to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// How many, 1 to 500.
    limit: Option<u32>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The class, `LOGIN_FAILED`.
    event_type: Option<String>,
    /// The operation, `user.lock`.
    action: Option<String>,
    /// Only successes, or only failures.
    success: Option<bool>,
    /// The id of the user or service account that acted, or that it happened to.
    user_id: Option<Uuid>,
    /// The type of the thing, `role`.
    resource_type: Option<String>,
    /// The id of the thing.
    resource_id: Option<String>,
    /// The request.
    request_id: Option<String>,
    /// From this moment on (RFC 3339).
    #[param(value_type = Option<String>)]
    since: Option<Timestamp>,
    /// Before this moment (RFC 3339).
    #[param(value_type = Option<String>)]
    until: Option<Timestamp>,
}

/// Lists events that the caller may read, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit/events", tag = "audit", operation_id = "list_audit_events", params(EventQuery),
    responses((status = 200, body = Page<EventView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("audit:read")))
)]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<EventQuery>,
) -> web::Result<Json<Page<EventView>>> {
    let limit = page::limit(query.limit)?;
    let read = ctx.read().await?;
    let readable = readable(&read)?;
    let mut filter = filter(&query)?;
    filter.and_plain(readable);
    let rows = store::newest(&read, filter, limit + 1).await?;
    let page = Page::cut(rows, limit, |row| row.sequence);
    let items = page.items.into_iter().map(EventView::try_from).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: None }))
}

/// The events that the caller may read, as a condition on `n`, the event's node if it is still there.
pub(crate) fn readable(read: &Reading) -> Result<String, Problem> {
    let scope = read.scope::<ReadAudit>()?;
    if scope.is_empty() {
        // Not an empty page: who may read nothing is told so, and it is audited.
        read.permit::<ReadAudit>(NodeId::GLOBAL).map(drop)?;
    }
    let everywhere = read.may(&parse(ReadAudit::PERMISSION)?, NodeId::GLOBAL);
    let gone = if everywhere { "n.id IS NULL OR " } else { "" };
    Ok(format!("({gone}{})", scope.sql("n.label")))
}

fn filter(query: &EventQuery) -> Result<Filter, Problem> {
    let mut filter = Filter::default();
    if let Some(before) = page::from_cursor::<i64>(query.cursor.as_deref())? {
        filter.and("e.sequence < ?", before);
    }
    let texts = [
        ("e.event_type = ?", &query.event_type),
        ("e.action = ?", &query.action),
        ("e.resource_type = ?", &query.resource_type),
        ("e.resource_id = ?", &query.resource_id),
        ("e.request_id = ?", &query.request_id),
    ];
    for (part, text) in texts {
        filter.and_text(part, text.as_deref());
    }
    if let Some(success) = query.success {
        filter.and("e.success = ?", success);
    }
    if let Some(user) = query.user_id {
        filter.and("e.user_id = ?", user);
    }
    if let Some(since) = query.since {
        filter.and("e.at >= ?", micros(since));
    }
    if let Some(until) = query.until {
        filter.and("e.at < ?", micros(until));
    }
    Ok(filter)
}
