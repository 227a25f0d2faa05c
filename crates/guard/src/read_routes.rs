//! `GET /api/v1/applications/{application}/routes`

use kernel::Name;
use realms::list_applications::ReadApplication;
use web::{Op, Path, Tagged};

use crate::{input::RoutesInput, replace_routes::absent, store, view};

/// What guards the requests of an application. An application that has no table answers an empty one.
#[utoipa::path(get, path = "/api/v1/applications/{application}/routes", tag = "applications",
    operation_id = "read_routes",
    params(("application" = String, Path, description = "The application's name")),
    responses((status = 200, body = RoutesInput), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(application): Path<Name>,
) -> web::Result<Tagged<RoutesInput>> {
    let read = ctx.read().await?;
    let found = realms::find_application(&read, application.as_str()).await?.ok_or_else(absent)?;
    let found = read.permit::<ReadApplication>(found)?;
    let (table, version) = store::find(&read, found.id).await?;
    Ok(Tagged { body: view::written(&read, &table).await?, version })
}
