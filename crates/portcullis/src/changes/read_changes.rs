//! `GET /api/v1/changes`: what each commit changed, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use context::Reading;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use kernel::{NodeId, Problem, ProblemKind, Revision};
use serde::Deserialize;
use store::change_log;
use utoipa::IntoParams;
use web::{Op, Query};

use super::{ReadChanges, stream::Streams};

/// Sent by a browser that connects again.
const LAST_EVENT_ID: &str = "last-event-id";
/// Tells nginx to pass on each event at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    /// The last revision that the caller has; absent: the present one. The header `Last-Event-ID` wins.
    after: Option<u64>,
}

/// Follows what changes: one event for each revision.
#[utoipa::path(get, path = "/api/v1/changes", tag = "changes", operation_id = "read_changes",
    params(ChangesQuery, ("Last-Event-ID" = Option<u64>, Header, description = "The last revision that the caller has")),
    responses((status = 200, body = String, content_type = "text/event-stream", description = "Events; see docs/guide/changes.md"),
        (status = 403, body = web::ProblemBody),
        (status = 410, body = web::ProblemBody, description = "The log does not reach back that far: copy anew"),
        (status = 503, body = web::ProblemBody, description = "Too many streams, or the server is catching up")),
    extensions(("x-permission" = json!("changes:read"))))]
pub async fn handle(
    Op(ctx): Op,
    State(streams): State<Streams>,
    Query(query): Query<ChangesQuery>,
    headers: HeaderMap,
) -> web::Result<Response> {
    let read = ctx.read().await?;
    read.permit::<ReadChanges>(NodeId::GLOBAL).map(drop)?;
    let after = after(&headers, &query)?.unwrap_or(read.state().revision);
    check_reaches(&read, after).await?;
    drop(read);
    let body = Body::from_stream(streams.open(ctx, after)?);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

fn after(headers: &HeaderMap, query: &ChangesQuery) -> Result<Option<Revision>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(query.after.map(Revision)) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok()).map(Revision);
    number.map(Some).ok_or_else(|| {
        Problem::new(ProblemKind::BadRequest, "Last-Event-ID must be a revision's number.")
    })
}

/// 410 when the log does not have all that comes after this revision.
async fn check_reaches(read: &Reading, after: Revision) -> Result<(), Problem> {
    let head = read.state().revision;
    if after == head {
        return Ok(());
    }
    let oldest = change_log::oldest(read).await?;
    if after < head && oldest.is_some_and(|oldest| oldest <= after.next()) {
        return Ok(());
    }
    let detail = "The change log does not have all that came after this revision: copy anew.";
    Err(Problem::new(ProblemKind::Gone, detail))
}
