//! `GET /api/v1/second-factor-rules`

use context::change_setting::ChangeSettings;
use kernel::Problem;
use serde::Serialize;
use store::Run;
use utoipa::ToSchema;
use web::{Json, Op};

use super::{
    rule::{FactorRule, FactorRuleView, section},
    store::rules,
};

/// All rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorRules {
    /// Oldest first.
    items: Vec<FactorRuleView>,
}

/// The rules on who needs a second factor; there are at most 500.
#[utoipa::path(get, path = "/api/v1/second-factor-rules", operation_id = "list_second_factor_rules", tag = "sign-in",
    responses((status = 200, body = FactorRules), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:second_factor"))))]
pub async fn handle(Op(ctx): Op) -> web::Result<Json<FactorRules>> {
    let read = ctx.read().await?;
    read.permit::<ChangeSettings>(section()).map(drop)?;
    let mut items = Vec::new();
    for rule in rules::all(&read).await? {
        items.push(rule.view(&read).await?);
    }
    Ok(Json(FactorRules { items }))
}

/// All rules, oldest first. Whoever calls it has asked whether they may be told.
pub async fn all(run: &impl Run) -> Result<Vec<FactorRule>, Problem> {
    Ok(rules::all(run).await?)
}
