//! `POST /api/v1/access/what-if`: who would gain and who would lose what, without making the change.
//!
//! | module | holds |
//! |---|---|
//! | [`input`] | what can be asked |
//! | `draft` | the change, made in a transaction that ends without a commit |
//! | `comparing` | the comparison, outside the write lock |
//! | [`view`] | the answer |

mod comparing;
mod draft;
pub mod input;
pub mod view;

use axum::{extract::Request, http::header};
use context::Ctx;
use kernel::{PermissionName, Problem, ProblemKind};
use web::{Json, Op};

use draft::Draft;
use input::WhatIfInput;
use view::WhatIfAnswer;

/// Who gains and who loses what, if this were done? Nothing is done. It asks what doing it asks, and is refused where
/// doing it would be; what is told are nodes where the caller has `access:inspect` as it is now.
#[utoipa::path(post, path = "/api/v1/access/what-if", tag = "access", operation_id = "what_if",
    request_body = WhatIfInput,
    responses((status = 200, body = WhatIfAnswer, description = "Who gains and who loses"),
        (status = 403, body = web::ProblemBody, description = "Not permitted, for one of the things, or access:inspect nowhere"),
        (status = 409, body = web::ProblemBody, description = "In conflict with what is there"),
        (status = 413, body = web::ProblemBody, description = "Larger than the setting world.max_mebibytes"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong, or the change reaches too many to compare")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(Op(ctx): Op, request: Request) -> web::Result<Json<WhatIfAnswer>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
        let detail = "The body must be application/json.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail).into());
    }
    refuse_blind(&ctx).await?;
    let bytes = crate::apply_world::bytes(&ctx, request).await?;
    // Reading a large file takes a while: not on the threads that serve the others.
    let read = tokio::task::spawn_blocking(move || web::json::parse::<WhatIfInput>(&bytes)).await;
    let input = read.map_err(Problem::internal)??;
    Ok(Json(run(&ctx, input).await?))
}

/// Tells who would gain and lose what.
pub async fn run(ctx: &Ctx, input: WhatIfInput) -> Result<WhatIfAnswer, Problem> {
    let asked = input.asked()?;
    let draft = Draft::make(ctx, input).await?;
    let (draft, outcome) = comparing::run(ctx, draft, asked).await?;
    view::answer(ctx, &draft, outcome).await
}

/// Who may inspect nothing would be told that nobody gains or loses, whatever he asks.
async fn refuse_blind(ctx: &Ctx) -> Result<(), Problem> {
    let (state, inspect) = (ctx.state().await?, inspect()?);
    let context = policy::Context::default();
    if state.engine.scope(ctx.principal(), &inspect, &context, ctx.now()).is_empty() {
        return Err(Problem::forbidden("This needs the permission access:inspect."));
    }
    Ok(())
}

/// The permission with which one sees what others may do.
fn inspect() -> Result<PermissionName, Problem> {
    context::action::parse("access:inspect")
}
