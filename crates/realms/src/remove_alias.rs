//! `DELETE /api/v1/realms/{realm}/users/{username}/aliases/{alias}`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use web::{IfMatch, Op, Path, Tagged};

use crate::{
    find::user_in_path,
    guards,
    model::User,
    names::fold,
    save, store,
    view::{UserView, tagged_user},
};

/// Removing an alias.
#[derive(Debug)]
pub struct RemoveAlias;

impl Action for RemoveAlias {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Removes an alias; the user name stays. It asks to hold all that the user holds, as adding one does.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/users/{username}/aliases/{alias}", tag = "users",
    operation_id = "remove_alias",
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there"),
        ("alias" = String, Path, description = "The alias")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((realm, username, alias)): Path<(Name, Name, Name)>,
    if_match: IfMatch,
) -> web::Result<Tagged<UserView>> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, user, &alias, &if_match).await?;
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Removes an alias.
pub async fn run(
    tx: &mut Writing,
    user: User,
    alias: &Name,
    if_match: &IfMatch,
) -> Result<User, Problem> {
    let user = tx.permit::<RemoveAlias>(user)?;
    if_match.check(user.version)?;
    guards::may_touch(tx, &user)?;
    access::granting::taking_over(tx, user.id).await?;
    if !store::delete_alias(tx, &user, &fold(alias.as_str())).await? {
        return Err(Problem::not_found("alias"));
    }
    tx.audit(
        Event::new(EventKind::DataUpdate, "user.remove_alias")
            .about("user", user.id, user.id)
            .personal("alias", alias.as_str()),
    );
    save::stored(tx, user.into_inner()).await
}
