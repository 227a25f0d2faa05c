//! `GET /auth/factors`, `GET /api/v1/realms/{realm}/users/{username}/factors`: second factors that count.

use std::sync::Arc;

use axum::extract::State;
use context::{Action, Reading};
use kernel::{NodeId, Problem};
use realms::User;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op, Path};

use super::{
    demand::Demand,
    factor::FactorView,
    method::Method,
    recovery_code::FEW,
    store::{factors, recovery_codes},
};
use crate::{own::own_id, signin::Signin, user_path::UserPath};

/// Seeing the factors of a user.
#[derive(Debug)]
pub struct ReadFactors;

impl Action for ReadFactors {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// The second factors of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorsView {
    /// The factors, oldest first.
    items: Vec<FactorView>,
    /// How many recovery codes are left.
    recovery_codes_left: i64,
    /// What the user should see to.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    /// How many types of factors a sign-in must show; 0: as the user likes.
    required: usize,
    /// The types that count.
    accepted: Vec<Method>,
}

/// The own second factors.
#[utoipa::path(get, path = "/auth/factors", operation_id = "list_own_factors", tag = "sign-in",
    responses((status = 200, body = FactorsView), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn own(Op(ctx): Op, State(signin): State<Arc<Signin>>) -> web::Result<Json<FactorsView>> {
    let me = own_id(&ctx)?;
    Ok(Json(list(&ctx.read().await?, &signin, me).await?))
}

/// The second factors of a user.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/users/{username}/factors", operation_id = "list_user_factors", tag = "users",
    params(UserPath),
    responses((status = 200, body = FactorsView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn of_user(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Path(path): Path<UserPath>,
) -> web::Result<Json<FactorsView>> {
    let read = ctx.read().await?;
    let user = read.permit::<ReadFactors>(path.find(&read).await?)?;
    Ok(Json(list(&read, &signin, user.id).await?))
}

async fn list(read: &Reading, signin: &Signin, user: NodeId) -> Result<FactorsView, Problem> {
    let demand = Demand::of(signin, read, read.state(), user, read.ctx().now()).await?;
    let all = factors::of_user(read, user).await?;
    let items: Vec<FactorView> =
        all.iter().filter(|factor| factor.is_confirmed()).map(|f| f.view(signin)).collect();
    let left = recovery_codes::count_left(read, user).await?;
    let has_few = !items.is_empty() && left <= FEW;
    Ok(FactorsView {
        items,
        recovery_codes_left: left,
        warning: has_few.then_some("Few recovery codes are left: make new ones."),
        required: demand.steps,
        accepted: demand.accepted,
    })
}
