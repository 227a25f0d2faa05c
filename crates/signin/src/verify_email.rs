//! `POST /auth/email/verify`: a link to the own address, which verifies it.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::Problem;
use web::Op;

use crate::{
    change_email,
    own::{own_id, own_user},
    signin::Signin,
};

/// Sends a link to the own e-mail address, by which it is verified. 409 if there is none or it is verified already, 403
/// where no mail is sent, 429 for who asks too often. A change of the address that waits ends.
#[utoipa::path(post, path = "/auth/email/verify", operation_id = "verify_email", tag = "sign-in",
    responses((status = 202, description = "A link is on its way"), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, State(signin): State<Arc<Signin>>) -> web::Result<StatusCode> {
    let id = own_id(&ctx)?;
    if !signin.outbox.is_on() {
        return Err(Problem::forbidden("No mail is sent here.").into());
    }
    let mut tx = ctx.begin().await?;
    let user = own_user(&tx, id).await?;
    if user.verified_email().is_some() {
        return Err(Problem::conflict("The address is verified already.").into());
    }
    let none = || Problem::conflict("There is no address to be verified.");
    let address = user.email.clone().ok_or_else(none)?;
    change_email::begin(&signin, &mut tx, &user, address).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
