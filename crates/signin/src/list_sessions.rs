//! `GET /auth/sessions` and `GET /api/v1/realms/{realm}/users/{username}/sessions`: where somebody is signed in.

use context::{Action, Reading, State};
use jiff::Timestamp;
use kernel::{NodeId, Problem, SessionId};
use realms::User;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{Json, Op, Page, Path, Query, page};

use crate::{
    impersonation,
    model::Session,
    settings::{IDLE_MINUTES, duration},
    store,
    user_path::UserPath,
};

/// Seeing and ending the sessions of a user.
#[derive(Debug)]
pub struct ManageSessions;

impl Action for ManageSessions {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub(crate) cursor: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub(crate) id: SessionId,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the user showed who he is: before it began, if the device remembered that.
    #[schema(value_type = String, format = DateTime)]
    signed_in_at: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// When it ends, used or not.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What the user calls the device.
    device_name: Option<String>,
    /// From where.
    ip: Option<String>,
    /// With what.
    user_agent: Option<String>,
    /// The types of the steps of the sign-in: `password`, `password+totp`; or `remember`, `impersonation`.
    method: String,
    /// Who acts in it in the user's place, `name@realm`; absent if it is the user's own.
    impersonator: Option<String>,
    /// Whether its device remembers the sign-in.
    remembered: bool,
    /// Whether this request is part of it.
    current: bool,
}

/// The own sessions, oldest first.
#[utoipa::path(get, path = "/auth/sessions", operation_id = "list_own_sessions", tag = "sign-in", params(SessionQuery),
    responses((status = 200, body = Page<SessionView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn own(
    Op(ctx): Op,
    Query(query): Query<SessionQuery>,
) -> web::Result<Json<Page<SessionView>>> {
    let read = ctx.read().await?;
    let user = ctx.principal().subject().ok_or_else(|| Problem::not_found("user"))?;
    Ok(Json(list(&read, user, &query).await?))
}

/// The sessions of a user, oldest first.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/users/{username}/sessions", operation_id = "list_user_sessions", tag = "users",
    params(UserPath, SessionQuery),
    responses((status = 200, body = Page<SessionView>), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn of_user(
    Op(ctx): Op,
    Path(path): Path<UserPath>,
    Query(query): Query<SessionQuery>,
) -> web::Result<Json<Page<SessionView>>> {
    let read = ctx.read().await?;
    let user = read.permit::<ManageSessions>(path.find(&read).await?)?;
    Ok(Json(list(&read, user.id, &query).await?))
}

async fn list(
    read: &Reading,
    user: NodeId,
    query: &SessionQuery,
) -> Result<Page<SessionView>, Problem> {
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let now = read.ctx().now();
    let idle = duration(&read.state().settings, &IDLE_MINUTES, 60)?;
    let current = read.ctx().principal().session.as_ref().map(|session| session.id);
    let open = store::open_sessions(read, user).await?;
    let rows = open
        .into_iter()
        .filter(|session| session.is_alive(now, idle))
        .filter(|session| after.is_none_or(|after| session.id.0 > after))
        .take(limit + 1)
        .map(|session| view(session, read.state(), current))
        .collect();
    Ok(Page::cut(rows, limit, |session: &SessionView| session.id))
}

pub(crate) fn view(session: Session, state: &State, current: Option<SessionId>) -> SessionView {
    SessionView {
        id: session.id,
        created_at: session.created_at,
        signed_in_at: session.signed_in_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        device_name: session.device_name,
        ip: session.ip,
        user_agent: session.user_agent,
        method: session.method,
        impersonator: session.impersonator.map(|by| impersonation::name(state, by.user)),
        remembered: session.remembered.is_some(),
        current: current == Some(session.id),
    }
}
