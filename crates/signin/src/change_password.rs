//! `POST /auth/password`: a user changes the own password. The other sessions end, this one stays.

use std::sync::Arc;

use axum::extract::State;
use context::{Ctx, Event, EventKind};
use http::StatusCode;
use kernel::{NodeId, Problem, ProblemKind};
use protocol::password::PasswordHash;
use realms::User;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    lockout::{Tried, wrong},
    own::{own_id, own_names, own_user},
    password_policy,
    session::end_sessions_of,
    signin::Signin,
    store::{self, Credential},
};

/// The old and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    old_password: SecretString,
    /// The new one.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Changes the own password: 401 if the old one is wrong (that counts as a failed sign-in), 400 if the new one is
/// against the policy.
#[utoipa::path(post, path = "/auth/password", operation_id = "change_password", tag = "sign-in", request_body = ChangePassword,
    responses((status = 204, description = "Changed; the user's other sessions have ended"),
        (status = 400, body = web::ProblemBody), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<ChangePassword>,
) -> web::Result<StatusCode> {
    let id = own_id(&ctx)?;
    let user = own_user(&ctx.read().await?, id).await?;
    let tried = Tried {
        user: Some(id),
        username: Some(user.username.as_str().to_owned()),
        counter: id.0,
        action: "password.change",
    };
    let old = signin.try_password(&ctx, &tried, &input.old_password).await?;
    check(&ctx, &input.new_password, &user)?;
    let hash = signin.hasher.hash(ctx.system(), input.new_password).await?;
    change(&ctx, id, &old, &hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(ctx: &Ctx, password: &SecretString, user: &User) -> Result<(), Problem> {
    let names = own_names(user);
    password_policy::check(&ctx.system().state().settings, password, &names).map_err(|problem| {
        match problem.kind() {
            // `/auth/*` keeps the status of NornicDB.
            ProblemKind::Invalid => problem.errors().iter().fold(
                Problem::new(ProblemKind::BadRequest, "The new password is not good enough."),
                |bad, error| bad.and_field("/new_password", &error.detail),
            ),
            _ => problem,
        }
    })
}

async fn change(
    ctx: &Ctx,
    user: NodeId,
    old: &Credential,
    hash: &PasswordHash,
) -> Result<(), Problem> {
    let mut tx = ctx.begin().await?;
    let present = store::password(&tx, user).await?;
    // Somebody else changed it while this one was hashed: the old password is no longer the old one.
    if present.is_none_or(|present| present.changed_at != old.changed_at) {
        return Err(wrong());
    }
    store::set_password(tx.as_ref(), user, hash, ctx.now()).await?;
    let stays = ctx.principal().session.as_ref().map(|session| session.id);
    let ended = end_sessions_of(&mut tx, user, stays).await?;
    tx.audit(
        Event::new(EventKind::PasswordChange, "password.change")
            .about("user", user, user)
            .with("sessions_ended", ended),
    );
    tx.commit().await.map(drop)
}
