//! `POST /api/v1/applications`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, NodeKind, Problem};
use serde::Deserialize;
use tree::NewNode;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    connect_realms::ShareRealm,
    find::absent,
    realm::{Application, kind},
    store,
    view::ApplicationView,
};

/// Making an application.
#[derive(Debug)]
pub struct CreateApplication;

impl Action for CreateApplication {
    type Resource = NewNode;
    const PERMISSION: &'static str = "application:manage";
}

/// An application to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// Its name, unique among the roots.
    #[schema(value_type = String)]
    pub name: Name,
    /// The name of its primary realm: its users may sign in there, and those of the realms connected to it.
    #[schema(value_type = String)]
    pub realm: Name,
}

/// Makes an application: a root, and the realm whose users may sign in there.
#[utoipa::path(post, path = "/api/v1/applications", tag = "applications", operation_id = "create_application",
    request_body = NewApplication,
    responses((status = 201, body = ApplicationView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("application:manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<NewApplication>,
) -> web::Result<Created<ApplicationView>> {
    let mut tx = ctx.begin().await?;
    let realm = store::find_realm(&tx, &input.realm).await?;
    let realm = realm.ok_or_else(|| tree::unknown("/realm"))?;
    let application = run(&mut tx, input.name, realm.id).await?;
    tx.commit().await?;
    let location = format!("/api/v1/applications/{}", application.name);
    Ok(Created { body: application.into(), location })
}

/// Makes an application. Opening it to a realm's users asks what connecting that realm asks.
pub async fn run(tx: &mut Writing, name: Name, realm: NodeId) -> Result<Application, Problem> {
    let place = NewNode { parent: None, kind: kind(NodeKind::APPLICATION)?, name };
    let place = tx.permit::<CreateApplication>(place)?;
    let realm = tx.permit::<ShareRealm>(realm).map_err(|p| tree::hide(p, "/realm"))?;
    if tx.engine().kind(*realm).is_none_or(|kind| kind.as_str() != NodeKind::REALM) {
        return Err(Problem::invalid("/realm", "is no realm"));
    }
    let node = tree::insert_node(tx, &place).await?;
    let name = node.name.clone();
    let application = place.map(|_| Ok::<_, Problem>((node, *realm)))?;
    store::insert_application(tx, &application).await?;
    let id = application.0.id;
    tx.audit(
        Event::new(EventKind::DataCreate, "application.create")
            .about("application", id, id)
            .with("name", name.as_str())
            .with("realm", realm.to_string()),
    );
    store::find_application(tx, name.as_str()).await?.ok_or_else(absent)
}
