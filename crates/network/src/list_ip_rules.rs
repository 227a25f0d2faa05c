//! `GET /api/v1/ip-rules`

use context::Reading;
use kernel::{IpRuleId, NodeId, Problem};
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{
    model::{IpRule, ReadIpRules},
    store,
};

/// The rules on addresses, oldest first; `q` looks in networks and notes. What they refused is in the audit, as the
/// action `ip_rule.refuse`.
#[utoipa::path(get, path = "/api/v1/ip-rules", tag = "network", operation_id = "list_ip_rules", params(PageQuery),
    responses((status = 200, body = Page<IpRule>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:network"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<IpRule>>> {
    let read = ctx.read().await?;
    Ok(Json(run(&read, &query).await?))
}

async fn run(read: &Reading, query: &PageQuery) -> Result<Page<IpRule>, Problem> {
    let _ = read.permit::<ReadIpRules>(NodeId::GLOBAL)?;
    let limit = page::limit(query.limit)?;
    let after: Option<IpRuleId> = page::from_cursor(query.cursor.as_deref())?;
    let like = query.q.as_deref().map_or("%".to_owned(), page::like);
    let total = store::count(read, &like).await?;
    let rules = store::list(read, &like, after, limit + 1).await?;
    Ok(Page::cut(rules, limit, |rule: &IpRule| rule.id).with_total(total))
}
