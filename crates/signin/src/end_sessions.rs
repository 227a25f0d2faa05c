//! `DELETE /auth/sessions/{id}`, and `DELETE /api/v1/realms/{realm}/users/{username}/sessions` and one of them: ending
//! sessions from elsewhere.

use context::{Event, EventKind, Writing};
use http::StatusCode;
use kernel::{Name, NodeId, Problem, SessionId};
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
    end_one(&mut tx, me, path.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session of that user.
async fn end_one(tx: &mut Writing, user: NodeId, id: SessionId) -> Result<(), Problem> {
    let missing = || Problem::not_found("session");
    let found = store::session(tx, id).await?.map(|(session, _)| session);
    let session = found.filter(|session| session.user == user).ok_or_else(missing)?;
    if !end_session(tx, &session).await? {
        return Err(missing());
    }
    tx.audit(
        Event::new(EventKind::Logout, "session.end")
            .about("user", user, user)
            .with("session", id.to_string()),
    );
    Ok(())
}

/// Which session of which user.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserSessionPath {
    /// The name of the realm.
    #[param(value_type = String)]
    realm: Name,
    /// The user's name in it.
    #[param(value_type = String)]
    username: Name,
    /// The session.
    #[param(value_type = String, format = Uuid)]
    id: SessionId,
}

/// Ends one session of a user.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/users/{username}/sessions/{id}", operation_id = "end_user_session",
    tag = "users", params(UserSessionPath),
    responses((status = 204), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn one_of_user(
    Op(ctx): Op,
    Path(path): Path<UserSessionPath>,
) -> web::Result<StatusCode> {
    ctx.refuse_impersonation()?;
    let mut tx = ctx.begin().await?;
    let user = UserPath::new(path.realm, path.username).find(&tx).await?;
    let user = tx.permit::<ManageSessions>(user)?;
    end_one(&mut tx, user.id, path.id).await?;
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
