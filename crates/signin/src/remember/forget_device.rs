//! `DELETE /auth/remembered-devices/{id}`: a device remembers the own sign-in no more.

use context::{Event, EventKind};
use http::StatusCode;
use kernel::{Problem, RememberedId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Op, Path};

use super::forget::forget;
use crate::{own::own_id, store::remembered as rows};

/// Which device.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DevicePath {
    /// The device.
    #[param(value_type = String, format = Uuid)]
    id: RememberedId,
}

/// Ends what one of the own devices remembers, and the sessions that began there by it.
#[utoipa::path(delete, path = "/auth/remembered-devices/{id}", operation_id = "forget_remembered_device", tag = "sign-in",
    params(DevicePath),
    responses((status = 204), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Path(path): Path<DevicePath>) -> web::Result<StatusCode> {
    let me = own_id(&ctx)?;
    let missing = || Problem::not_found("device");
    let mut tx = ctx.begin().await?;
    let device = rows::find(&tx, path.id).await?.filter(|device| device.user == me);
    let device = device.ok_or_else(missing)?;
    let ended = forget(&mut tx, device.id).await?.ok_or_else(missing)?;
    tx.audit(
        Event::new(EventKind::Logout, "remember.forget")
            .about("user", me, me)
            .with("device", device.id.to_string())
            .with("sessions_ended", ended),
    );
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
