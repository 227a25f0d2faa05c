//! `PUT /api/v1/applications/{application}/routes`

use std::collections::BTreeSet;

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem, ProblemKind};
use protocol::route::{Host, RouteTable};
use realms::Application;
use serde_json::Value;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{input::RoutesInput, lifting, resolve, store, view};

/// Saying what guards the requests of an application.
#[derive(Debug)]
pub struct ReplaceRoutes;

impl Action for ReplaceRoutes {
    type Resource = Application;
    const PERMISSION: &'static str = "application:manage";
}

/// Taking a host. Hosts are shared by all applications, so it is asked at `$global`: else whoever manages one application
/// could answer for the host of another before that one has taken it.
#[derive(Debug)]
pub struct TakeHost;

impl Action for TakeHost {
    type Resource = NodeId;
    const PERMISSION: &'static str = "application:manage";
}

/// Replaces all that guards the requests of an application. Taking a guard away asks what the guard asks; another host
/// asks `application:manage` at `$global`.
#[utoipa::path(put, path = "/api/v1/applications/{application}/routes", tag = "applications",
    operation_id = "replace_routes", request_body = RoutesInput,
    params(("application" = String, Path, description = "The application's name")),
    responses((status = 200, body = RoutesInput), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("application:manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(application): Path<Name>,
    if_match: IfMatch,
    Json(input): Json<RoutesInput>,
) -> web::Result<Tagged<RoutesInput>> {
    let mut tx = ctx.begin().await?;
    let found = realms::find_application(&tx, application.as_str()).await?.ok_or_else(absent)?;
    let found = tx.permit::<ReplaceRoutes>(found)?.into_inner();
    let id = found.id;
    if_match.check(store::find(&tx, id).await?.1)?;
    let version = run(&mut tx, found, input).await?;
    let (table, _) = store::find(&tx, id).await?;
    let body = view::written(&tx, &table).await?;
    tx.commit().await?;
    Ok(Tagged { body, version })
}

/// Replaces the table of an application, and tells its new version.
pub async fn run(
    tx: &mut Writing,
    application: Application,
    input: RoutesInput,
) -> Result<i64, Problem> {
    let application = tx.permit::<ReplaceRoutes>(application)?;
    let (former, _) = store::find(tx, application.id).await?;
    let table = resolve::table(tx, application.id, input).await?;
    take_hosts(tx, application.id, &former, &table)?;
    lifting::may_replace(tx, application.id, &former, &table).await?;
    let event = Event::new(EventKind::RoleChange, "application.routes")
        .about("application", application.id, application.id)
        .with("hosts", texts(&table.hosts))
        .with("entries", table.routes.len())
        .exchanged(&entries(&former)?, &entries(&table)?);
    let version = store::save(tx, &application.with(table)).await?;
    tx.audit(event);
    Ok(version)
}

/// 403 unless the caller may take the new ones, 409 for one that is another application's.
fn take_hosts(
    tx: &Writing,
    application: NodeId,
    former: &RouteTable,
    table: &RouteTable,
) -> Result<(), Problem> {
    let new: BTreeSet<&Host> = table.hosts.iter().filter(|h| !former.hosts.contains(h)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let _ = tx.permit::<TakeHost>(NodeId::GLOBAL)?;
    match new
        .into_iter()
        .find(|host| tx.state().roots.at_host(host).is_some_and(|id| id != application))
    {
        None => Ok(()),
        Some(host) => {
            let detail = format!("{host} is another application's");
            Err(Problem::conflict("A host belongs to one application.").and_field("/hosts", detail))
        }
    }
}

/// The entries of a table, each as text.
fn entries(table: &RouteTable) -> Result<Vec<Value>, Problem> {
    let text = |route| serde_json::to_string(route).map(Value::from).map_err(Problem::internal);
    table.routes.iter().map(text).collect()
}

fn texts(hosts: &[Host]) -> Vec<String> {
    hosts.iter().map(Host::to_string).collect()
}

/// 404, in the very words with which a permit hides what the caller may not see.
pub(crate) fn absent() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such thing, or you may not see it.")
}
