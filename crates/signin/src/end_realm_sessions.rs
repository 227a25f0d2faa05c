//! `DELETE /api/v1/realms/{realm}/sessions`: everybody of a realm signs in again.

use ::store::node::Node;
use context::{Action, Change, Event, EventKind, Permitted, Writing};
use kernel::{Name, NodeId, PermissionName, Problem, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Op, Path};

use crate::{impersonation::note_end, model::Session, store::realm_sessions as rows};

/// How many sessions are ended in one statement.
const CHUNK: i64 = 500;

/// Ending the sessions of a realm's users.
#[derive(Debug)]
pub struct EndRealmSessions;

impl Action for EndRealmSessions {
    type Resource = Node;
    const PERMISSION: &'static str = "user_manage";
}

/// What was ended.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many sessions, those in the place of others included.
    sessions_ended: u64,
    /// How many devices remember a sign-in no more.
    devices_forgotten: u64,
}

/// Ends the sessions of all users of the realm, and what their devices remember: of those whom the caller may manage, and
/// not the session that asks.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/sessions", operation_id = "end_realm_sessions", tag = "realms",
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 200, body = EndedSessions), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(Op(ctx): Op, Path(realm): Path<Name>) -> web::Result<Json<EndedSessions>> {
    ctx.refuse_impersonation()?;
    let mut tx = ctx.begin().await?;
    let realm = realms::realm_in_path(&tx, &realm).await?;
    let realm = tx.permit::<EndRealmSessions>(realm)?;
    let ended = run(&mut tx, &realm).await?;
    tx.audit(
        Event::new(EventKind::Logout, "realm.end_sessions")
            .about("realm", realm.id, realm.id)
            .with("sessions_ended", ended.sessions_ended)
            .with("devices_forgotten", ended.devices_forgotten),
    );
    tx.commit().await?;
    Ok(Json(ended))
}

/// Ends them in chunks, all in one commit.
async fn run(
    tx: &mut Writing,
    realm: &Permitted<EndRealmSessions, Node>,
) -> Result<EndedSessions, Problem> {
    let permission = EndRealmSessions::permission(realm)?;
    let here = tx.ctx().principal().session.as_ref().map(|session| session.id);
    let mut ended = EndedSessions::default();
    let mut after = Uuid::nil();
    loop {
        let page = rows::open(tx, realm.id, after, CHUNK).await?;
        let Some(last) = page.last() else { break };
        after = last.id.0;
        let meant =
            |session: &Session| Some(session.id) != here && tx.may(&permission, session.user);
        let page: Vec<Session> = page.into_iter().filter(meant).collect();
        ended.sessions_ended += end(tx, page).await?;
    }
    ended.devices_forgotten = forget_devices(tx, realm.id, &permission).await?;
    Ok(ended)
}

/// Ends these sessions, and what was begun from them in the place of others.
async fn end(tx: &mut Writing, sessions: Vec<Session>) -> Result<u64, Problem> {
    let ids = ids(&sessions);
    let mut ended = end_alone(tx, sessions).await?;
    if !ids.is_empty() {
        let begun = rows::open_from(tx, &ids).await?;
        ended += end_alone(tx, begun).await?;
    }
    Ok(ended)
}

async fn end_alone(tx: &mut Writing, sessions: Vec<Session>) -> Result<u64, Problem> {
    if sessions.is_empty() {
        return Ok(0);
    }
    let ended = rows::end(tx.as_ref(), &ids(&sessions), tx.ctx().now()).await?;
    for session in sessions {
        tx.record(Change::SessionEnded { session: session.id, until: session.expires_at })?;
        note_end(tx, &session);
    }
    Ok(ended)
}

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(|session| session.id).collect()
}

async fn forget_devices(
    tx: &mut Writing,
    realm: NodeId,
    permission: &PermissionName,
) -> Result<u64, Problem> {
    let (mut forgotten, mut after) = (0, Uuid::nil());
    loop {
        let page = rows::remembered_users(tx, realm, after, CHUNK).await?;
        let Some(last) = page.last() else { return Ok(forgotten) };
        after = last.0;
        let page: Vec<NodeId> = page.into_iter().filter(|user| tx.may(permission, *user)).collect();
        if !page.is_empty() {
            forgotten += rows::forget_devices(tx.as_ref(), &page).await?;
        }
    }
}
