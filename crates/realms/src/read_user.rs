//! `GET /api/v1/realms/{realm}/users/{username}`

use context::Action;
use kernel::Name;
use web::{Op, Path, Tagged};

use crate::{
    find::user_in_path,
    model::User,
    view::{UserView, tagged_user},
};

/// Reading a user.
#[derive(Debug)]
pub struct ReadUser;

impl Action for ReadUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// A user.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/users/{username}", tag = "users",
    operation_id = "read_user",
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
) -> web::Result<Tagged<UserView>> {
    let read = ctx.read().await?;
    let user = user_in_path(&read, &realm, &username).await?;
    let user = read.permit::<ReadUser>(user)?;
    Ok(tagged_user(&read, user.into_inner()).await?)
}
