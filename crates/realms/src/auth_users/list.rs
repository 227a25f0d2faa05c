//! `GET /auth/users`

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use web::{Json, Op, PageQuery, Query, page::MAX_LIMIT};

use crate::{
    auth_users::{AuthUserView, own_realm, view},
    list_users,
};

/// The users of the caller's realm that the caller may manage, by name, as an array. It holds `limit` of them (500 if
/// nothing is said); where there are more, the header `Link` names the next page (RFC 8288).
#[utoipa::path(get, path = "/auth/users", tag = "auth", operation_id = "auth_list_users", params(PageQuery),
    responses((status = 200, body = Vec<AuthUserView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(Op(ctx): Op, Query(mut query): Query<PageQuery>) -> web::Result<Response> {
    query.limit = query.limit.or(Some(MAX_LIMIT));
    let read = ctx.read().await?;
    let page = list_users::run(&read, own_realm(&read).await?, &query).await?;
    let users: Vec<AuthUserView> = page.items.into_iter().map(|user| view(&read, user)).collect();
    let mut response = Json(users).into_response();
    if let Some(cursor) = page.next_cursor {
        let limit = query.limit.unwrap_or(MAX_LIMIT);
        let link = format!("</auth/users?limit={limit}&cursor={cursor}>; rel=\"next\"");
        if let Ok(link) = HeaderValue::try_from(link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}
