//! `POST /access/v1/search/action`

use context::{Ctx, Reading};
use kernel::Problem;
use protocol::authzen::{ActionSearch, Results, answer::FoundAction, wire::SearchBody};
use web::{Json, Op};

use super::{
    asked::{NOT_KNOWN, facts, standing},
    body::{Body, refuse},
    names::Names,
    refer,
};
use crate::ask::{Found, Standing};

/// What may this subject do to this resource, of all registered permissions? (AuthZEN 1.0, Action Search API)
#[utoipa::path(post, path = "/access/v1/search/action", tag = "authzen", operation_id = "search_action",
    request_body = SearchBody,
    responses((status = 200, body = Results<FoundAction>, description = "A page of actions"),
        (status = 400, body = web::ProblemBody, description = "The request is malformed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Body(body): Body) -> web::Result<Json<Results<FoundAction>>> {
    let search = ActionSearch::parse(&body).map_err(refuse)?;
    let after: Option<String> = search.paging.after.as_deref().map(refer::position).transpose()?;
    let read = ctx.read().await?;
    let all = allowed(&ctx, &read, &search).await?;
    let from = after.map_or(0, |after| all.partition_point(|name| *name <= after));
    let page: Vec<String> = all[from..].iter().take(search.paging.limit).cloned().collect();
    let more = from + page.len() < all.len();
    let last = more.then(|| serde_json::to_string(&page.last()).unwrap_or_default());
    let results: Vec<FoundAction> = page.into_iter().map(|name| FoundAction { name }).collect();
    let page = search.paging.answer(results.len(), all.len() as u64, last);
    Ok(Json(Results { page, results }))
}

/// The names of all permissions that are allowed, sorted.
async fn allowed(ctx: &Ctx, read: &Reading, search: &ActionSearch) -> Result<Vec<String>, Problem> {
    let names = Names::read(read, &[&*search.subject], &[&*search.resource]).await?;
    let who = names.subject(&search.subject);
    let node = names.resource(ctx, &search.resource)?;
    let context =
        facts(&search.subject.properties, None, &search.resource.properties, &search.context);
    let known = who.is_some();
    let found = Found::new(ctx, Some(who.unwrap_or(NOT_KNOWN)), Vec::new(), node, context);
    if standing(&found, ctx, read.state())? == Standing::Hide || !known {
        return Ok(Vec::new());
    }
    let question = found.question(ctx);
    let allowed = read.engine().permissions(
        question.principal,
        question.node,
        question.context,
        question.now,
    );
    let mut names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
