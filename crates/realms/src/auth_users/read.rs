//! `GET /auth/users/{username}`

use kernel::Name;
use web::{Json, Op, Path};

use crate::{
    auth_users::{AuthUserView, find, own_realm, view},
    read_user::ReadUser,
};

/// A user of the caller's realm.
#[utoipa::path(get, path = "/auth/users/{username}", tag = "auth", operation_id = "auth_read_user",
    params(("username" = String, Path, description = "The user's name")),
    responses((status = 200, body = AuthUserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(Op(ctx): Op, Path(username): Path<Name>) -> web::Result<Json<AuthUserView>> {
    let read = ctx.read().await?;
    let user = find(&read, own_realm(&read).await?, &username).await?;
    let user = read.permit::<ReadUser>(user)?;
    Ok(Json(view(&read, user.into_inner())))
}
