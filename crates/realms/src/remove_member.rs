//! `DELETE /api/v1/groups/{group}/members/{member}`

use axum::http::StatusCode;
use kernel::{NodeRef, Problem};
use web::{IfMatch, Op, Path};

use crate::{find::group_in_path, membership, refs::GroupRef};

/// Takes a member out of a group. Where the group denied it something, that counts as granting.
#[utoipa::path(delete, path = "/api/v1/groups/{group}/members/{member}", tag = "groups",
    operation_id = "remove_member",
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded"),
        ("member" = String, Path, description = "Its id, or its path, percent-encoded")),
    responses((status = 204, description = "Removed"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((group, member)): Path<(GroupRef, NodeRef)>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let group = group_in_path(&tx, &group).await?;
    let group = tx.permit::<membership::ChangeMembers>(group)?.into_inner();
    if_match.check(group.version)?;
    let member = ::store::node::resolve(&tx, &member).await?;
    let member = member.ok_or_else(|| Problem::not_found("member"))?;
    membership::remove(&mut tx, group, member.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
