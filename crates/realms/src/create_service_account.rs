//! `POST /api/v1/service-accounts`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, NodeKind, NodeRef, Problem, Remark};
use serde::Deserialize;
use tree::NewNode;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    realm::kind,
    service_account::ServiceAccount,
    store,
    view::{ServiceAccountView, service_account_view},
};

/// Making a service account under its owner.
#[derive(Debug)]
pub struct CreateServiceAccount;

impl Action for CreateServiceAccount {
    type Resource = NewNode;
    const PERMISSION: &'static str = "user_manage";
}

/// A service account to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceAccount {
    /// Its name, unique under the owner.
    #[schema(value_type = String)]
    pub name: Name,
    /// The realm or application that owns it: id or path; absent: `$global`.
    #[schema(value_type = Option<String>)]
    pub owner: Option<NodeRef>,
    /// What it is for; at most 500 characters.
    #[schema(value_type = Option<String>, max_length = 500)]
    pub description: Option<Remark>,
}

/// Makes a service account. It may do nothing until it is assigned a role.
#[utoipa::path(post, path = "/api/v1/service-accounts", tag = "service-accounts",
    operation_id = "create_service_account", request_body = NewServiceAccount,
    responses((status = 201, body = ServiceAccountView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<NewServiceAccount>,
) -> web::Result<Created<ServiceAccountView>> {
    let mut tx = ctx.begin().await?;
    let owner = match &input.owner {
        None => NodeId::GLOBAL,
        Some(owner) => tree::find(&tx, owner, "/owner").await?.id,
    };
    let account = run(&mut tx, owner, input.name, input.description).await?;
    let view = service_account_view(&tx, account).await?;
    tx.commit().await?;
    let location = format!("/api/v1/service-accounts/{}", view.id);
    Ok(Created { body: view, location })
}

/// Makes a service account.
pub async fn run(
    tx: &mut Writing,
    owner: NodeId,
    name: Name,
    description: Option<Remark>,
) -> Result<ServiceAccount, Problem> {
    let place = NewNode { parent: Some(owner), kind: kind(NodeKind::SERVICE_ACCOUNT)?, name };
    let place = tx.permit::<CreateServiceAccount>(place).map_err(|p| tree::hide(p, "/owner"))?;
    let owner_kind = tx.engine().kind(owner).map_or("", |kind| kind.as_str());
    if ![NodeKind::GLOBAL, NodeKind::REALM, NodeKind::APPLICATION].contains(&owner_kind) {
        return Err(Problem::invalid("/owner", "must be a realm, an application or $global"));
    }
    let realm = (owner_kind == NodeKind::REALM).then_some(owner);
    let node = tree::insert_node(tx, &place).await?;
    let account = ServiceAccount {
        id: node.id,
        owner,
        realm,
        name: node.name,
        description: description.map(String::from),
        disabled: false,
        created_at: node.created_at,
        updated_at: node.updated_at,
        version: node.version,
    };
    let account = place.map(|_| Ok::<_, Problem>(account))?;
    store::insert_service_account(tx, &account).await?;
    tx.record(policy::Change::SubjectSaved(account.subject()))?;
    tx.audit(
        Event::new(EventKind::DataCreate, "service_account.create")
            .about("service_account", account.id, account.id)
            .with("name", account.name.as_str()),
    );
    Ok(account.into_inner())
}
