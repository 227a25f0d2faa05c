//! `GET /api/v1/locks`

use std::sync::Arc;

use ::store::micros;
use axum::extract::State;
use context::Reading;
use kernel::{NodeId, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op, Page, PageQuery, Query, page};

use crate::{
    list_users::ListUsers,
    model::User,
    passwords::{Lockout, Passwords},
    store,
    view::LockView,
};

/// A locked user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LockedUserView {
    /// The user's node.
    #[schema(value_type = String, format = Uuid)]
    pub user: NodeId,
    /// The name of its realm.
    pub realm: String,
    /// Its name there.
    pub username: String,
    /// The lock.
    #[serde(flatten)]
    pub lock: LockView,
    /// Whether failed sign-ins made it: it keeps off passwords alone, and not those from devices that are known.
    pub automatic: bool,
}

/// The users that are locked now, by hand or by failed sign-ins, of those that the caller may manage. An entry is added by
/// locking a user, and removed by unlocking it.
#[utoipa::path(get, path = "/api/v1/locks", tag = "users", operation_id = "list_locks", params(PageQuery),
    responses((status = 200, body = Page<LockedUserView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<LockedUserView>>> {
    let read = ctx.read().await?;
    let page = run(&read, &*passwords, &query).await?;
    let users: Vec<NodeId> = page.items.iter().map(|user| user.id).collect();
    let lockouts = passwords.lockouts(&read, &users).await?;
    let realms: Vec<NodeId> = page.items.iter().map(|user| user.realm).collect();
    let paths = ::store::node::paths(&read, &realms).await?;
    let now = ctx.now();
    let view = |user: User| {
        let realm = paths.get(&user.realm).map(|path| path.trim_start_matches('/').to_owned());
        let by_hand = user.state.locked().filter(|lock| lock.holds(now)).map(LockView::from);
        let automatic = by_hand.is_none();
        let counted =
            || lockouts.iter().find(|lockout| lockout.user == user.id).map(automatic_view);
        let lock = by_hand.or_else(counted)?;
        let realm = realm.unwrap_or_default();
        Some(LockedUserView {
            user: user.id,
            realm,
            username: user.username.into(),
            lock,
            automatic,
        })
    };
    let items = page.items.into_iter().filter_map(view).collect();
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: page.total }))
}

fn automatic_view(lockout: &Lockout) -> LockView {
    LockView {
        since: lockout.since,
        until: Some(lockout.until),
        reason: Some("too many failed sign-ins".to_owned()),
    }
}

async fn run(
    read: &Reading,
    passwords: &dyn Passwords,
    query: &PageQuery,
) -> Result<Page<User>, Problem> {
    let scope = read.scope::<ListUsers>()?;
    if scope.is_empty() {
        let _: NodeId = read.permit::<ListUsers>(NodeId::GLOBAL)?.into_inner();
    }
    let limit = page::limit(query.limit)?;
    let cursor: Option<NodeId> = page::from_cursor(query.cursor.as_deref())?;
    let mut condition = format!(
        "((u.locked_since IS NOT NULL AND (u.locked_until IS NULL OR u.locked_until > $1)) OR {}) AND {}",
        passwords.locked_out(),
        scope.sql("n.label")
    );
    let mut values = vec![micros(read.ctx().now()).into()];
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        condition += " AND LOWER(n.name) LIKE LOWER($2) ESCAPE '\\'";
    }
    let total = store::count_users(read, &condition, values.clone()).await?;
    if let Some(cursor) = cursor {
        values.push(cursor.0.into());
        condition += &format!(" AND n.id > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.id LIMIT {}", limit + 1);
    let users = store::list_users(read, &condition, values).await?;
    Ok(Page::cut(users, limit, |user: &User| user.id).with_total(total))
}
