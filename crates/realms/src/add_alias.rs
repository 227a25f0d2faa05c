//! `POST /api/v1/realms/{realm}/users/{username}/aliases`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    find::user_in_path,
    guards,
    model::User,
    names::Alias,
    save, store,
    view::{AliasView, UserView, tagged_user},
};

/// Most aliases of one user.
const MAX_ALIASES: usize = 50;

/// Adding an alias.
#[derive(Debug)]
pub struct AddAlias;

impl Action for AddAlias {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// Adds an alias. It is a way to take someone over, so it asks to hold all that the user holds.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users/{username}/aliases", tag = "users",
    operation_id = "add_alias", request_body = AliasView,
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    if_match: IfMatch,
    Json(input): Json<AliasView>,
) -> web::Result<Tagged<UserView>> {
    let alias = input.parse()?;
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, user, alias, &if_match).await?;
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Adds an alias.
pub async fn run(
    tx: &mut Writing,
    user: User,
    alias: Alias,
    if_match: &IfMatch,
) -> Result<User, Problem> {
    let user = tx.permit::<AddAlias>(user)?;
    if_match.check(user.version)?;
    guards::may_touch(tx, &user)?;
    access::granting::taking_over(tx, user.id).await?;
    if user.aliases.len() >= MAX_ALIASES {
        return Err(Problem::conflict("A user has at most 50 aliases."));
    }
    if store::has_alias(tx, user.realm, &alias.folded()).await? {
        return Err(Problem::conflict("The realm has a user with that name or alias already."));
    }
    store::insert_alias(tx, &user, &alias).await?;
    tx.audit(
        Event::new(EventKind::DataUpdate, "user.add_alias")
            .about("user", user.id, user.id)
            .with("kind", alias.kind.as_str())
            .personal("alias", alias.value.as_str()),
    );
    save::stored(tx, user.into_inner()).await
}
