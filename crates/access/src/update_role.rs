//! `PUT /api/v1/roles/{role}`

use kernel::{Name, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    model::{ManageRole, RoleRef},
    read_role::at_path,
    resolve,
    rule::RuleInput,
    save_role, store as rows,
    view::{RoleView, role},
};

/// What a role shall be; its owner stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRoleInput {
    /// Its name; absent: as it is. Those who hold the role keep it.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// All its rules; absent: as they are.
    pub rules: Option<Vec<RuleInput>>,
}

/// Renames a role, replaces its rules, or both. Where it is assigned, each allow that is added and each deny that is
/// taken out counts as granting.
#[utoipa::path(put, path = "/api/v1/roles/{role}", tag = "roles", operation_id = "update_role",
    params(("role" = String, Path, description = "Id, or `name@owner` with `%2F` for each `/`")),
    request_body = UpdateRoleInput,
    responses(
        (status = 200, body = RoleView, description = "Changed"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner, or more than one may grant"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "Built in, or the owner has a role of this name"),
        (status = 412, body = web::ProblemBody, description = "Changed in the meantime"),
        (status = 422, body = web::ProblemBody, description = "A field or rule is wrong")),
    extensions(("x-permission" = json!("access:role"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(path): Path<RoleRef>,
    if_match: IfMatch,
    Json(input): Json<UpdateRoleInput>,
) -> web::Result<Tagged<RoleView>> {
    let mut tx = ctx.begin().await?;
    let found = at_path(&tx, &path).await?;
    let permitted = tx.permit::<ManageRole>(found.owner)?;
    if_match.check(found.version)?;
    found.refuse_built_in()?;
    let name = input.name.unwrap_or_else(|| found.name.clone());
    let other = rows::find_role_named(&tx, found.owner, &name).await?;
    if other.is_some_and(|other| other.id != found.id) {
        let detail = format!("The owner has a role named '{name}' already.");
        return Err(Problem::conflict(detail).into());
    }
    let rules = match input.rules {
        None => found.rules.clone(),
        Some(rules) => resolve::rules(&tx, found.owner, rules).await?,
    };
    let permitted = permitted.map(|_| Ok::<_, Problem>(found))?;
    let saved = save_role::edit(&mut tx, permitted, name, rules).await?;
    let body = role(&tx, tx.engine(), &saved).await?;
    tx.commit().await?;
    Ok(Tagged { body, version: saved.version })
}
