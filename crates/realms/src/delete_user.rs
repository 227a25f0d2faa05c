//! `DELETE /api/v1/realms/{realm}/users/{username}`

use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use web::{IfMatch, Op, Path};

use crate::{
    find::{absent, user_in_path},
    model::User,
};

/// Deleting a user.
#[derive(Debug)]
pub struct DeleteUser;

impl Action for DeleteUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Deletes a user, with its assignments and memberships. Its id and its past stay in the audit.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/users/{username}", tag = "users",
    operation_id = "delete_user",
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    run(&mut tx, user, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a user. That the last superuser stays, and that only superusers delete one, is asked where the rows go.
pub async fn run(tx: &mut Writing, user: User, if_match: &IfMatch) -> Result<(), Problem> {
    let user = tx.permit::<DeleteUser>(user)?;
    if_match.check(user.version)?;
    let event = Event::new(EventKind::DataDelete, "user.delete")
        .about("user", user.id, user.realm)
        .personal("name", user.username.as_str());
    let node = ::store::node::find(tx, user.id).await?.ok_or_else(absent)?;
    tree::delete_node::remove(tx, &user.map(|_| Ok::<_, Problem>(node))?).await?;
    tx.audit(event);
    Ok(())
}
