//! `DELETE /api/v1/second-factor-rules/{rule}`

use context::{Event, EventKind, Writing, change_setting::ChangeSettings};
use http::StatusCode;
use kernel::{FactorRuleId, NodeId, Problem};
use web::{Op, Path};

use super::{create_rule::ManageFactorRules, rule::section, store::rules};

/// Removes a rule. The factors that users have are asked for as before.
#[utoipa::path(delete, path = "/api/v1/second-factor-rules/{rule}", operation_id = "delete_second_factor_rule", tag = "sign-in",
    params(("rule" = String, Path, description = "Its id")),
    responses((status = 204, description = "Removed"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:second_factor"))))]
pub async fn handle(Op(ctx): Op, Path(id): Path<FactorRuleId>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    run(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a rule.
pub async fn run(tx: &mut Writing, id: FactorRuleId) -> Result<(), Problem> {
    // Before it is told whether there is such a rule.
    tx.permit::<ChangeSettings>(section()).map(drop)?;
    let found = rules::all(&*tx).await?.into_iter().find(|rule| rule.id == id);
    let rule = tx.permit::<ManageFactorRules>(found.ok_or_else(|| Problem::not_found("rule"))?)?;
    rules::delete(tx.as_ref(), &rule).await?;
    let (kind, id) = rule.whose.named();
    let event = Event::new(EventKind::ConfigChange, "second_factor_rule.delete")
        .about("second_factor_rule", rule.id, NodeId::GLOBAL)
        .with(kind, id.to_string());
    tx.audit(event);
    Ok(())
}
