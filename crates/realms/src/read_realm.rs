//! `GET /api/v1/realms/{realm}`

use kernel::Name;
use web::{Op, Path, Tagged};

use crate::{find::realm_in_path, list_realms::ReadRealm, view::RealmView};

/// A realm.
#[utoipa::path(get, path = "/api/v1/realms/{realm}", tag = "realms", operation_id = "read_realm",
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 200, body = RealmView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(Op(ctx): Op, Path(realm): Path<Name>) -> web::Result<Tagged<RealmView>> {
    let read = ctx.read().await?;
    let realm = realm_in_path(&read, &realm).await?;
    let realm = read.permit::<ReadRealm>(realm)?.into_inner();
    let version = realm.version;
    Ok(Tagged { body: realm.into(), version })
}
