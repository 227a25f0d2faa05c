//! `POST /api/v1/realm-connections`

use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::store;

/// Sharing the users of a realm; asked at both ends.
#[derive(Debug)]
pub struct ShareRealm;

impl Action for ShareRealm {
    type Resource = NodeId;
    const PERMISSION: &'static str = "realm:share";
}

/// Two realms.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// The realm whose users are shared.
    #[schema(value_type = String)]
    pub from: Name,
    /// The realm where they may sign in from now on.
    #[schema(value_type = String)]
    pub to: Name,
}

/// Lets the users of one realm sign in where those of another may. It gives them no permission.
#[utoipa::path(post, path = "/api/v1/realm-connections", tag = "realms", operation_id = "connect_realms",
    request_body = NewConnection,
    responses((status = 204, description = "Connected"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:share"))))]
pub async fn handle(Op(ctx): Op, Json(input): Json<NewConnection>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let from = store::find_realm(&tx, &input.from).await?;
    let to = store::find_realm(&tx, &input.to).await?;
    let from = from.ok_or_else(|| tree::unknown("/from"))?;
    let to = to.ok_or_else(|| tree::unknown("/to"))?;
    run(&mut tx, from.id, to.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Connects two realms. Cycles are refused.
pub async fn run(tx: &mut Writing, from: NodeId, to: NodeId) -> Result<(), Problem> {
    let from = tx.permit::<ShareRealm>(from).map_err(|p| tree::hide(p, "/from"))?;
    let to = tx.permit::<ShareRealm>(to).map_err(|p| tree::hide(p, "/to"))?;
    // Whoever shares with `from` would come round to it again.
    if tx.engine().realms_sharing_with(*from).contains(&to) {
        return Err(Problem::conflict("This would close a cycle of realms."));
    }
    if tx.engine().connections_from(*from).contains(&to) {
        return Err(Problem::conflict("They are connected already."));
    }
    store::insert_connection(tx, &from, &to).await?;
    tx.record(policy::Change::Connected { from: *from, to: *to })?;
    tx.audit(
        Event::new(EventKind::RoleChange, "realm.connect")
            .about("realm", *from, *from)
            .with("to", to.to_string()),
    );
    Ok(())
}
