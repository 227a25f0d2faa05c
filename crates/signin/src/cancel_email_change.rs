//! `DELETE /auth/email/change`: one's own address stays what it is.

use context::{Event, EventKind};
use http::StatusCode;
use kernel::Problem;
use realms::store::{end_email_change, pending_email};
use web::Op;

use crate::own::own_id;

/// Ends a change of the own e-mail address that waits to be confirmed; its links are dead. 404 if none does.
#[utoipa::path(delete, path = "/auth/email/change", operation_id = "cancel_email_change", tag = "sign-in",
    responses((status = 204, description = "The address stays"), (status = 401, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op) -> web::Result<StatusCode> {
    let id = own_id(&ctx)?;
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    if pending_email(&tx, id, now).await?.is_none() {
        return Err(Problem::not_found("change of the address").into());
    }
    end_email_change(&tx, id, now).await?;
    tx.audit(Event::new(EventKind::DataUpdate, "email.change_cancel").about("user", id, id));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
