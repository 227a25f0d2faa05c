//! `GET /api/v1/source-locks`, `DELETE /api/v1/source-locks/{source}`: addresses that are locked out by their failures.

use std::sync::Arc;

use axum::extract::State;
use context::{
    Event, EventKind, Source,
    change_setting::{ChangeSettings, Section},
    ip_rules::parse_network,
};
use http::StatusCode;
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op, Page, PageQuery, Path, Query, page};

use crate::{settings::MAX_ATTEMPTS, signin::Signin, store::tries};

/// A source that is locked out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceLockView {
    /// An IPv4 address, or the /64 of IPv6 addresses.
    #[schema(example = "203.0.113.9")]
    pub source: String,
    /// The last of the failures.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

fn section() -> Section {
    Section(MAX_ATTEMPTS.section().to_owned())
}

/// The sources that are locked out now by failed sign-ins, at whatever names; `q` looks in the source.
#[utoipa::path(get, path = "/api/v1/source-locks", tag = "network", operation_id = "list_source_locks", params(PageQuery),
    responses((status = 200, body = Page<SourceLockView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:lockout"))))]
pub async fn list(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<SourceLockView>>> {
    let read = ctx.read().await?;
    read.permit::<ChangeSettings>(section()).map(drop)?;
    let limit = page::limit(query.limit)?;
    let after: Option<String> = page::from_cursor(query.cursor.as_deref())?;
    let like = query.q.as_deref().map_or("%".to_owned(), page::like);
    let after = after.unwrap_or_default();
    let found = tries::locked_sources(&read, &like, &after, ctx.now(), limit + 1).await?;
    let view = |(source, since, until)| SourceLockView { source, since, until };
    let views = found.into_iter().map(view).collect();
    Ok(Json(Page::cut(views, limit, |view: &SourceLockView| view.source.clone())))
}

/// Lets a source try again, and forgets its failures. 404 if it has none.
#[utoipa::path(delete, path = "/api/v1/source-locks/{source}", tag = "network", operation_id = "unlock_source",
    params(("source" = String, Path, description = "As the list tells it, or any address of it")),
    responses((status = 204, description = "It may try again"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:lockout"))))]
pub async fn unlock(
    State(signin): State<Arc<Signin>>,
    Op(ctx): Op,
    Path(source): Path<String>,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    tx.permit::<ChangeSettings>(section()).map(drop)?;
    let unknown = Source::of(None);
    let source = match parse_network(&source) {
        Ok(network) => Source::of(Some(network.addr())),
        Err(_) if source == unknown.to_string() => unknown,
        Err(_) => return Err(Problem::not_found("source").into()),
    };
    if !tries::forget_source(&tx, signin.source_counter(source)).await? {
        return Err(Problem::not_found("source").into());
    }
    let event = Event::new(EventKind::DataUpdate, "lockout.source.unlock");
    tx.audit(event.about("source", source, NodeId::GLOBAL));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
