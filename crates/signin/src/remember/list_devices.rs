//! `GET /auth/remembered-devices`: where the own sign-in is remembered.

use context::{Ctx, Reading};
use jiff::Timestamp;
use kernel::{Problem, RememberedId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op, Page};

use super::remembered::{Life, Remembered};
use crate::{own::own_id, store::remembered as rows};

/// A device that remembers a sign-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct RememberedView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: RememberedId,
    /// When the user signed in there.
    #[schema(value_type = String, format = DateTime)]
    signed_in_at: Timestamp,
    /// When the user came back by it, or signed in.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// When it is over unless it is used before.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What the user calls the device.
    device_name: Option<String>,
    /// With what the user signed in.
    user_agent: Option<String>,
    /// The types of the steps of the sign-in.
    method: String,
}

/// The devices that remember the own sign-in, the one that was used last first: 20 at most.
#[utoipa::path(get, path = "/auth/remembered-devices", operation_id = "list_remembered_devices", tag = "sign-in",
    responses((status = 200, body = Page<RememberedView>), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op) -> web::Result<Json<Page<RememberedView>>> {
    let read = ctx.read().await?;
    Ok(Json(Page { items: list(&ctx, &read).await?, next_cursor: None, total: None }))
}

async fn list(ctx: &Ctx, read: &Reading) -> Result<Vec<RememberedView>, Problem> {
    let life = Life::of(&read.state().settings)?;
    let devices = rows::of_user(read, own_id(ctx)?).await?;
    let good = devices.into_iter().filter(|device| ctx.now() < device.ends_at(life));
    Ok(good.map(|device| device.view(life)).collect())
}

impl Remembered {
    fn view(self, life: Life) -> RememberedView {
        RememberedView {
            id: self.id,
            signed_in_at: self.signed_in_at,
            last_used_at: self.rotation.rotated_at,
            expires_at: self.ends_at(life),
            device_name: self.device_name,
            user_agent: self.user_agent,
            method: self.method,
        }
    }
}
