//! `POST /auth/users`

use std::sync::Arc;

use access::RoleRef;
use axum::extract::State;
use context::Ctx;
use kernel::{Name, Problem};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Created, Failure, Json, Op};

use crate::{
    auth_users::{AuthUserView, as_bad_request, own_realm, view},
    create_user::{self, NewUser},
    names::Email,
    passwords::Passwords,
};

/// A user to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAuthUser {
    /// Its name, unique in the caller's realm.
    #[schema(value_type = String)]
    pub username: Name,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Where it gets mail; absent: the name `@localhost`.
    #[schema(value_type = Option<String>)]
    pub email: Option<Email>,
    /// Roles of `$global`, assigned at `$global`; absent: `viewer`.
    #[schema(value_type = Option<Vec<String>>)]
    pub roles: Option<Vec<RoleRef>>,
}

/// Makes a user in the caller's realm.
#[utoipa::path(post, path = "/auth/users", tag = "auth", operation_id = "auth_create_user",
    request_body = NewAuthUser,
    responses((status = 201, body = AuthUserView), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Json(input): Json<NewAuthUser>,
) -> web::Result<Created<AuthUserView>> {
    let body = run(&*passwords, &ctx, input).await;
    let body = body.map_err(|problem| Failure(as_bad_request(problem)))?;
    Ok(Created { location: format!("/auth/users/{}", body.username), body })
}

async fn run(
    passwords: &dyn Passwords,
    ctx: &Ctx,
    input: NewAuthUser,
) -> Result<AuthUserView, Problem> {
    let realm = own_realm(&ctx.read().await?).await?;
    let email = match input.email {
        Some(email) => Some(email),
        // A name that makes no address leaves the user without one.
        None => Email::try_from(format!("{}@localhost", input.username)).ok(),
    };
    let roles = match input.roles {
        Some(roles) => roles,
        None => vec![default_role()?],
    };
    let user = NewUser { email, roles, ..NewUser::named(realm, input.username) };
    let hash = create_user::hash(passwords, ctx, &user, Some(&input.password)).await?;
    let mut tx = ctx.begin().await?;
    let user = create_user::run(&mut tx, user).await?;
    if let Some(hash) = hash {
        passwords.store(&mut tx, user.id, hash, false).await?;
    }
    let body = view(&tx, user);
    tx.commit().await?;
    Ok(body)
}

fn default_role() -> Result<RoleRef, Problem> {
    RoleRef::try_from("viewer".to_owned()).map_err(|e| Problem::internal(e.to_string()))
}
