//! `GET /api/v1/realms/{realm}/users`

use ::store::Value;
use context::{Action, Reading};
use kernel::{Name, NodeId, Problem};
use web::{Json, Op, Page, PageQuery, Path, Query, page};

use crate::{
    find::realm_in_path,
    model::User,
    store,
    view::{UserView, user_views},
};

/// Listing users.
#[derive(Debug)]
pub struct ListUsers;

impl Action for ListUsers {
    type Resource = NodeId;
    const PERMISSION: &'static str = "user_manage";
}

/// The users of a realm, by name: those that the caller may manage.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/users", tag = "users", operation_id = "list_users",
    params(("realm" = String, Path, description = "The realm's name"), PageQuery),
    responses((status = 200, body = Page<UserView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(realm): Path<Name>,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<UserView>>> {
    let read = ctx.read().await?;
    let realm = realm_in_path(&read, &realm).await?;
    let page = run(&read, realm.id, &query).await?;
    let (next_cursor, total) = (page.next_cursor, page.total);
    let items = user_views(&read, page.items).await?;
    Ok(Json(Page { items, next_cursor, total }))
}

/// One page of the users of a realm that the caller may manage. Whoever may manage none of them is refused.
pub async fn run(read: &Reading, realm: NodeId, query: &PageQuery) -> Result<Page<User>, Problem> {
    let scope = read.scope::<ListUsers>()?;
    if scope.is_empty() {
        let _: NodeId = read.permit::<ListUsers>(realm)?.into_inner();
    }
    let limit = page::limit(query.limit)?;
    let cursor: Option<String> = page::from_cursor(query.cursor.as_deref())?;
    let mut condition = format!("u.realm = $1 AND {}", scope.sql("n.label"));
    let mut values: Vec<Value> = vec![realm.0.into()];
    if let Some(q) = &query.q {
        values.push(page::like(q).into());
        let place = values.len();
        condition += &format!(
            " AND (LOWER(n.name) LIKE LOWER(${place}) ESCAPE '\\' OR LOWER(u.email) LIKE LOWER(${place}) ESCAPE '\\' \
             OR LOWER(u.full_name) LIKE LOWER(${place}) ESCAPE '\\')"
        );
    }
    let total = store::count_users(read, &condition, values.clone()).await?;
    if let Some(cursor) = cursor {
        values.push(cursor.into());
        condition += &format!(" AND n.name > ${}", values.len());
    }
    condition += &format!(" ORDER BY n.name LIMIT {}", limit + 1);
    let users = store::list_users(read, &condition, values).await?;
    let page = Page::cut(users, limit, |user: &User| user.username.as_str().to_owned());
    Ok(page.with_total(total))
}
