//! `POST /access/v1/search/subject`

use context::{Ctx, Reading};
use kernel::{NodeId, NodeKind, PermissionName, Problem};
use policy::SubjectKind;
use protocol::authzen::{Results, SubjectSearch, answer::FoundThing, wire::SearchBody};
use web::{Json, Op};

use super::{
    asked::facts,
    body::{Body, refuse},
    names::Names,
    refer,
};
use crate::ask::{Found, Standing};

/// Which subjects of a type may do this to this resource? (AuthZEN 1.0, Subject Search API) Needs `access:inspect` at
/// the resource.
#[utoipa::path(post, path = "/access/v1/search/subject", tag = "authzen", operation_id = "search_subject",
    request_body = SearchBody,
    responses((status = 200, body = Results<FoundThing>, description = "A page of subjects"),
        (status = 400, body = web::ProblemBody, description = "The request is malformed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Body(body): Body) -> web::Result<Json<Results<FoundThing>>> {
    let search = SubjectSearch::parse(&body).map_err(refuse)?;
    let after = search.paging.after.as_deref().map(refer::position).transpose()?;
    let read = ctx.read().await?;
    let all = allowed(&ctx, &read, &search).await?;
    // In the order of ids: a subject that is gone is in nobody's way.
    let from = after.map_or(0, |after: NodeId| all.partition_point(|id| *id <= after));
    let page: Vec<NodeId> = all[from..].iter().take(search.paging.limit).copied().collect();
    let more = from + page.len() < all.len();
    let last = more.then(|| serde_json::to_string(&page.last()).unwrap_or_default());
    let results = refer::subjects(&read, &search.kind, &page).await?;
    let page = search.paging.answer(results.len(), all.len() as u64, last);
    Ok(Json(Results { page, results }))
}

/// All subjects of the type for whom it is allowed, sorted.
async fn allowed(
    ctx: &Ctx,
    read: &Reading,
    search: &SubjectSearch,
) -> Result<Vec<NodeId>, Problem> {
    let names = Names::read(read, &[], &[&*search.resource]).await?;
    let node = names.resource(ctx, &search.resource)?;
    let context = facts(
        &search.properties,
        Some(&search.action),
        &search.resource.properties,
        &search.context,
    );
    let found = Found::new(ctx, None, Vec::new(), node, context);
    let standing = found.standing_of_inspector(ctx, read.state(), "/subject")?;
    let kind = match search.kind.as_str() {
        NodeKind::USER => SubjectKind::User,
        NodeKind::SERVICE_ACCOUNT => SubjectKind::ServiceAccount,
        _ => return Ok(Vec::new()),
    };
    let Ok(permission) = PermissionName::parse(&search.action.name) else { return Ok(Vec::new()) };
    if standing == Standing::Hide {
        return Ok(Vec::new());
    }
    let engine = read.engine();
    let all = crate::search::subjects(read, &found, permission).await?;
    let mut ids = all.page(None, usize::MAX).items;
    ids.retain(|id| engine.subject(*id).is_some_and(|subject| subject.kind == kind));
    Ok(ids)
}
