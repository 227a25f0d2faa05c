//! `DELETE /api/v1/roles/{role}`

use context::{Event, EventKind, Writing};
use http::StatusCode;
use kernel::Problem;
use policy::Change;
use web::{IfMatch, Op, Path};

use crate::{
    model::{ManageRole, Role, RoleRef},
    read_role::at_path,
    store as rows,
};

/// Deletes a role that nobody holds.
#[utoipa::path(delete, path = "/api/v1/roles/{role}", tag = "roles", operation_id = "delete_role",
    params(("role" = String, Path, description = "Id, or `name@owner` with `%2F` for each `/`")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "Built in, or held by somebody"),
        (status = 412, body = web::ProblemBody, description = "Changed in the meantime")),
    extensions(("x-permission" = json!("access:role"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(path): Path<RoleRef>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let found = at_path(&tx, &path).await?;
    run(&mut tx, found, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a role that nobody holds.
pub async fn run(tx: &mut Writing, found: Role, if_match: &IfMatch) -> Result<(), Problem> {
    let _managed = tx.permit::<ManageRole>(found.owner)?;
    if_match.check(found.version)?;
    found.refuse_built_in()?;
    if !tx.engine().assignments_of_role(found.id).is_empty() {
        return Err(Problem::conflict("The role is assigned; remove its assignments first."));
    }
    rows::delete_role(tx, found.id).await?;
    tx.record(Change::RoleDeleted { id: found.id })?;
    let event =
        Event::new(EventKind::RoleChange, "role.delete").about("role", found.id, found.owner);
    tx.audit(event.with("name", found.name.as_str()));
    Ok(())
}
