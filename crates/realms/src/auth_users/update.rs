//! `PUT /auth/users/{username}`

use access::RoleRef;
use context::Writing;
use kernel::{Name, Problem, ProblemKind};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path};

use crate::{
    auth_users::{AuthUserView, as_bad_request, find, own_realm, view},
    disable_user, enable_user, guards, membership,
    model::User,
    read_user::ReadUser,
};

/// What to change; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthUserPatch {
    /// The roles of `$global` that it holds at `$global` from now on; other assignments stay.
    #[schema(value_type = Option<Vec<String>>)]
    pub roles: Option<Vec<RoleRef>>,
    /// Whether it is switched off.
    pub disabled: Option<bool>,
}

/// Changes the roles of a user of the caller's realm, or switches it off or on.
#[utoipa::path(put, path = "/auth/users/{username}", tag = "auth", operation_id = "auth_update_user",
    request_body = AuthUserPatch, params(("username" = String, Path, description = "The user's name")),
    responses((status = 200, body = AuthUserView), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(username): Path<Name>,
    Json(input): Json<AuthUserPatch>,
) -> web::Result<Json<AuthUserView>> {
    let mut tx = ctx.begin().await?;
    let user = find(&tx, own_realm(&tx).await?, &username).await?;
    let user = tx.permit::<ReadUser>(user)?.into_inner();
    let changes = input.roles.is_some() || input.disabled.is_some();
    let user = run(&mut tx, user, input).await?;
    let body = view(&tx, user);
    if changes {
        tx.commit().await?;
    }
    Ok(Json(body))
}

async fn run(tx: &mut Writing, user: User, input: AuthUserPatch) -> Result<User, Problem> {
    if let Some(roles) = &input.roles {
        guards::may_touch(tx, &user)?;
        let set = membership::set_roles(tx, user.id, roles).await;
        set.map_err(|p| if p.kind() == ProblemKind::Invalid { as_bad_request(p) } else { p })?;
    }
    match input.disabled {
        None => Ok(user),
        Some(true) => disable_user::run(tx, user, &IfMatch::Any).await,
        Some(false) => enable_user::run(tx, user, &IfMatch::Any).await,
    }
}
