//! `POST /api/v1/realms/{realm}/users/{username}/disable`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use web::{IfMatch, Op, Path, Tagged};

use crate::{
    find::user_in_path,
    guards,
    model::User,
    save,
    view::{UserView, tagged_user},
};

/// Switching a user off.
#[derive(Debug)]
pub struct DisableUser;

impl Action for DisableUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Switches a user off: from this moment on it is denied everything.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users/{username}/disable", tag = "users",
    operation_id = "disable_user",
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    if_match: IfMatch,
) -> web::Result<Tagged<UserView>> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, user, &if_match).await?;
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Switches a user off: from this moment on it is denied everything.
pub async fn run(tx: &mut Writing, user: User, if_match: &IfMatch) -> Result<User, Problem> {
    let user = tx.permit::<DisableUser>(user)?;
    if_match.check(user.version)?;
    guards::may_touch(tx, &user)?;
    guards::keep_a_superuser(tx, &user)?;
    let user = user.map(|user| Ok::<_, Problem>(user.disable()))?;
    let event = Event::new(EventKind::DataUpdate, "user.disable").about("user", user.id, user.id);
    save::user(tx, user, event).await
}
