//! `POST /api/v1/service-accounts/{account}/enable`

use context::{Action, Event, EventKind, Writing};
use kernel::{NodeRef, Problem};
use web::{IfMatch, Op, Path, Tagged};

use crate::{
    find::{absent, service_account_in_path},
    service_account::ServiceAccount,
    store,
    view::{ServiceAccountView, service_account_view},
};

/// Switching a service account on.
#[derive(Debug)]
pub struct EnableServiceAccount;

impl Action for EnableServiceAccount {
    type Resource = ServiceAccount;
    const PERMISSION: &'static str = "user_manage";
}

/// Switches a service account on again.
#[utoipa::path(post, path = "/api/v1/service-accounts/{account}/enable", tag = "service-accounts",
    operation_id = "enable_service_account",
    params(("account" = String, Path, description = "Its id, or its path, percent-encoded")),
    responses((status = 200, body = ServiceAccountView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(account): Path<NodeRef>,
    if_match: IfMatch,
) -> web::Result<Tagged<ServiceAccountView>> {
    let mut tx = ctx.begin().await?;
    let account = service_account_in_path(&tx, &account).await?;
    let account = run(&mut tx, account, &if_match).await?;
    let version = account.version;
    let body = service_account_view(&tx, account).await?;
    tx.commit().await?;
    Ok(Tagged { body, version })
}

/// Switches a service account on again.
pub async fn run(
    tx: &mut Writing,
    account: ServiceAccount,
    if_match: &IfMatch,
) -> Result<ServiceAccount, Problem> {
    let account = tx.permit::<EnableServiceAccount>(account)?;
    if_match.check(account.version)?;
    let account = account.map(|account| Ok::<_, Problem>(account.enable()))?;
    store::save_service_account(tx, &account).await?;
    tx.record(policy::Change::SubjectSaved(account.subject()))?;
    tx.audit(Event::new(EventKind::DataUpdate, "service_account.enable").about(
        "service_account",
        account.id,
        account.id,
    ));
    store::find_service_account(tx, account.id).await?.ok_or_else(absent)
}
