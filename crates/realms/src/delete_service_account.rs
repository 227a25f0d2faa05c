//! `DELETE /api/v1/service-accounts/{account}`

use axum::http::StatusCode;
use context::{Action, Event, EventKind, Writing};
use kernel::{NodeRef, Problem};
use web::{IfMatch, Op, Path};

use crate::{
    find::{absent, service_account_in_path},
    service_account::ServiceAccount,
};

/// Deleting a service account.
#[derive(Debug)]
pub struct DeleteServiceAccount;

impl Action for DeleteServiceAccount {
    type Resource = ServiceAccount;
    const PERMISSION: &'static str = "user_manage";
}

/// Deletes a service account, with its keys, assignments and memberships.
#[utoipa::path(delete, path = "/api/v1/service-accounts/{account}", tag = "service-accounts",
    operation_id = "delete_service_account",
    params(("account" = String, Path, description = "Its id, or its path, percent-encoded")),
    responses((status = 204, description = "Deleted"), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(account): Path<NodeRef>,
    if_match: IfMatch,
) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let account = service_account_in_path(&tx, &account).await?;
    run(&mut tx, account, &if_match).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a service account.
pub async fn run(
    tx: &mut Writing,
    account: ServiceAccount,
    if_match: &IfMatch,
) -> Result<(), Problem> {
    let account = tx.permit::<DeleteServiceAccount>(account)?;
    if_match.check(account.version)?;
    let event = Event::new(EventKind::DataDelete, "service_account.delete")
        .about("service_account", account.id, account.owner)
        .with("name", account.name.as_str());
    let node = ::store::node::find(tx, account.id).await?.ok_or_else(absent)?;
    tree::delete_node::remove(tx, &account.map(|_| Ok::<_, Problem>(node))?).await?;
    tx.audit(event);
    Ok(())
}
