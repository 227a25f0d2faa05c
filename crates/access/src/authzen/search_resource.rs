//! `POST /access/v1/search/resource`

use kernel::{NodeKind, PermissionName};
use policy::Position;
use protocol::authzen::{ResourceSearch, Results, answer::FoundThing, wire::SearchBody};
use web::{Json, Op};

use super::{
    asked::facts,
    body::{Body, refuse},
    names::Names,
    refer,
};
use crate::{ask::Found, search::Nodes};

/// To which resources of a type may this subject do this? (AuthZEN 1.0, Resource Search API) Of a subject that is not the
/// caller, and with properties of the resource, those alone at which the caller holds `access:inspect`.
#[utoipa::path(post, path = "/access/v1/search/resource", tag = "authzen", operation_id = "search_resource",
    request_body = SearchBody,
    responses((status = 200, body = Results<FoundThing>, description = "A page of resources"),
        (status = 400, body = web::ProblemBody, description = "The request is malformed")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Body(body): Body) -> web::Result<Json<Results<FoundThing>>> {
    let search = ResourceSearch::parse(&body).map_err(refuse)?;
    let after: Option<Position> =
        search.paging.after.as_deref().map(refer::position).transpose()?;
    let read = ctx.read().await?;
    let names = Names::read(&read, &[&*search.subject], &[]).await?;
    let context = facts(
        &search.subject.properties,
        Some(&search.action),
        &search.properties,
        &search.context,
    );
    let known = (names.subject(&search.subject), NodeKind::parse(&search.kind));
    let (Some(who), Ok(kind), Ok(permission)) =
        (known.0, known.1, PermissionName::parse(&search.action.name))
    else {
        let page = search.paging.answer(0, 0, None);
        return Ok(Json(Results { page, results: Vec::new() }));
    };
    let found = Found::new(&ctx, Some(who), Vec::new(), None, context);
    let place = (None, Some(kind));
    let all = Nodes::new(&read, &found, permission, place, found.needs_inspect())?;
    let page = all.page(&ctx, after, search.paging.limit).await?;
    let total = all.total(&ctx).await?;
    let next = page.next.as_ref().map(serde_json::to_string).transpose();
    let next = next.map_err(kernel::Problem::internal)?;
    // A page of none has no last node, but there may be more.
    let next = next.or_else(|| (search.paging.limit == 0 && total != Some(0)).then(String::new));
    let results = refer::resources(&read, &search.kind, &page.items).await?;
    let page = search.paging.answer(results.len(), total, next);
    Ok(Json(Results { page, results }))
}
