//! `POST /api/v1/api-keys`: a key for a program. It acts in one role that its owner holds, and is shown once.

use std::sync::Arc;

use ::store::node;
use access::RoleRef;
use axum::extract::State;
use context::{Action, ApiKeyFacts, Change, Event, EventKind, Writing};
use jiff::Timestamp;
use kernel::{ApiKeyId, NodeId, NodeRef, Problem, RoleId};
use policy::{Assignment, Principal, SubjectKind, Who};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use signin::Notice;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    api_key::{ApiKey, ApiKeyView},
    key_life, store as rows,
    tokens::Tokens,
};

/// Longest name of a key, in characters.
const LONGEST_NAME: usize = 128;
/// Most keys of one owner.
const MOST_KEYS: i64 = 200;

/// Making, seeing and revoking the keys of somebody else: asked at the owner.
#[derive(Debug)]
pub struct ManageApiKeys;

impl Action for ManageApiKeys {
    type Resource = NodeId;
    const PERMISSION: &'static str = "user_manage";
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyInput {
    /// What people call it.
    #[schema(max_length = 128)]
    name: String,
    /// The one role it acts in, which its owner must hold: an id, `name`, or `name@/path/of/owner`.
    #[schema(value_type = String)]
    role: RoleRef,
    /// `1d`, `7d`, `30d`, `90d` (if absent), another number of days or hours, `never`, or `custom`.
    #[schema(example = "30d")]
    expires_in: Option<String>,
    /// With `custom`: when it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// The service account whose key it is, an id or a path; absent: the caller.
    #[schema(value_type = Option<String>)]
    owner: Option<NodeRef>,
}

/// A key that was made, with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedApiKey {
    /// The key itself, for the header `X-API-Key`. It is shown this once.
    key: String,
    /// What is known about it.
    #[serde(flatten)]
    view: ApiKeyView,
}

/// A key to make, with everything found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub owner: NodeId,
    /// The one role it acts in.
    pub role: RoleId,
    /// When it ends; none: never.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key, the caller's own or a service account's. 403 of type `sign-in-too-old` in a session that a browser has for
/// what it remembers.
#[utoipa::path(post, path = "/api/v1/api-keys", operation_id = "create_api_key", tag = "api-keys", request_body = CreateApiKeyInput,
    responses((status = 201, body = CreatedApiKey), (status = 403, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    State(tokens): State<Arc<Tokens>>,
    Op(ctx): Op,
    Json(input): Json<CreateApiKeyInput>,
) -> web::Result<Created<CreatedApiKey>> {
    ctx.answers_with_secret();
    signin::need_sign_in(&ctx)?;
    let expires_at = key_life::end(input.expires_in.as_deref(), input.expires_at, ctx.now())?;
    let mut tx = ctx.begin().await?;
    let owner = match &input.owner {
        None => own(ctx.principal())?,
        Some(reference) => service_account(&tx, reference).await?,
    };
    let role = access::find_role(&tx, &input.role).await.map_err(|p| p.below("/role"))?.id;
    let new = NewApiKey { name: input.name, owner, role, expires_at };
    let (key, secret) = run(&mut tx, new).await?;
    tokens.signin.tell_by_id(&tx, key.facts.owner, Notice::ApiKeyMade).await?;
    let view = ApiKeyView::new(&key, tx.engine());
    tx.commit().await?;
    let location = format!("/api/v1/api-keys/{}", view.id);
    let key = secret.expose_secret().to_owned();
    Ok(Created { body: CreatedApiKey { key, view }, location })
}

/// Makes a key, and tells its secret. Asks `user_manage` at an owner who is not the caller, and that the caller holds
/// all that the owner does. The owner must hold the role.
pub async fn run(tx: &mut Writing, new: NewApiKey) -> Result<(ApiKey, SecretString), Problem> {
    let (now, principal) = (tx.ctx().now(), tx.ctx().principal().clone());
    check_name(&new.name)?;
    if principal.who == Who::User(new.owner) {
        check_own(&principal, new.role)?;
    } else {
        let _ = tx.permit::<ManageApiKeys>(new.owner)?;
        access::granting::taking_over(tx, new.owner).await?;
    }
    if !holds(tx, new.owner, new.role) {
        return Err(Problem::invalid("/role", "the owner of the key does not hold this role"));
    }
    if rows::count_api_keys(tx, new.owner).await? >= MOST_KEYS {
        return Err(Problem::conflict("The owner has too many keys; revoke some."));
    }
    let id = ApiKeyId::new(now, tx.ctx().system().entropy());
    let secret = SecretToken::generate(Kind::ApiKey, id.0, tx.ctx().system().entropy());
    let NewApiKey { name, owner, role, expires_at } = new;
    let facts = ApiKeyFacts { owner, role, hash: secret.hash(), expires_at };
    let key = ApiKey { id, name, facts, created_at: now, last_used_at: None };
    rows::insert_api_key(tx.as_ref(), &key, principal.subject()).await?;
    tx.record(Change::ApiKeySaved { key: id, facts: key.facts.clone() })?;
    tx.audit(
        Event::new(EventKind::DataCreate, "api_key.create")
            .about("api_key", id, owner)
            .with("name", key.name.as_str())
            .with("role", role.to_string())
            .with("owner", owner.to_string()),
    );
    Ok((key, secret.to_text()))
}

fn own(principal: &Principal) -> Result<NodeId, Problem> {
    match principal.who {
        Who::User(id) => Ok(id),
        _ => Err(Problem::invalid("/owner", "is needed: only a user makes keys of its own")),
    }
}

/// Impersonation grants nothing, and a session that is limited to a role gives no more than it.
fn check_own(principal: &Principal, role: RoleId) -> Result<(), Problem> {
    if principal.impersonator.is_some() {
        return Err(Problem::forbidden("Nothing can be granted while impersonating."));
    }
    match principal.active_role {
        Some(active) if active != role => {
            Err(Problem::forbidden("The key would do more than the role you act in."))
        }
        _ => Ok(()),
    }
}

async fn service_account(tx: &Writing, reference: &NodeRef) -> Result<NodeId, Problem> {
    let missing = || Problem::invalid("/owner", "there is no such service account");
    let node = node::resolve(tx, reference).await?.ok_or_else(missing)?;
    let subject = tx.engine().subject(node.id).ok_or_else(missing)?;
    if subject.kind != SubjectKind::ServiceAccount {
        return Err(missing());
    }
    // Whether it is there is told to those who may do this.
    let permission = context::action::parse(ManageApiKeys::PERMISSION)?;
    if tx.may(&permission, node.id) { Ok(node.id) } else { Err(missing()) }
}

fn check_name(name: &str) -> Result<(), Problem> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > LONGEST_NAME || name.chars().any(char::is_control) {
        let detail = "must be 1 to 128 characters, without control characters";
        return Err(Problem::invalid("/name", detail));
    }
    Ok(())
}

/// Whether the subject, or a group it is in, is assigned the role.
pub(crate) fn holds(tx: &Writing, subject: NodeId, role: RoleId) -> bool {
    let now = tx.ctx().now();
    let is_held =
        |held: &&Assignment| held.role == role && held.expires_at.is_none_or(|end| now < end);
    let groups = tx.engine().groups_of(subject);
    groups
        .into_iter()
        .chain([subject])
        .any(|holder| tx.engine().assignments_of_subject(holder).iter().any(is_held))
}
