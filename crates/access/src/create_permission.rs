//! `POST /api/v1/permissions`

use context::{Event, EventKind, Writing};
use kernel::{NodeId, NodeRef, PermissionId, PermissionName, Problem, Remark};
use policy::Change;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    model::ManageRole,
    store as rows,
    store::Permission,
    view::{PermissionView, permission},
};

/// A permission that is to be registered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePermissionInput {
    /// Segments joined by `:`; no `*`.
    #[schema(value_type = String, example = "contract.edit")]
    pub name: PermissionName,
    /// The node that owns it, by id or path; absent: `$global`.
    #[schema(value_type = Option<String>, example = "/acme")]
    pub owner: Option<NodeRef>,
    /// What it lets one do, for those who make roles.
    #[serde(default)]
    #[schema(value_type = String, max_length = 4096)]
    pub description: Remark<4096>,
}

/// Registers a permission.
#[utoipa::path(post, path = "/api/v1/permissions", tag = "permissions", operation_id = "create_permission",
    request_body = CreatePermissionInput,
    responses(
        (status = 201, body = PermissionView, description = "Registered"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner"),
        (status = 409, body = web::ProblemBody, description = "The owner has it already"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("access:role"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CreatePermissionInput>,
) -> web::Result<Created<PermissionView>> {
    let mut tx = ctx.begin().await?;
    let owner = match &input.owner {
        None => NodeId::GLOBAL,
        Some(owner) => tree::find(&tx, owner, "/owner").await?.id,
    };
    let made = run(&mut tx, owner, input.name, input.description).await?;
    let body = permission(&tx, made).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/permissions/{}", body.id), body })
}

/// Registers a permission with its owner.
pub async fn run(
    tx: &mut Writing,
    owner: NodeId,
    name: PermissionName,
    description: Remark<4096>,
) -> Result<Permission, Problem> {
    let permitted = tx.permit::<ManageRole>(owner).map_err(|p| tree::hide(p, "/owner"))?;
    if tx.engine().permissions_named(&name).iter().any(|(_, other)| *other == owner) {
        return Err(Problem::conflict(format!(
            "The permission '{name}' is registered there already."
        )));
    }
    let id = PermissionId::new(tx.ctx().now(), tx.ctx().system().entropy());
    let permission = permitted.map(|owner| {
        let description = description.into();
        Ok::<_, Problem>(Permission { id, name, owner, description })
    })?;
    rows::insert_permission(tx, &permission).await?;
    tx.record(Change::PermissionSaved { id, name: permission.name.clone(), owner })?;
    let event =
        Event::new(EventKind::RoleChange, "permission.create").about("permission", id, owner);
    tx.audit(event.with("name", permission.name.as_str()));
    Ok(permission.into_inner())
}
