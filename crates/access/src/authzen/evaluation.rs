//! `POST /access/v1/evaluation`

use context::Ctx;
use kernel::Problem;
use protocol::authzen::{Decision, Evaluation, wire::EvaluationBody};
use web::{Json, Op};

use super::{
    asked::Asked,
    body::{Body, refuse},
    names::Names,
};

/// May this subject do this to this resource? (AuthZEN 1.0, Access Evaluation API)
#[utoipa::path(post, path = "/access/v1/evaluation", tag = "authzen", operation_id = "evaluate",
    request_body = EvaluationBody,
    responses((status = 200, body = Decision, description = "The decision"),
        (status = 400, body = web::ProblemBody, description = "The request is malformed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Body(body): Body) -> web::Result<Json<Decision>> {
    let evaluation = Evaluation::parse(&body).map_err(refuse)?;
    Ok(Json(decide(&ctx, &evaluation).await?))
}

/// Decides one evaluation.
pub(super) async fn decide(ctx: &Ctx, evaluation: &Evaluation) -> Result<Decision, Problem> {
    let names = Names::of(ctx, &[&*evaluation.subject], &[&*evaluation.resource]).await?;
    Asked::new(ctx, &names, evaluation)?.decide(ctx, &names.state)
}
