//! `POST /api/v1/access/permissions`

use kernel::{NodeRef, PermissionName, Problem, Revision};
use policy::Question;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    ask::{Ask, PrincipalInput, Standing},
    decide::find,
};

/// Most permissions that are asked about at once.
const MAX_PERMISSIONS: usize = 1000;

/// What may this principal do there?
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MayDoInput {
    /// Who; absent: the caller. Asking about anyone else needs `access:inspect` at the node.
    pub principal: Option<PrincipalInput>,
    /// Where, by id or path; absent: `$global`.
    #[schema(value_type = Option<String>)]
    pub node: Option<NodeRef>,
    /// Which of these; absent: of all that are registered.
    #[schema(value_type = Option<Vec<String>>)]
    pub permissions: Option<Vec<PermissionName>>,
}

/// What is allowed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MayDoAnswer {
    /// The permissions that are allowed; in the order of the question, or sorted.
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<PermissionName>,
    /// The revision of the world that it is of.
    #[schema(value_type = u64)]
    pub revision: Revision,
}

/// What a principal may do at a node.
#[utoipa::path(post, path = "/api/v1/access/permissions", tag = "access", operation_id = "permissions_at",
    request_body = MayDoInput,
    responses((status = 200, body = MayDoAnswer, description = "The permissions that are allowed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Json(input): Json<MayDoInput>) -> web::Result<Json<MayDoAnswer>> {
    let asked = input.permissions;
    if asked.as_ref().is_some_and(|asked| asked.len() > MAX_PERMISSIONS) {
        let detail = format!("must be at most {MAX_PERMISSIONS}");
        return Err(Problem::invalid("/permissions", detail).into());
    }
    // Any name will do for the form: it is replaced below.
    let any = context::action::parse("read")?;
    let (principal, node) = (input.principal, input.node);
    let ask = Ask { principal, node, permission: Some(any), ..Ask::default() };
    ask.check("")?;
    let (state, found) = find(&ctx, vec![ask]).await?;
    let mut permissions = Vec::new();
    for found in &found {
        if found.standing(&ctx, &state, "")? == Standing::Hide {
            continue;
        }
        let Question { principal, node, context, now, .. } = found.question(&ctx);
        let allowed = match &asked {
            None => state.engine.permissions(principal, node, context, now),
            Some(asked) => state.engine.permissions_among(principal, node, context, now, asked),
        };
        permissions = allowed.into_iter().cloned().collect();
    }
    Ok(Json(MayDoAnswer { permissions, revision: state.revision }))
}
