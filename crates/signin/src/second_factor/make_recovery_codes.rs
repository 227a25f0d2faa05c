//! `POST /auth/recovery-codes`: new recovery codes instead of those before.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind};
use kernel::Problem;
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op};

use super::{challenge::all_exposed, notices::Notice, recovery_code, store::factors};
use crate::{
    own::{fresh_own_id, need_factor, own_user},
    signin::Signin,
};

/// Codes that were made.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes, each good once. This is the only time that they are shown.
    #[serde(serialize_with = "all_exposed")]
    #[schema(value_type = Vec<String>)]
    recovery_codes: Vec<SecretString>,
}

/// Makes ten recovery codes; those before are good no more. Asks for a sign-in not older than 10 minutes by a factor that
/// is no recovery code: 403 of type `sign-in-too-old`. 409 for a user without a factor.
#[utoipa::path(post, path = "/auth/recovery-codes", operation_id = "make_recovery_codes", tag = "sign-in",
    responses((status = 200, body = RecoveryCodes), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
) -> web::Result<Json<RecoveryCodes>> {
    ctx.answers_with_secret();
    let me = fresh_own_id(&ctx)?;
    let mut tx = ctx.begin().await?;
    need_factor(&tx, &ctx, me).await?;
    if !factors::has_confirmed(&tx, me).await? {
        return Err(
            Problem::conflict("Recovery codes stand in for a factor; make one first.").into()
        );
    }
    let recovery_codes = recovery_code::renew(&tx, me).await?;
    let user = own_user(&tx, me).await?;
    signin.notify_of_factors(&tx, &user, Notice::NewCodes).await?;
    let event = Event::new(EventKind::DataUpdate, "recovery_codes.make");
    tx.audit(event.about("user", me, me));
    tx.commit().await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}
