//! `POST /api/v1/groups/{group}/members`

use kernel::{NodeKind, NodeRef, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    find::group_in_path,
    membership,
    refs::GroupRef,
    view::{GroupView, group_view},
};

/// Who becomes a member.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// A user, service account or group: id, or path such as `/staff/jane`.
    #[schema(value_type = String)]
    pub member: NodeRef,
}

/// Puts a user, service account or group into a group. Nobody gives a membership that gives more than he holds.
#[utoipa::path(post, path = "/api/v1/groups/{group}/members", tag = "groups", operation_id = "add_member",
    request_body = NewMember,
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded")),
    responses((status = 200, body = GroupView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(group): Path<GroupRef>,
    if_match: IfMatch,
    Json(input): Json<NewMember>,
) -> web::Result<Tagged<GroupView>> {
    let mut tx = ctx.begin().await?;
    let group = group_in_path(&tx, &group).await?;
    let group = tx.permit::<membership::ChangeMembers>(group)?.into_inner();
    if_match.check(group.version)?;
    let member = tree::find(&tx, &input.member, "/member").await?;
    let can_be = [NodeKind::USER, NodeKind::SERVICE_ACCOUNT, NodeKind::GROUP];
    if !can_be.contains(&member.kind.as_str()) {
        return Err(Problem::invalid("/member", "is no user, service account or group").into());
    }
    let group = membership::add(&mut tx, group, member.id).await?;
    let version = group.version;
    let body = group_view(&tx, group).await?;
    tx.commit().await?;
    Ok(Tagged { body, version })
}
