//! `PATCH /api/v1/applications/{application}`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    connect_realms::ShareRealm, find::absent, realm::Application, store, view::ApplicationView,
};

/// Changing an application.
#[derive(Debug)]
pub struct UpdateApplication;

impl Action for UpdateApplication {
    type Resource = Application;
    const PERMISSION: &'static str = "application:manage";
}

/// What to change.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationPatch {
    /// The name of another primary realm.
    #[schema(value_type = String)]
    pub realm: Name,
}

/// Gives an application another primary realm.
#[utoipa::path(patch, path = "/api/v1/applications/{application}", tag = "applications",
    operation_id = "update_application", request_body = ApplicationPatch,
    params(("application" = String, Path, description = "The application's name")),
    responses((status = 200, body = ApplicationView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("application:manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(application): Path<Name>,
    if_match: IfMatch,
    Json(input): Json<ApplicationPatch>,
) -> web::Result<Tagged<ApplicationView>> {
    let mut tx = ctx.begin().await?;
    let found = store::find_application(&tx, application.as_str()).await?.ok_or_else(absent)?;
    let found = tx.permit::<UpdateApplication>(found)?.into_inner();
    if_match.check(found.version)?;
    let realm = store::find_realm(&tx, &input.realm).await?;
    let realm = realm.ok_or_else(|| tree::unknown("/realm"))?;
    let found = run(&mut tx, found, realm.id).await?;
    let version = found.version;
    tx.commit().await?;
    Ok(Tagged { body: found.into(), version })
}

/// Gives an application another primary realm. Opening it to a realm's users asks what connecting that realm asks.
pub async fn run(
    tx: &mut Writing,
    application: Application,
    realm: NodeId,
) -> Result<Application, Problem> {
    let application = tx.permit::<UpdateApplication>(application)?;
    let realm = tx.permit::<ShareRealm>(realm).map_err(|p| tree::hide(p, "/realm"))?;
    let former = application.realm;
    let changed = |application| Ok::<_, Problem>(Application { realm: *realm, ..application });
    let application = application.map(changed)?;
    store::save_application(tx, &application).await?;
    tx.audit(
        Event::new(EventKind::DataUpdate, "application.update")
            .about("application", application.id, application.id)
            .with("from", former.to_string())
            .with("to", realm.to_string()),
    );
    store::find_application(tx, &application.name).await?.ok_or_else(absent)
}
