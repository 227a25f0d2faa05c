//! `PUT /api/v1/realms/{realm}/users/{username}/password`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Op, Path};

use crate::{
    find::user_in_path,
    guards,
    model::User,
    passwords::{HashedPassword, Passwords},
};

/// Giving a user another password.
#[derive(Debug)]
pub struct ResetPassword;

impl Action for ResetPassword {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// The new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordInput {
    /// The new password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Whether the user must change it at the next sign-in, before anything else.
    #[serde(default)]
    pub must_change: bool,
}

/// Gives a user another password, and ends its sessions. It is a way to take someone over, so it asks to hold all that
/// the user holds.
#[utoipa::path(put, path = "/api/v1/realms/{realm}/users/{username}/password", tag = "users",
    operation_id = "reset_password", request_body = PasswordInput,
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 204, description = "Done"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    Json(input): Json<PasswordInput>,
) -> web::Result<StatusCode> {
    // Hashing is costly and comes before the write lock: only for whom the permission is clear already.
    let read = ctx.read().await?;
    let user = user_in_path(&read, &realm, &username).await?;
    let about = read.permit::<ResetPassword>(user)?.password_facts();
    drop(read);
    let hash = passwords.check_and_hash(&ctx, &input.password, &about).await?;
    let mut tx = ctx.begin().await?;
    let user = user_in_path(&tx, &realm, &username).await?;
    run(&mut tx, user, hash, input.must_change, &*passwords).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a user another password.
pub async fn run(
    tx: &mut Writing,
    user: User,
    hash: HashedPassword,
    must_change: bool,
    passwords: &dyn Passwords,
) -> Result<(), Problem> {
    let user = tx.permit::<ResetPassword>(user)?;
    guards::may_touch(tx, &user)?;
    access::granting::taking_over(tx, user.id).await?;
    passwords.store(tx, user.id, hash, must_change).await?;
    tx.audit(
        Event::new(EventKind::PasswordChange, "user.reset_password")
            .about("user", user.id, user.id)
            .with("must_change", must_change),
    );
    Ok(())
}
