//! `PUT /auth/default-role` and `PUT /api/v1/realms/{realm}/users/{username}/default-role`: the role in which a user acts
//! where nothing else is said.

use access::RoleRef;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem, ProblemKind, RoleId};
use policy::{Principal, Snapshot, Who};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op, Path};

use ::store::{Run, StoreError};

use crate::{find::user_in_path, guards, model::User, store::save_default_role};

/// Giving a user a default role.
#[derive(Debug)]
pub struct SetDefaultRole;

impl Action for SetDefaultRole {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Which role.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultRoleInput {
    /// One that the user holds: an id, `name`, or `name@/path/of/owner`; absent or null: none.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleRef>,
}

/// The default role as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefaultRoleView {
    /// `name`, or `name@/path/of/owner`; absent: none.
    pub default_role: Option<String>,
}

/// Chooses one's own default role.
#[utoipa::path(put, path = "/auth/default-role", tag = "sign-in", operation_id = "set_own_default_role",
    request_body = DefaultRoleInput,
    responses((status = 200, body = DefaultRoleView), (status = 403, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn own(
    Op(ctx): Op,
    Json(input): Json<DefaultRoleInput>,
) -> web::Result<Json<DefaultRoleView>> {
    let Principal { who: Who::User(user), impersonator: None, .. } = *ctx.principal() else {
        return Err(Problem::forbidden("Only users themselves do this, signed in.").into());
    };
    let mut tx = ctx.begin().await?;
    let view = run(&mut tx, user, input).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Gives a user a default role. It gives nothing that the user does not hold.
#[utoipa::path(put, path = "/api/v1/realms/{realm}/users/{username}/default-role", tag = "users",
    operation_id = "set_default_role", request_body = DefaultRoleInput,
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = DefaultRoleView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn of_user(
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    Json(input): Json<DefaultRoleInput>,
) -> web::Result<Json<DefaultRoleView>> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = tx.permit::<SetDefaultRole>(user)?;
    guards::may_touch(&tx, &user)?;
    let view = run(&mut tx, user.id, input).await?;
    tx.commit().await?;
    Ok(Json(view))
}

async fn run(
    tx: &mut Writing,
    user: NodeId,
    input: DefaultRoleInput,
) -> Result<DefaultRoleView, Problem> {
    let role = match &input.role {
        None => None,
        Some(role) => Some(held(tx, user, role).await?),
    };
    save_default_role(tx, user, role).await?;
    tx.audit(
        Event::new(EventKind::DataUpdate, "user.default_role")
            .about("user", user, user)
            .with("role", role.map(|role| role.to_string())),
    );
    let names = role_names(tx, tx.engine(), role.as_slice()).await?;
    Ok(DefaultRoleView { default_role: names.into_iter().next() })
}

/// The role, if the user holds it; one that is not there is answered like one that he does not hold.
async fn held(tx: &Writing, user: NodeId, role: &RoleRef) -> Result<RoleId, Problem> {
    let found = match access::find_role(tx, role).await {
        Ok(role) => Some(role.id),
        Err(problem) if problem.kind() == ProblemKind::Invalid => None,
        Err(problem) => return Err(problem),
    };
    let held = tx.state().roles_held(user, tx.ctx().now());
    let found = found.filter(|role| held.contains(role));
    found.ok_or_else(|| Problem::invalid("/role", "must be a role that the user holds"))
}

/// The names of roles as callers give them: `name`, and `name@/path/of/owner` for one that `$global` does not own. Those
/// that are not there are left out.
pub async fn role_names(
    run: &impl Run,
    engine: &Snapshot,
    roles: &[RoleId],
) -> Result<Vec<String>, StoreError> {
    let roles: Vec<_> = roles.iter().filter_map(|role| engine.role(*role)).collect();
    let owners: Vec<NodeId> = roles.iter().map(|role| role.owner).collect();
    let paths = ::store::node::paths(run, &owners).await?;
    let name = |role: policy::RoleView<'_>| match paths.get(&role.owner) {
        Some(path) if role.owner != NodeId::GLOBAL => format!("{}@{path}", role.name),
        _ => role.name.to_owned(),
    };
    Ok(roles.into_iter().map(name).collect())
}
