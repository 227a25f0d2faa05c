//! Whether it lives, whether it is ready, how it is, and what it counts.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::Action;
use http::header;
use jiff::Timestamp;
use kernel::{NodeId, Problem, ProblemKind, permission::SETTINGS_ACCESS};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use store::{Run, StoreError, change_log};
use users_file::{UsersOnDisk, users_on_disk::UsersFileStatus};
use utoipa::ToSchema;
use web::{Json, Op, Public};

/// What `/status` and `/metrics` need beside the request.
#[derive(Clone)]
pub struct Vitals {
    /// When the server started.
    pub started_at: Timestamp,
    /// The counters; absent in an offline command.
    pub metrics: Option<PrometheusHandle>,
    /// The file with users, if there is one.
    pub users_file: Option<Arc<UsersOnDisk>>,
}

/// Seeing how the server is: `read` at `$global`.
#[derive(Debug)]
pub struct ReadStatus;

impl Action for ReadStatus {
    type Resource = NodeId;
    const PERMISSION: &'static str = "read";
}

/// The answer of `/health`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `healthy`, when it answers.
    #[schema(example = "healthy")]
    pub status: &'static str,
}

/// The answer of `/status`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// Always `running`, when it answers.
    pub status: &'static str,
    /// The release.
    pub version: &'static str,
    /// When it started (RFC 3339).
    pub started_at: String,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// The revision of the last commit.
    pub revision: u64,
    /// How many nodes there are.
    pub nodes: i64,
    /// How it is with the file of users; absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users_file: Option<UsersFileStatus>,
}

/// Whether the server answers.
#[utoipa::path(get, path = "/health", tag = "running", operation_id = "read_health", responses((status = 200, body = Health)),
    extensions(("x-permission" = json!("public"))))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "healthy" })
}

/// Whether the process lives: for a supervisor that restarts it.
#[utoipa::path(get, path = "/livez", tag = "running", operation_id = "read_livez", responses((status = 200, body = Health)),
    extensions(("x-permission" = json!("public"))))]
pub async fn livez() -> Json<Health> {
    health().await
}

/// Whether it can serve: the database answers, and what is in memory is up to it. For a load balancer.
#[utoipa::path(get, path = "/readyz", tag = "running", operation_id = "read_readyz",
    responses((status = 200, body = Health), (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn readyz(Public(ctx): Public) -> web::Result<Json<Health>> {
    ctx.system().check_fresh()?;
    // As a reader: a long write is no reason to be taken out of service.
    match ctx.system().database().read().await {
        Ok(read) => change_log::head(&read).await.map_err(unready)?,
        Err(error) => return Err(unready(error).into()),
    };
    Ok(health().await)
}

fn unready(error: StoreError) -> Problem {
    let detail = "The database does not answer.";
    Problem::new(ProblemKind::Unavailable, detail).retry_after(2).with_cause(error)
}

/// How the server is.
#[utoipa::path(get, path = "/status", tag = "running", operation_id = "read_status",
    responses((status = 200, body = Status), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("read"))))]
pub async fn status(Op(ctx): Op, State(vitals): State<Vitals>) -> web::Result<Json<Status>> {
    let read = ctx.read().await?;
    read.permit::<ReadStatus>(NodeId::GLOBAL).map(drop)?;
    let superuser = context::action::parse(SETTINGS_ACCESS)?;
    let with_reason = ctx.may(read.state(), &superuser, NodeId::GLOBAL);
    let database = match ctx.system().database().backend() {
        store::Backend::Sqlite => "sqlite",
        store::Backend::Postgres => "postgres",
    };
    Ok(Json(Status {
        status: "running",
        version: env!("CARGO_PKG_VERSION"),
        started_at: vitals.started_at.to_string(),
        database,
        revision: read.state().revision.0,
        nodes: read.number("SELECT COUNT(*) FROM node", []).await?,
        users_file: vitals.users_file.map(|file| file.status(with_reason)),
    }))
}

/// Counters and durations, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", tag = "running", operation_id = "read_metrics",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("read"))))]
pub async fn metrics(Op(ctx): Op, State(vitals): State<Vitals>) -> web::Result<Response> {
    ctx.permit::<ReadStatus>(NodeId::GLOBAL).map(drop)?;
    if let Some(age) = ctx.system().age() {
        metrics::gauge!("portcullis_lag_seconds").set(age.as_secs_f64());
    }
    let text = vitals.metrics.map(|handle| handle.render()).unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
