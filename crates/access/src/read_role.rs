//! `GET /api/v1/roles/{role}`

use kernel::Problem;
use store::Run;
use web::{Op, Path, Tagged};

use crate::{
    find_role,
    list::may_see_roles,
    model::{Role, RoleRef},
    view::{RoleView, role},
};

/// A role. `{role}` is its id, or `name@owner` with each `/` as `%2F`; without `@` the owner is `$global`.
#[utoipa::path(get, path = "/api/v1/roles/{role}", tag = "roles", operation_id = "read_role",
    params(("role" = String, Path, description = "Id, or `name@owner` with `%2F` for each `/`")),
    responses((status = 200, body = RoleView, description = "The role"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(Op(ctx): Op, Path(path): Path<RoleRef>) -> web::Result<Tagged<RoleView>> {
    let read = ctx.read().await?;
    let found = at_path(&read, &path).await?;
    may_see_roles(&read, found.owner)?;
    let body = role(&read, read.engine(), &found).await?;
    Ok(Tagged { body, version: found.version })
}

/// The role that the path of a request names, or 404.
pub(crate) async fn at_path(run: &impl Run, path: &RoleRef) -> Result<Role, Problem> {
    find_role(run, path).await.map_err(|problem| match problem.kind() {
        kernel::ProblemKind::Invalid => tree::gone(),
        _ => problem,
    })
}
