//! `POST /api/v1/assignments`

use jiff::Timestamp;
use kernel::{ConditionText, NodeId, NodeRef, Problem};
use policy::Assignment;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    assign, find_role,
    model::{Assign, RoleRef},
    view::{AssignmentView, assignments},
};

/// An assignment that is to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAssignmentInput {
    /// A user, service account or group, by id or path; a user's path is `/realm/username`.
    #[schema(value_type = String, example = "/staff/jane")]
    pub subject: NodeRef,
    /// The role: an id, or `name@owner`; without `@` the owner is `$global`.
    #[schema(value_type = String, example = "Editor@/acme")]
    pub role: RoleRef,
    /// Where, by id or path; absent: `$global`, which is everywhere.
    #[schema(value_type = Option<String>, example = "/acme/companyA")]
    pub node: Option<NodeRef>,
    /// From this moment on it does not apply; absent: for good.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// A condition; absent: always.
    #[schema(value_type = Option<String>, example = "resource.status == 'open'")]
    pub when: Option<ConditionText>,
}

/// Gives a role to a user, service account or group, at a node and below. The caller must hold all that it gives.
#[utoipa::path(post, path = "/api/v1/assignments", tag = "assignments", operation_id = "create_assignment",
    request_body = CreateAssignmentInput,
    responses(
        (status = 201, body = AssignmentView, description = "Made"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the node, or more than one may grant"),
        (status = 409, body = web::ProblemBody, description = "There already"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("access:assign"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CreateAssignmentInput>,
) -> web::Result<Created<AssignmentView>> {
    let mut tx = ctx.begin().await?;
    let node = match &input.node {
        None => NodeId::GLOBAL,
        Some(node) => tree::find(&tx, node, "/node").await?.id,
    };
    // Before subject and role are looked up: who may not assign here learns nothing of them.
    let _assigns = tx.permit::<Assign>(node).map_err(|p| tree::hide(p, "/node"))?;
    let subject = tree::find(&tx, &input.subject, "/subject").await?.id;
    let role = find_role(&tx, &input.role).await.map_err(|p| p.below("/role"))?.id;
    let (expires_at, when) = (input.expires_at, input.when);
    let new = assign::NewAssignment { subject, role, node, expires_at, when };
    let id = assign::run(&mut tx, new).await?;
    let made: Vec<Assignment> = tx.engine().assignment(id).cloned().into_iter().collect();
    let body = assignments(&tx, tx.engine(), &made).await?.pop();
    let body = body.ok_or_else(|| Problem::internal("the assignment that was made is missing"))?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/assignments/{id}"), body })
}
