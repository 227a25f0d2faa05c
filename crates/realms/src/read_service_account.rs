//! `GET /api/v1/service-accounts/{account}`

use kernel::NodeRef;
use web::{Op, Path, Tagged};

use crate::{
    find::service_account_in_path,
    list_service_accounts::ReadServiceAccount,
    view::{ServiceAccountView, service_account_view},
};

/// A service account.
#[utoipa::path(get, path = "/api/v1/service-accounts/{account}", tag = "service-accounts",
    operation_id = "read_service_account",
    params(("account" = String, Path, description = "Its id, or its path, percent-encoded")),
    responses((status = 200, body = ServiceAccountView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(account): Path<NodeRef>,
) -> web::Result<Tagged<ServiceAccountView>> {
    let read = ctx.read().await?;
    let account = service_account_in_path(&read, &account).await?;
    let account = read.permit::<ReadServiceAccount>(account)?.into_inner();
    let version = account.version;
    Ok(Tagged { body: service_account_view(&read, account).await?, version })
}
