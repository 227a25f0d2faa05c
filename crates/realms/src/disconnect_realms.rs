//! `DELETE /api/v1/realm-connections/{from}/{to}`

use axum::http::StatusCode;
use context::{Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem};
use web::{Op, Path};

use crate::{connect_realms::ShareRealm, find::realm_in_path, store};

/// Ends the sharing of a realm's users.
#[utoipa::path(delete, path = "/api/v1/realm-connections/{from}/{to}", tag = "realms",
    operation_id = "disconnect_realms",
    params(("from" = String, Path, description = "The realm whose users are shared"),
        ("to" = String, Path, description = "The realm where they may sign in")),
    responses((status = 204, description = "Disconnected"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:share"))))]
pub async fn handle(Op(ctx): Op, Path((from, to)): Path<(Name, Name)>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let from = realm_in_path(&tx, &from).await?;
    let to = realm_in_path(&tx, &to).await?;
    run(&mut tx, from.id, to.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Disconnects two realms.
pub async fn run(tx: &mut Writing, from: NodeId, to: NodeId) -> Result<(), Problem> {
    let from = tx.permit::<ShareRealm>(from)?;
    let to = tx.permit::<ShareRealm>(to)?;
    if !store::delete_connection(tx, &from, &to).await? {
        return Err(Problem::not_found("connection"));
    }
    tx.record(policy::Change::Disconnected { from: *from, to: *to })?;
    tx.audit(
        Event::new(EventKind::RoleChange, "realm.disconnect")
            .about("realm", *from, *from)
            .with("to", to.to_string()),
    );
    Ok(())
}
