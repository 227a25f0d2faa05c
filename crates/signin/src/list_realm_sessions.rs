//! `GET /api/v1/realms/{realm}/sessions`: who of a realm is signed in.

use ::store::{Value, micros};
use context::{Action, Reading};
use kernel::{Name, NodeId, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Op, Page, Path, Query, page};

use crate::{
    list_sessions::{SessionQuery, SessionView, view},
    model::Session,
    settings::{IDLE_MINUTES, duration},
    store::realm_sessions as rows,
};

/// Seeing the sessions of a realm's users.
#[derive(Debug)]
pub struct ListRealmSessions;

impl Action for ListRealmSessions {
    type Resource = NodeId;
    const PERMISSION: &'static str = "user_manage";
}

/// A session, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealmSessionView {
    /// The user's node.
    #[schema(value_type = String, format = Uuid)]
    user: NodeId,
    /// Its name in the realm.
    username: String,
    /// The session.
    #[serde(flatten)]
    session: SessionView,
}

/// The sessions of the users of a realm, oldest first: of those whom the caller may manage.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/sessions", operation_id = "list_realm_sessions", tag = "realms",
    params(("realm" = String, Path, description = "The realm's name"), SessionQuery),
    responses((status = 200, body = Page<RealmSessionView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(realm): Path<Name>,
    Query(query): Query<SessionQuery>,
) -> web::Result<Json<Page<RealmSessionView>>> {
    let read = ctx.read().await?;
    let realm = realms::realm_in_path(&read, &realm).await?;
    Ok(Json(run(&read, realm.id, &query).await?))
}

/// One page, scoped before it is counted and cut. Whoever may manage none of them is refused.
async fn run(
    read: &Reading,
    realm: NodeId,
    query: &SessionQuery,
) -> Result<Page<RealmSessionView>, Problem> {
    let scope = read.scope::<ListRealmSessions>()?;
    if scope.is_empty() {
        let _: NodeId = read.permit::<ListRealmSessions>(realm)?.into_inner();
    }
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let now = read.ctx().now();
    let idle = duration(&read.state().settings, &IDLE_MINUTES, 60)?;
    let seen_after = now.checked_sub(idle).map_err(Problem::internal)?;
    let condition = format!(
        "s.realm = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3
         AND s.id > $4 AND {} ORDER BY s.id LIMIT {}",
        scope.sql("n.label"),
        limit + 1
    );
    let values: Vec<Value> = vec![
        realm.0.into(),
        micros(now).into(),
        micros(seen_after).into(),
        after.unwrap_or_default().into(),
    ];
    let sessions = rows::list(read, &condition, values).await?;
    let views = sessions.into_iter().map(|session| with_user(read, session)).collect();
    Ok(Page::cut(views, limit, |view: &RealmSessionView| view.session.id))
}

fn with_user(read: &Reading, session: Session) -> RealmSessionView {
    let current = read.ctx().principal().session.as_ref().map(|session| session.id);
    let user = session.user;
    let username = read.engine().subject(user).map(|subject| subject.username.clone());
    RealmSessionView {
        user,
        username: username.unwrap_or_default(),
        session: view(session, read.state(), current),
    }
}
