//! `DELETE /api/v1/realms/{realm}`

use ::store::node::Node;
use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, Problem};
use policy::Membership;
use web::{IfMatch, Op, Path};

use crate::find::{absent, realm_in_path};

/// Deleting a realm.
#[derive(Debug)]
pub struct DeleteRealm;

impl Action for DeleteRealm {
    type Resource = Node;
    const PERMISSION: &'static str = "realm:manage";
}

/// Deletes a realm without users, groups and applications.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}", tag = "realms", operation_id = "delete_realm",
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(realm): Path<Name>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let realm = realm_in_path(&tx, &realm).await?;
    run(&mut tx, realm, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a realm. Its built-in group goes with it; what else is below it stands in the way.
pub async fn run(tx: &mut Writing, realm: Node, if_match: &IfMatch) -> Result<(), Problem> {
    let realm = tx.permit::<DeleteRealm>(realm)?;
    if_match.check(realm.version)?;
    let event = Event::new(EventKind::DataDelete, "realm.delete")
        .about("realm", realm.id, NodeId::GLOBAL)
        .with("name", realm.name.as_str());
    let everybody = Membership::Authenticated { realm: Some(realm.id) };
    for child in tx.engine().children(Some(realm.id)) {
        if tx.engine().membership(child) == Some(everybody) {
            let group = ::store::node::find(tx, child).await?.ok_or_else(absent)?;
            let group = tx.permit::<DeleteRealm>(group)?;
            tree::delete_node::remove(tx, &group).await?;
        }
    }
    tree::delete_node::remove(tx, &realm).await?;
    tx.audit(event);
    Ok(())
}
