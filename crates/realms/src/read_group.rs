//! `GET /api/v1/groups/{group}`

use web::{Op, Path, Tagged};

use crate::{
    find::group_in_path,
    list_groups::ReadGroup,
    refs::GroupRef,
    view::{GroupView, group_view},
};

/// A group.
#[utoipa::path(get, path = "/api/v1/groups/{group}", tag = "groups", operation_id = "read_group",
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded")),
    responses((status = 200, body = GroupView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(Op(ctx): Op, Path(group): Path<GroupRef>) -> web::Result<Tagged<GroupView>> {
    let read = ctx.read().await?;
    let group = group_in_path(&read, &group).await?;
    let group = read.permit::<ReadGroup>(group)?.into_inner();
    let version = group.version;
    Ok(Tagged { body: group_view(&read, group).await?, version })
}
