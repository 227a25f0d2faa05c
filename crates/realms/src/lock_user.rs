//! `POST /api/v1/realms/{realm}/users/{username}/lock`

use context::{Action, Event, EventKind, Writing};
use jiff::Timestamp;
use kernel::{Name, Problem, Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    find::user_in_path,
    guards,
    model::{Lock, User},
    save,
    view::{UserView, tagged_user},
};

/// Locking a user.
#[derive(Debug)]
pub struct LockUser;

impl Action for LockUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// How long, and why.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LockInput {
    /// Before which moment; absent: until somebody unlocks.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why; at most 500 characters.
    #[schema(value_type = Option<String>, max_length = 500)]
    pub reason: Option<Remark>,
}

/// Locks a user, whatever it signs in with. A new lock replaces an old one.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users/{username}/lock", tag = "users",
    operation_id = "lock_user", request_body = LockInput,
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
    Json(input): Json<LockInput>,
) -> web::Result<Tagged<UserView>> {
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, user, input, &if_match).await?;
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Locks a user.
pub async fn run(
    tx: &mut Writing,
    user: User,
    input: LockInput,
    if_match: &IfMatch,
) -> Result<User, Problem> {
    let user = tx.permit::<LockUser>(user)?;
    if_match.check(user.version)?;
    guards::may_touch(tx, &user)?;
    guards::keep_a_superuser(tx, &user)?;
    let reason = input.reason.map(String::from);
    let lock = Lock { since: tx.ctx().now(), until: input.until, reason: reason.clone() };
    let user = user.map(|user| user.lock(lock))?;
    let event = Event::new(EventKind::DataUpdate, "user.lock").about("user", user.id, user.id);
    save::user(tx, user, event.because(reason)).await
}
