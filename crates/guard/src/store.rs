//! The tables `application_routes` and `application_host`: the routes of each application, and whose each host is.

use context::{Action, Change, Event, EventKind, Loading, Permitted, Writing, cascade::Step};
use kernel::{NodeId, Problem};
use protocol::route::{Access, RouteTable};
use realms::Application;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, micros, node::Node};
use uuid::Uuid;

use crate::view;

/// The tables of this module. A host is a row so that the database, too, lets it belong to one application alone.
pub const MIGRATION: Migration = Migration {
    name: "20261124_guard_routes",
    sql: "
CREATE TABLE application_routes (
  application {uuid} PRIMARY KEY REFERENCES application (id),
  definition TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE TABLE application_host (
  host TEXT PRIMARY KEY,
  application {uuid} NOT NULL REFERENCES application (id)
);
CREATE INDEX application_host_application ON application_host (application);
",
};

#[derive(FromQueryResult)]
struct Row {
    application: Uuid,
    definition: String,
    version: i64,
}

/// The table of an application, with its version; an empty one of version 0 if there is none.
pub async fn find(run: &impl Run, application: NodeId) -> Result<(RouteTable, i64), StoreError> {
    let sql =
        "SELECT application, definition, version FROM application_routes WHERE application = $1";
    let row: Option<Row> = run.one(sql, [application.0.into()]).await?;
    row.map_or(Ok((RouteTable::default(), 0)), |row| Ok((parse(&row)?, row.version)))
}

fn parse(row: &Row) -> Result<RouteTable, StoreError> {
    serde_json::from_str(&row.definition).map_err(|error| {
        StoreError::Corrupt(format!("application_routes of {}: {error}", row.application))
    })
}

/// Writes the table of an application, and tells its new version.
pub async fn save<A: Action>(
    tx: &mut Writing,
    routes: &Permitted<A, (Application, RouteTable)>,
) -> Result<i64, Problem> {
    let (application, table) = &**routes;
    write(tx, application.id, table).await
}

async fn write(tx: &mut Writing, id: NodeId, table: &RouteTable) -> Result<i64, Problem> {
    let version = find(tx, id).await?.1 + 1;
    let text = serde_json::to_string(table).map_err(Problem::internal)?;
    let now = micros(tx.ctx().now());
    tx.execute(
        "INSERT INTO application_routes (application, definition, updated_at, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (application) DO UPDATE SET definition = excluded.definition,
         updated_at = excluded.updated_at, version = excluded.version",
        [id.0.into(), text.into(), now.into(), version.into()],
    )
    .await?;
    tx.execute("DELETE FROM application_host WHERE application = $1", [id.0.into()]).await?;
    for host in &table.hosts {
        let sql = "INSERT INTO application_host (host, application) VALUES ($1, $2)";
        tx.execute(sql, [host.as_str().into(), id.0.into()]).await?;
    }
    tx.record(Change::RoutesSaved { application: id, table: table.clone() })?;
    Ok(version)
}

/// Streams the tables at the start. Applications are few, and they are there before.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let sql = "SELECT application, definition, version FROM application_routes";
    let rows: Vec<Row> = run.all(sql, []).await?;
    for row in rows {
        let table = parse(&row)?;
        loading.apply(Change::RoutesSaved { application: NodeId(row.application), table })?;
    }
    Ok(())
}

/// Removes the table of an application that goes. An entry of another that asks at the node lets nobody through from
/// now on: to take the entry away would leave its requests to a less specific one.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move {
        tx.execute("DELETE FROM application_host WHERE application = $1", [node.id.0.into()])
            .await?;
        tx.execute("DELETE FROM application_routes WHERE application = $1", [node.id.0.into()])
            .await?;
        close(tx, node.id).await
    })
}

async fn close(tx: &mut Writing, node: NodeId) -> Result<(), Problem> {
    let asks = |table: &RouteTable| table.routes.iter().any(|r| view::fixed(r) == Some(node));
    let tables: Vec<(NodeId, RouteTable)> = tx
        .state()
        .roots
        .routed()
        .filter(|(id, matcher)| *id != node && asks(matcher.table()))
        .map(|(id, matcher)| (id, matcher.table().clone()))
        .collect();
    for (application, mut table) in tables {
        for route in table.routes.iter_mut().filter(|route| view::fixed(route) == Some(node)) {
            route.access = Access::Deny;
        }
        write(tx, application, &table).await?;
        let event = Event::new(EventKind::RoleChange, "application.routes.close");
        tx.audit(
            event.about("application", application, application).with("node", node.to_string()),
        );
    }
    Ok(())
}
