//! `POST /api/v1/access/nodes`

use context::{Ctx, Reading};
use kernel::{NodeId, NodeKind, NodeRef, PermissionName, Problem};
use policy::{Found, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op, Page, page};

use crate::{
    ask::{self, Ask, PrincipalInput, Standing},
    list, search,
    view::Paths,
};

/// At which nodes may this principal do this?
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NodesInput {
    /// Who; absent: the caller. Asking about anyone else needs `access:inspect` at `under`, and tells of nodes where the
    /// caller holds it.
    pub principal: Option<PrincipalInput>,
    /// What.
    #[schema(value_type = String, example = "contract.edit")]
    pub permission: PermissionName,
    /// Only this node and what is below it by parents, by id or path; absent: `$global`, which is above everything.
    #[schema(value_type = Option<String>, example = "/acme/companyA")]
    pub under: Option<NodeRef>,
    /// Only this kind.
    #[schema(value_type = Option<String>, example = "contract")]
    pub kind: Option<NodeKind>,
    /// How many, 1 to 500; absent: 50.
    #[schema(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// A node where it is allowed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodeFound {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// Its path; absent if the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is.
    pub kind: String,
}

/// The nodes where a principal may do something: exact, in pages, with the number of all.
#[utoipa::path(post, path = "/api/v1/access/nodes", tag = "access", operation_id = "nodes_allowed",
    request_body = NodesInput,
    responses((status = 200, body = Page<NodeFound>, description = "A page of the nodes where it is allowed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<NodesInput>,
) -> web::Result<Json<Page<NodeFound>>> {
    let limit = list::limit(input.limit)?;
    let after: Option<Position> = list::cursor(input.cursor.as_deref())?;
    let (kind, is_narrowed) = (input.kind, input.under.is_some());
    let permission = input.permission;
    let ask = Ask {
        principal: input.principal,
        permission: Some(permission.clone()),
        node: input.under,
        ..Ask::default()
    };
    ask.check("")?;
    let read = ctx.read().await?;
    let found = ask.find(&read, &ctx).await?;
    if found.standing(&ctx, read.state(), "")? == Standing::Hide {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None, total: Some(0) }));
    }
    let under = found.question(&ctx).node;
    let place = (is_narrowed.then_some(under), kind);
    let is_inspected = !found.is_about_caller();
    let nodes = search::Nodes::new(&read, &found, permission, place, is_inspected)?;
    let Found { items, next } = nodes.page(&ctx, after, limit).await?;
    let total = nodes.total(&ctx).await?;
    let items = named(&ctx, &read, items).await?;
    Ok(Json(Page { items, next_cursor: next.as_ref().map(page::to_cursor), total }))
}

async fn named(ctx: &Ctx, read: &Reading, nodes: Vec<NodeId>) -> Result<Vec<NodeFound>, Problem> {
    let mut paths = Paths::of(read, nodes.clone()).await?;
    paths.hide(|node| ask::knows(ctx, read.state(), node).unwrap_or(false));
    let kind = |id| read.engine().kind(id).map(ToString::to_string).unwrap_or_default();
    Ok(nodes
        .into_iter()
        .map(|id| NodeFound { id, path: paths.name(id).path, kind: kind(id) })
        .collect())
}
