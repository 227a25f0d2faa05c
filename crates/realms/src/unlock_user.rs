//! `POST /api/v1/realms/{realm}/users/{username}/unlock`

use std::sync::Arc;

use axum::extract::State;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use web::{IfMatch, Op, Path, Tagged};

use crate::{
    find::user_in_path,
    guards,
    model::User,
    passwords::Passwords,
    save,
    view::{UserView, tagged_user},
};

/// Unlocking a user.
#[derive(Debug)]
pub struct UnlockUser;

impl Action for UnlockUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Ends a lock, and forgets the failed sign-ins that were counted.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users/{username}/unlock", tag = "users",
    operation_id = "unlock_user",
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    if_match: IfMatch,
) -> web::Result<Tagged<UserView>> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, user, &*passwords, &if_match).await?;
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Ends a lock.
pub async fn run(
    tx: &mut Writing,
    user: User,
    passwords: &dyn Passwords,
    if_match: &IfMatch,
) -> Result<User, Problem> {
    let user = tx.permit::<UnlockUser>(user)?;
    if_match.check(user.version)?;
    guards::may_touch(tx, &user)?;
    let user = user.map(|user| Ok::<_, Problem>(user.unlock()))?;
    passwords.unlocked(tx, user.id).await?;
    let event = Event::new(EventKind::DataUpdate, "user.unlock").about("user", user.id, user.id);
    save::user(tx, user, event).await
}
