//! `DELETE /api/v1/groups/{group}`

use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::Problem;
use web::{IfMatch, Op, Path};

use crate::{
    find::{absent, group_in_path},
    group::Group,
    refs::GroupRef,
};

/// Deleting a group.
#[derive(Debug)]
pub struct DeleteGroup;

impl Action for DeleteGroup {
    type Resource = Group;
    const PERMISSION: &'static str = "group_manage";
}

/// Deletes a group, with its assignments and memberships. Where it denied its members something, that counts as granting
/// it to them.
#[utoipa::path(delete, path = "/api/v1/groups/{group}", tag = "groups", operation_id = "delete_group",
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(group): Path<GroupRef>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let group = group_in_path(&tx, &group).await?;
    run(&mut tx, group, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a group.
pub async fn run(tx: &mut Writing, group: Group, if_match: &IfMatch) -> Result<(), Problem> {
    let group = tx.permit::<DeleteGroup>(group)?;
    if_match.check(group.version)?;
    group.refuse_built_in()?;
    let event = Event::new(EventKind::RoleChange, "group.delete")
        .about("group", group.id, group.owner)
        .with("name", group.name.as_str());
    let node = ::store::node::find(tx, group.id).await?.ok_or_else(absent)?;
    tree::delete_node::remove(tx, &group.map(|_| Ok::<_, Problem>(node))?).await?;
    tx.audit(event);
    Ok(())
}
