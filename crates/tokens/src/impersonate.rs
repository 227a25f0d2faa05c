//! `POST /api/v1/realms/{realm}/users/{username}/impersonate`: acting in somebody else's place. It stands here and not in
//! `signin`, as its answer is a token.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use context::{Ctx, Writing};
use kernel::{Problem, Remark};
use serde::Deserialize;
use signin::{
    Opened, UserPath,
    impersonation::{self, Impersonate, Wish},
};
use utoipa::ToSchema;
use web::{Json, Op, Path};

use crate::{
    login::{self, Begun, LoginAnswer, SessionKind},
    tokens::Tokens,
};

/// How the session is to begin.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpersonateInput {
    /// Why, for the audit; at most 500 characters.
    #[schema(value_type = Option<String>, max_length = 500)]
    reason: Option<Remark>,
    /// What the device is called.
    device_name: Option<String>,
    /// `cookie`: a browser that keeps a cookie instead of tokens, beside its own.
    session: Option<SessionKind>,
}

/// Opens a session in the user's place: what it may do is what the user may, and it carries who acts. It asks to hold all
/// that the user holds, and a sign-in of the caller himself that is not older than 10 minutes. Nobody impersonates a
/// superuser. It changes no credential, grants nothing, and ends with the session that it was begun from.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users/{username}/impersonate", operation_id = "impersonate_user", tag = "users",
    params(UserPath), request_body = ImpersonateInput,
    responses((status = 200, body = LoginAnswer), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user:impersonate"))))]
pub async fn handle(
    Op(ctx): Op,
    State(tokens): State<Arc<Tokens>>,
    Path(path): Path<UserPath>,
    Json(input): Json<ImpersonateInput>,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    let begun = begin(&tokens, &ctx, &path, input).await?;
    Ok(begun.into_response(&tokens)?)
}

async fn begin(
    tokens: &Tokens,
    ctx: &Ctx,
    path: &UserPath,
    input: ImpersonateInput,
) -> Result<Begun, Problem> {
    impersonation::check_caller(ctx)?;
    let mut tx = ctx.begin().await?;
    let opened = run(&mut tx, path, input).await?;
    let begun = login::issue(tokens, &mut tx, opened).await?;
    tx.commit().await?;
    Ok(begun)
}

async fn run(
    tx: &mut Writing,
    path: &UserPath,
    input: ImpersonateInput,
) -> Result<Opened, Problem> {
    let target = tx.permit::<Impersonate>(path.find(tx).await?)?;
    access::granting::taking_over(tx, target.id).await?;
    let with_cookie = input.session == Some(SessionKind::Cookie);
    let reason = input.reason.map(String::from);
    let wish = Wish { reason, device_name: input.device_name, with_cookie };
    signin::impersonate(tx, target, wish).await
}
