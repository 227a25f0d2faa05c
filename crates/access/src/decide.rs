//! `POST /api/v1/access/decide`

use std::sync::Arc;

use context::{Ctx, State};
use kernel::{Problem, Revision};
use policy::Decision;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::ask::{Ask, Found, Places, PrincipalInput, Standing};

/// Most questions of one request.
pub const MAX_REQUESTS: usize = 1000;

/// One question, or several in `requests`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideInput {
    /// Who; absent: the caller. Asking about anyone else needs `access:inspect` at the node.
    pub principal: Option<PrincipalInput>,
    /// What.
    #[schema(value_type = Option<String>, example = "contract.edit")]
    pub permission: Option<kernel::PermissionName>,
    /// Further names of the same thing.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<kernel::PermissionName>,
    /// Where, by id or path; absent: `$global`.
    #[schema(value_type = Option<String>, example = "/acme/companyA")]
    pub node: Option<kernel::NodeRef>,
    /// Properties that are not stored; needs `access:inspect` at the node.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub resource: serde_json::Map<String, serde_json::Value>,
    /// `action.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub action: serde_json::Map<String, serde_json::Value>,
    /// `context.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: serde_json::Map<String, serde_json::Value>,
    /// Several questions, at most 1000, instead of one; they are answered in order and of one revision.
    pub requests: Option<Vec<Ask>>,
}

/// The answer, or with `requests` the answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum DecideAnswer {
    /// To one question.
    One(OneDecision),
    /// To several, in order.
    Several {
        /// The answers.
        decisions: Vec<OneDecision>,
        /// The revision of the world that they are of.
        #[schema(value_type = u64)]
        revision: Revision,
    },
}

/// One answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OneDecision {
    /// `allow` or `deny`.
    #[schema(value_type = String, example = "allow")]
    pub decision: Decision,
    /// The revision of the world that it is of.
    #[schema(value_type = u64)]
    pub revision: Revision,
}

/// May this principal do this there? A node that is not there, and one that the caller may not know of, is a deny.
#[utoipa::path(post, path = "/api/v1/access/decide", tag = "access", operation_id = "decide",
    request_body = DecideInput,
    responses((status = 200, body = DecideAnswer, description = "The decision"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<DecideInput>,
) -> web::Result<Json<DecideAnswer>> {
    let (asks, is_one) = input.asks()?;
    let (state, found) = find(&ctx, asks).await?;
    let revision = state.revision;
    let standings = found
        .iter()
        .enumerate()
        .map(|(index, found)| found.standing(&ctx, &state, &pointer(index, is_one)));
    let standings = standings.collect::<Result<Vec<_>, _>>()?;
    let questions: Vec<_> = found.iter().map(|found| found.question(&ctx)).collect();
    let decisions = state.engine.decide_all(&questions).into_iter().zip(standings);
    let decisions = decisions.map(|(decision, standing)| match standing {
        Standing::Answer => OneDecision { decision, revision },
        Standing::Hide => OneDecision { decision: Decision::Deny, revision },
    });
    let decisions: Vec<_> = decisions.collect();
    let answer = match (is_one, decisions.first()) {
        (true, Some(one)) => DecideAnswer::One(one.clone()),
        _ => DecideAnswer::Several { decisions, revision },
    };
    Ok(Json(answer))
}

impl DecideInput {
    /// The questions, and whether it is one that stands alone.
    pub(crate) fn asks(self) -> Result<(Vec<Ask>, bool), Problem> {
        let Self { principal, permission, permissions, node, resource, action, context, requests } =
            self;
        let one = Ask { principal, permission, permissions, node, resource, action, context };
        let Some(requests) = requests else {
            one.check("")?;
            return Ok((vec![one], true));
        };
        if !one.is_empty() {
            return Err(Problem::invalid("/requests", "must stand alone"));
        }
        if requests.len() > MAX_REQUESTS {
            let detail = format!("must be at most {MAX_REQUESTS}");
            return Err(Problem::invalid("/requests", detail));
        }
        for (index, ask) in requests.iter().enumerate() {
            ask.check(&pointer(index, false))?;
        }
        Ok((requests, false))
    }
}

/// Finds what the questions name. The database is opened only where one of them names something by path.
pub(crate) async fn find(ctx: &Ctx, asks: Vec<Ask>) -> Result<(Arc<State>, Vec<Found>), Problem> {
    let (state, places) = if asks.iter().all(Ask::has_ids_alone) {
        (ctx.state().await?, Places::default())
    } else {
        let read = ctx.read().await?;
        (Arc::new(read.state().clone()), Places::of(&read, &asks).await?)
    };
    let found = asks.into_iter().map(|ask| ask.find_in(&places, ctx)).collect::<Result<_, _>>()?;
    Ok((state, found))
}

fn pointer(index: usize, is_one: bool) -> String {
    if is_one { String::new() } else { format!("/requests/{index}") }
}
