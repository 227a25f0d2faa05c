//! `DELETE /auth/factors/{id}`: a user gives up a second factor.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind, Writing};
use http::StatusCode;
use kernel::Problem;
use web::{Op, Path};

use super::{
    confirm_factor::FactorPath,
    demand::Demand,
    factor::{Factor, kinds},
    forget_factors,
    method::Method,
    notices::Notice,
    store::factors,
};
use crate::{
    own::{fresh_own_id, need_factor, own_user},
    signin::Signin,
    store as rows,
};

/// Removes a second factor; with the last one the recovery codes go too. Asks for a sign-in not older than 10 minutes by
/// a factor that is no recovery code: 403 of type `sign-in-too-old`. 409 for one that the user needs, and for the last passkey
/// of a user without a password.
#[utoipa::path(delete, path = "/auth/factors/{id}", operation_id = "delete_factor", tag = "sign-in", params(FactorPath),
    responses((status = 204, description = "Removed"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Path(path): Path<FactorPath>,
) -> web::Result<StatusCode> {
    let me = fresh_own_id(&ctx)?;
    let mut tx = ctx.begin().await?;
    need_factor(&tx, &ctx, me).await?;
    let all = factors::of_user(&tx, me).await?;
    let (gone, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|factor| factor.id == path.id);
    let gone = gone.into_iter().next().ok_or_else(|| Problem::not_found("factor"))?;
    let demand = Demand::of(&signin, &tx, tx.state(), me, ctx.now()).await?;
    let left = kinds(&rest);
    let counting = left.iter().filter(|method| demand.accepted.contains(method)).count();
    if gone.is_confirmed() && counting < demand.steps {
        return Err(Problem::conflict("You need this factor; make another one first.").into());
    }
    if is_only_way(&tx, &gone, &rest).await? {
        let detail = "You have no password: without this passkey you could not sign in.";
        return Err(Problem::conflict(detail).into());
    }
    factors::delete(tx.as_ref(), gone.id).await?;
    if left.is_empty() {
        forget_factors(&tx, me).await?;
    }
    if gone.is_confirmed() {
        let user = own_user(&tx, me).await?;
        signin.notify_of_factors(&tx, &user, Notice::Removed(gone.method)).await?;
    }
    let event = Event::new(EventKind::DataDelete, "factor.delete");
    tx.audit(event.about("user", me, me).with("type", gone.method.name()));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether its user has no other way to sign in.
async fn is_only_way(tx: &Writing, gone: &Factor, rest: &[Factor]) -> Result<bool, Problem> {
    if !gone.is_confirmed()
        || gone.method != Method::Passkey
        || kinds(rest).contains(&Method::Passkey)
    {
        return Ok(false);
    }
    Ok(rows::password(tx, gone.user).await?.is_none())
}
