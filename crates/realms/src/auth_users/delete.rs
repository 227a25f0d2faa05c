//! `DELETE /auth/users/{username}`

use axum::http::StatusCode;
use kernel::Name;
use web::{IfMatch, Op, Path};

use crate::{
    auth_users::{find, own_realm},
    delete_user,
};

/// Deletes a user of the caller's realm.
#[utoipa::path(delete, path = "/auth/users/{username}", tag = "auth", operation_id = "auth_delete_user",
    params(("username" = String, Path, description = "The user's name")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(username): Path<Name>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let user = find(&tx, own_realm(&tx).await?, &username).await?;
    delete_user::run(&mut tx, user, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
