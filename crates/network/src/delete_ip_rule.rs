//! `DELETE /api/v1/ip-rules/{rule}`

use context::{Change, Event, EventKind, Writing};
use http::StatusCode;
use kernel::{IpRuleId, NodeId, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Op, Path, Query};

use crate::{
    confirm,
    model::{ManageIpRules, ReadIpRules, name},
    store,
};

/// Whether it is meant.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConfirmQuery {
    /// That the caller's own address may be refused from now on.
    #[serde(default)]
    pub confirm: bool,
}

/// Takes a network off its list. It counts at once, on all servers. Without its last network the allow list admits
/// everybody. 409 where the caller would lock himself out without `confirm`.
#[utoipa::path(delete, path = "/api/v1/ip-rules/{rule}", tag = "network", operation_id = "delete_ip_rule",
    params(("rule" = String, Path, description = "Its id"), ConfirmQuery),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:network"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(id): Path<IpRuleId>,
    Query(query): Query<ConfirmQuery>,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    run(&mut tx, id, query.confirm).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a rule.
pub async fn run(tx: &mut Writing, id: IpRuleId, is_confirmed: bool) -> Result<(), Problem> {
    // Before it is told whether there is such a rule.
    let _ = tx.permit::<ReadIpRules>(NodeId::GLOBAL)?;
    let found = store::find(tx, id).await?.ok_or_else(|| Problem::not_found("rule"))?;
    let rule = tx.permit::<ManageIpRules>(found)?;
    store::delete(tx, &rule).await?;
    tx.record(Change::IpRuleDeleted { list: rule.list, network: rule.network })?;
    confirm::check(tx, is_confirmed)?;
    let event = Event::new(EventKind::ConfigChange, "ip_rule.delete")
        .about("ip_rule", rule.id, NodeId::GLOBAL)
        .with("list", name(rule.list))
        .with("network", rule.network.to_string());
    tx.audit(event);
    Ok(())
}
