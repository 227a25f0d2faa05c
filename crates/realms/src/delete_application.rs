//! `DELETE /api/v1/applications/{application}`

use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem};
use web::{IfMatch, Op, Path};

use crate::{find::absent, realm::Application, store};

/// Deleting an application.
#[derive(Debug)]
pub struct DeleteApplication;

impl Action for DeleteApplication {
    type Resource = Application;
    const PERMISSION: &'static str = "application:manage";
}

/// Deletes an application that has no nodes below it.
#[utoipa::path(delete, path = "/api/v1/applications/{application}", tag = "applications",
    operation_id = "delete_application",
    params(("application" = String, Path, description = "The application's name")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("application:manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(application): Path<Name>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let found = store::find_application(&tx, application.as_str()).await?.ok_or_else(absent)?;
    run(&mut tx, found, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes an application.
pub async fn run(
    tx: &mut Writing,
    application: Application,
    if_match: &IfMatch,
) -> Result<(), Problem> {
    let application = tx.permit::<DeleteApplication>(application)?;
    if_match.check(application.version)?;
    let event = Event::new(EventKind::DataDelete, "application.delete")
        .about("application", application.id, NodeId::GLOBAL)
        .with("name", application.name.as_str());
    let node = ::store::node::find(tx, application.id).await?.ok_or_else(absent)?;
    tree::delete_node::remove(tx, &application.map(|_| Ok::<_, Problem>(node))?).await?;
    tx.audit(event);
    Ok(())
}
