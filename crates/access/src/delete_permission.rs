//! `DELETE /api/v1/permissions/{permission}`

use context::{Event, EventKind, Writing};
use http::StatusCode;
use kernel::{PermissionId, Problem};
use policy::Change;
use web::{Op, Path};

use crate::{model::ManageRole, store as rows};

/// Takes a permission out of the catalogue. Rules that name it stay, and go on meaning the same.
#[utoipa::path(delete, path = "/api/v1/permissions/{permission}", tag = "permissions", operation_id = "delete_permission",
    params(("permission" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("access:role"))))]
pub async fn handle(Op(ctx): Op, Path(id): Path<PermissionId>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    run(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a registration.
pub async fn run(tx: &mut Writing, id: PermissionId) -> Result<(), Problem> {
    let found = rows::find_permission(tx, id).await?.ok_or_else(tree::gone)?;
    let _managed = tx.permit::<ManageRole>(found.owner)?;
    rows::delete_permission(tx, id).await?;
    tx.record(Change::PermissionDeleted { id })?;
    let event = Event::new(EventKind::RoleChange, "permission.delete");
    tx.audit(event.about("permission", id, found.owner).with("name", found.name.as_str()));
    Ok(())
}
