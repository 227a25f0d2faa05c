//! `DELETE /auth/sessions/{id}` and `DELETE /api/v1/realms/{realm}/users/{username}/sessions`: ending sessions from
//! elsewhere.

use context::{Event, EventKind};
use http::StatusCode;
use kernel::{Problem, SessionId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Op, Path};

use crate::{
    list_sessions::ManageSessions,
    own::own_id,
    session::{end_session, end_sessions_of},
    store,
    user_path::UserPath,
};

/// Which session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The session.
    #[param(value_type = String, format = Uuid)]
    id: SessionId,
}

/// Ends one of the own sessions.
#[utoipa::path(delete, path = "/auth/sessions/{id}", operation_id = "end_own_session", tag = "sign-in", params(SessionPath),
    responses((status = 204), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn own(Op(ctx): Op, Path(path): Path<SessionPath>) -> web::Result<StatusCode> {
    let me = own_id(&ctx)?;
    let mut tx = ctx.begin().await?;
    let found = store::session(&tx, path.id).await?.map(|(session, _)| session);
    let session =
        found.filter(|session| session.user == me).ok_or_else(|| Problem::not_found("session"))?;
    if !end_session(&mut tx, &session).await? {
        return Err(Problem::not_found("session").into());
    }
    tx.audit(
        Event::new(EventKind::Logout, "session.end")
            .about("user", session.user, session.user)
            .with("session", session.id.to_string()),
    );
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of a user.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/users/{username}/sessions", operation_id = "end_user_sessions", tag = "users",
    params(UserPath),
    responses((status = 204), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn of_user(Op(ctx): Op, Path(path): Path<UserPath>) -> web::Result<StatusCode> {
    ctx.refuse_impersonation()?;
    let mut tx = ctx.begin().await?;
    let user = path.find(&tx).await?;
    let user = tx.permit::<ManageSessions>(user)?;
    let ended = end_sessions_of(&mut tx, user.id, None).await?;
    tx.audit(
        Event::new(EventKind::Logout, "sessions.end")
            .about("user", user.id, user.id)
            .with("sessions_ended", ended),
    );
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
