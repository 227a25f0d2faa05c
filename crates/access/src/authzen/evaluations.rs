//! `POST /access/v1/evaluations`

use context::Ctx;
use kernel::{Problem, ProblemKind};
use protocol::authzen::{
    Decision, Evaluation, Evaluations, Malformed, Semantic, Thing, answer::Decisions,
    wire::EvaluationsBody,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op};

use super::{
    asked::Asked,
    body::{Body, refuse},
    evaluation,
    names::Names,
};

/// The decisions; or one decision, where the request held no evaluations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EvaluationsAnswer {
    /// To one question.
    One(Decision),
    /// To several.
    Several(Decisions),
}

/// Many questions, with defaults for what they have in common (AuthZEN 1.0, Access Evaluations API). What is wrong with
/// one of them is a denied decision with the error in its context.
#[utoipa::path(post, path = "/access/v1/evaluations", tag = "authzen", operation_id = "evaluate_many",
    request_body = EvaluationsBody,
    responses((status = 200, body = EvaluationsAnswer, description = "The decisions, in order"),
        (status = 400, body = web::ProblemBody, description = "The request is malformed"),
        (status = 403, body = web::ProblemBody, description = "The one question may not be asked")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Body(body): Body) -> web::Result<Json<EvaluationsAnswer>> {
    Ok(Json(match Evaluations::parse(&body).map_err(refuse)? {
        Evaluations::One(one) => EvaluationsAnswer::One(evaluation::decide(&ctx, &one).await?),
        Evaluations::Several { evaluations, semantic } => {
            EvaluationsAnswer::Several(decide(&ctx, &evaluations, semantic).await?)
        }
    }))
}

/// Decides them in order, of one revision.
async fn decide(
    ctx: &Ctx,
    evaluations: &[Result<Evaluation, Malformed>],
    semantic: Semantic,
) -> Result<Decisions, Problem> {
    let good: Vec<&Evaluation> = evaluations.iter().flatten().collect();
    let subjects: Vec<&Thing> = good.iter().map(|evaluation| &*evaluation.subject).collect();
    let resources: Vec<&Thing> = good.iter().map(|evaluation| &*evaluation.resource).collect();
    let names = Names::of(ctx, &subjects, &resources).await?;
    let mut decisions = Vec::with_capacity(evaluations.len());
    for evaluation in evaluations {
        let decision = match evaluation {
            Ok(evaluation) => one(ctx, &names, evaluation)?,
            Err(malformed) => malformed.into(),
        };
        let last = semantic.ends_with(decision.decision);
        decisions.push(decision);
        if last {
            break;
        }
    }
    Ok(Decisions { evaluations: decisions })
}

/// One of many: what may not be asked is an error of its own.
fn one(ctx: &Ctx, names: &Names, evaluation: &Evaluation) -> Result<Decision, Problem> {
    match Asked::new(ctx, names, evaluation)?.decide(ctx, &names.state) {
        Err(problem) if problem.kind() == ProblemKind::Forbidden => {
            Ok(Decision::error(problem.kind().status(), problem.detail().to_owned()))
        }
        decided => decided,
    }
}
