//! `POST /api/v1/roles`

use kernel::{Name, NodeId, NodeRef, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    model::ManageRole,
    rule::RuleInput,
    save_role, store as rows,
    view::{RoleView, role},
};

/// A role that is to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoleInput {
    /// Its name, unique among the roles of its owner.
    #[schema(value_type = String, example = "Editor")]
    pub name: Name,
    /// The node that owns it, by id or path; absent: `$global`. The role counts there and below.
    #[schema(value_type = Option<String>, example = "/acme")]
    pub owner: Option<NodeRef>,
    /// Its rules: `"sql:crm:*"`, `"!sql:crm:customers_delete"`, `"contract.edit@/acme"`, or objects.
    #[serde(default)]
    pub rules: Vec<RuleInput>,
}

/// Makes a role. It gives nothing until it is assigned.
#[utoipa::path(post, path = "/api/v1/roles", tag = "roles", operation_id = "create_role",
    request_body = CreateRoleInput,
    responses(
        (status = 201, body = RoleView, description = "Made"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner"),
        (status = 409, body = web::ProblemBody, description = "The owner has a role of this name"),
        (status = 422, body = web::ProblemBody, description = "A field or rule is wrong")),
    extensions(("x-permission" = json!("access:role"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CreateRoleInput>,
) -> web::Result<Created<RoleView>> {
    let mut tx = ctx.begin().await?;
    let owner = match &input.owner {
        None => NodeId::GLOBAL,
        Some(owner) => tree::find(&tx, owner, "/owner").await?.id,
    };
    let permitted = tx.permit::<ManageRole>(owner).map_err(|p| tree::hide(p, "/owner"))?;
    if rows::find_role_named(&tx, owner, &input.name).await?.is_some() {
        let detail = format!("The owner has a role named '{}' already.", input.name);
        return Err(Problem::conflict(detail).into());
    }
    let made = save_role::create(&mut tx, permitted, input.name, input.rules).await?;
    let body = role(&tx, tx.engine(), &made).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/roles/{}", made.id), body })
}
