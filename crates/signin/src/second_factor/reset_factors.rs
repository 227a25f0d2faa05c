//! `DELETE /api/v1/realms/{realm}/users/{username}/factors`: an administrator takes away the factors of somebody who has
//! lost them.

use std::sync::Arc;

use axum::extract::State;
use context::{Action, Event, EventKind, Writing};
use http::StatusCode;
use kernel::Problem;
use realms::User;
use web::{Op, Path};

use super::{forget_factors, notices::Notice};
use crate::{session::end_sessions_of, signin::Signin, user_path::UserPath};

/// Taking away the factors of a user.
#[derive(Debug)]
pub struct ResetFactors;

impl Action for ResetFactors {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Removes a user's second factors and recovery codes, and ends its sessions. It is a way to take someone over, so it asks
/// to hold all that the user holds; one's own are removed at `/auth/factors`.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/users/{username}/factors", operation_id = "reset_user_factors", tag = "users",
    params(UserPath),
    responses((status = 204, description = "Removed"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Path(path): Path<UserPath>,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let user = path.find(&tx).await?;
    run(&signin, &mut tx, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a user's second factors.
async fn run(signin: &Signin, tx: &mut Writing, user: User) -> Result<(), Problem> {
    let user = tx.permit::<ResetFactors>(user)?;
    realms::may_take_over(tx, &user).await?;
    // Else a stolen session of an administrator, or a key, would get round its own second factor.
    if tx.ctx().principal().subject() == Some(user.id) {
        return Err(Problem::forbidden("One's own factors are removed at /auth/factors."));
    }
    let removed = forget_factors(tx, user.id).await?;
    let ended = end_sessions_of(tx, user.id, None).await?;
    signin.notify_of_factors(tx, &user, Notice::Reset).await?;
    tx.audit(
        Event::new(EventKind::DataDelete, "user.reset_factors")
            .about("user", user.id, user.id)
            .with("factors", removed)
            .with("sessions_ended", ended),
    );
    Ok(())
}
