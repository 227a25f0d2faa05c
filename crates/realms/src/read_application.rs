//! `GET /api/v1/applications/{application}`

use kernel::Name;
use web::{Op, Path, Tagged};

use crate::{find::absent, list_applications::ReadApplication, store, view::ApplicationView};

/// An application.
#[utoipa::path(get, path = "/api/v1/applications/{application}", tag = "applications",
    operation_id = "read_application",
    params(("application" = String, Path, description = "The application's name")),
    responses((status = 200, body = ApplicationView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(application): Path<Name>,
) -> web::Result<Tagged<ApplicationView>> {
    let read = ctx.read().await?;
    let found = store::find_application(&read, application.as_str()).await?.ok_or_else(absent)?;
    let found = read.permit::<ReadApplication>(found)?.into_inner();
    let version = found.version;
    Ok(Tagged { body: found.into(), version })
}
