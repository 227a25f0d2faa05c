//! `POST /api/v1/world`

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Request, State},
};
use bytes::Bytes;
use context::{Ctx, Event, EventKind};
use http::header;
use kernel::{NodeId, Problem, ProblemKind};
use realms::Passwords;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Query};

use crate::{
    MAX_MEBIBYTES,
    apply::{self, Hashes, Way},
    first_passwords,
    parse::{Form, parse},
    plan::Plan,
    world::World,
};

/// How to apply.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ApplyQuery {
    /// Only tell what would change. It is tried out and thrown away, so it is refused where applying would be; but for
    /// the rules of passwords, which are checked on applying.
    pub plan: bool,
    /// Delete what the sections and roots that the file names have beside it.
    pub prune: bool,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Applied {
    /// Whether something was changed.
    pub applied: bool,
    /// The revision after it.
    pub revision: u64,
    /// What is changed, or would be.
    #[serde(flatten)]
    pub plan: Plan,
}

/// Makes it as the file says, in one transaction: all of it, or nothing. Each thing asks its own permission. Applied a
/// second time it changes nothing.
#[utoipa::path(post, path = "/api/v1/world", tag = "world", operation_id = "apply_world", params(ApplyQuery),
    request_body(content = String, content_type = "application/yaml",
        description = "A world file: YAML, or JSON as application/json; several documents are one file"),
    responses((status = 200, body = Applied, description = "What was changed, or would be"),
        (status = 400, body = web::ProblemBody, description = "No YAML or JSON"),
        (status = 403, body = web::ProblemBody, description = "Not permitted, for one of the things"),
        (status = 409, body = web::ProblemBody, description = "In conflict with what is there"),
        (status = 413, body = web::ProblemBody, description = "Larger than the setting world.max_mebibytes"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Query(query): Query<ApplyQuery>,
    request: Request,
) -> web::Result<Json<Applied>> {
    let form = form(&request)?;
    let bytes = bytes(&ctx, request).await?;
    // Reading a large file takes a while: not on the threads that serve the others.
    let read = tokio::task::spawn_blocking(move || parse(&bytes, form)).await;
    let world = read.map_err(Problem::internal)??;
    Ok(Json(run(&ctx, &world, query, &*passwords).await?))
}

/// Applies a file, or tells what that would change.
pub async fn run(
    ctx: &Ctx,
    world: &World,
    query: ApplyQuery,
    passwords: &dyn Passwords,
) -> Result<Applied, Problem> {
    first_passwords::check(world)?;
    let hashes = if query.plan {
        Hashes::new()
    } else {
        first_passwords::hash(ctx, world, passwords).await?
    };
    let passwords = (!query.plan).then_some(passwords);
    let way = Way { prune: query.prune, hashes: &hashes, passwords };
    let mut tx = ctx.begin().await?;
    let plan = apply::run(&mut tx, world, way).await?.plan;
    let revision = tx.state().revision.0;
    if query.plan || plan.is_empty() {
        return Ok(Applied { applied: false, revision, plan });
    }
    let counts = plan.counts;
    tx.audit(
        Event::new(EventKind::ConfigChange, "world.apply")
            .about("world", "world", NodeId::GLOBAL)
            .with("created", counts.created)
            .with("changed", counts.changed)
            .with("deleted", counts.deleted),
    );
    let revision = tx.commit().await?.0;
    Ok(Applied { applied: true, revision, plan })
}

/// The body, not larger than the setting says.
pub(crate) async fn bytes(ctx: &Ctx, request: Request) -> Result<Bytes, Problem> {
    let mebibytes = ctx.state().await?.settings.number(&MAX_MEBIBYTES)?;
    let limit = usize::try_from(mebibytes).unwrap_or(1).saturating_mul(1024 * 1024);
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let detail = format!("The file is larger than {mebibytes} MiB, or did not arrive whole.");
        Problem::new(ProblemKind::TooLarge, detail).with_cause(error)
    })
}

fn form(request: &Request) -> Result<Form, Problem> {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match media.as_str() {
        "application/yaml" | "application/x-yaml" | "text/yaml" => Ok(Form::Yaml),
        "application/json" => Ok(Form::Json),
        _ => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The body must be application/yaml or application/json.",
        )),
    }
}
