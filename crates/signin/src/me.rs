//! `GET /auth/me`: who one is.

use context::Reading;
use jiff::Timestamp;
use kernel::{NodeId, Problem, RoleId, SessionId};
use policy::{Snapshot, SubjectKind};
use realms::{default_role::role_names, email_change::Side};
use serde::Serialize;
use serde_json::{Map, Value};
use store::node;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::impersonation;

/// Who one is. Nothing here is an internal id.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The user name.
    pub username: String,
    /// The realm; absent for a service account outside of one.
    pub realm: Option<String>,
    /// `user` or `service_account`.
    pub kind: &'static str,
    /// Where one gets mail.
    pub email: Option<String>,
    /// Whether it is known that one reads mail there.
    pub email_verified: bool,
    /// An address that waits to be confirmed.
    pub pending_email: Option<PendingEmailView>,
    /// How people call one.
    pub full_name: Option<String>,
    /// The roles that one holds at `$global`, by oneself and by groups; through an API key its one role.
    pub roles: Vec<String>,
    /// All roles that one holds anywhere, `name` or `name@/path/of/owner`, by name: those in which one may act.
    pub held_roles: Vec<String>,
    /// The role in which one acts where nothing else is said, if one has chosen one.
    pub default_role: Option<String>,
    /// The one role in which this request acts; absent: in all of them.
    pub active_role: Option<String>,
    /// The groups that one is in, nested ones and built-in ones included: `name`, or `name@/path/of/owner`.
    pub groups: Vec<String>,
    /// Whether one may do everything; not in one role.
    pub superuser: bool,
    /// When the user was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whether one is switched off; then nobody reads this.
    pub disabled: bool,
    /// One's own JSON.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// How this request shows who one is: `access token`, `cookie`, `API key`, `password`.
    pub authentication_method: &'static str,
    /// The session, if the request is part of one.
    pub session: Option<MySession>,
    /// Who acts in one's place, `name@realm`; absent if one is oneself.
    pub impersonator: Option<String>,
    /// When one's password expires, if that is soon.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub password_expires_at: Option<Timestamp>,
}

/// An address that waits to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingEmailView {
    /// The address.
    address: String,
    /// Until when its links are good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whose link was not used yet: `new`, `present`.
    waits_for: Vec<Side>,
}

/// The session of this request.
#[derive(Debug, Serialize, ToSchema)]
pub struct MySession {
    /// As `/auth/sessions` names it.
    #[schema(value_type = String, format = Uuid)]
    id: SessionId,
    /// When the user showed who he is: before it began, if the device remembered that.
    #[schema(value_type = String, format = DateTime)]
    signed_in_at: Timestamp,
    /// The types of the steps of the sign-in: `password`, `password+totp`; or `remember`, `impersonation`.
    method: String,
}

/// Who one is.
#[utoipa::path(get, path = "/auth/me", operation_id = "read_me", tag = "sign-in",
    responses((status = 200, body = MeView), (status = 401, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op) -> web::Result<Json<MeView>> {
    let read = ctx.read().await?;
    Ok(Json(view(&read).await?))
}

/// The answer of `/auth/me` and `/auth/profile`.
pub(crate) async fn view(read: &Reading) -> Result<MeView, Problem> {
    let ctx = read.ctx();
    let missing = || Problem::not_found("user");
    let id = ctx.principal().subject().ok_or_else(missing)?;
    let subject = read.engine().subject(id).ok_or_else(missing)?;
    let node = node::find(read, id).await?.ok_or_else(missing)?;
    let user = realms::find_user_by_id(read, id).await?;
    let realm = match subject.realm {
        Some(realm) => node::find(read, realm).await?.map(|realm| realm.name.as_str().to_owned()),
        None => None,
    };
    let session = ctx.principal().session.as_ref().map(|session| MySession {
        id: session.id,
        signed_in_at: session.signed_in_at,
        method: session.method.clone(),
    });
    Ok(MeView {
        username: subject.username.clone(),
        realm,
        kind: match subject.kind {
            SubjectKind::User => "user",
            SubjectKind::ServiceAccount => "service_account",
        },
        email: user.as_ref().and_then(|u| u.email.as_ref()).map(|e| e.as_str().to_owned()),
        email_verified: user.as_ref().is_some_and(|user| user.verified_email().is_some()),
        pending_email: pending_email(read, id).await?,
        full_name: user.as_ref().and_then(|u| u.full_name.as_ref()).map(|n| n.as_str().to_owned()),
        roles: roles(read, id),
        held_roles: held_roles(read, id).await?,
        default_role: name_of(read, read.state().default_roles.of(id)).await?,
        active_role: name_of(read, ctx.principal().active_role).await?,
        groups: groups(read, id).await?,
        superuser: subject.superuser && ctx.principal().active_role.is_none(),
        created_at: node.created_at,
        disabled: subject.disabled,
        metadata: user.map(|user| user.metadata.into()).unwrap_or_default(),
        authentication_method: ctx.caller().method,
        session,
        impersonator: ctx.principal().impersonator.map(|by| impersonation::name(read.state(), by)),
        password_expires_at: password_expires_at(read, id).await?,
    })
}

async fn pending_email(read: &Reading, id: NodeId) -> Result<Option<PendingEmailView>, Problem> {
    let pending = realms::store::pending_email(read, id, read.ctx().now()).await?;
    Ok(pending.map(|pending| PendingEmailView {
        address: pending.address.into(),
        expires_at: pending.expires_at,
        waits_for: pending.waits_for,
    }))
}

async fn password_expires_at(read: &Reading, id: NodeId) -> Result<Option<Timestamp>, Problem> {
    match crate::store::password(read, id).await? {
        Some(password) => password.life.warning(&read.state().settings, read.ctx().now()),
        None => Ok(None),
    }
}

fn roles(read: &Reading, id: NodeId) -> Vec<String> {
    match read.ctx().principal().who {
        policy::Who::ApiKey { role, .. } => {
            read.engine().role(role).map(|role| role.name.to_owned()).into_iter().collect()
        }
        _ => roles_of(read.engine(), id, read.ctx().now()),
    }
}

async fn held_roles(read: &Reading, id: NodeId) -> Result<Vec<String>, Problem> {
    let roles = match read.ctx().principal().who {
        policy::Who::ApiKey { role, .. } => vec![role],
        _ => read.state().roles_held(id, read.ctx().now()),
    };
    Ok(role_names(read, read.engine(), &roles).await?)
}

async fn name_of(read: &Reading, role: Option<RoleId>) -> Result<Option<String>, Problem> {
    let names = role_names(read, read.engine(), role.as_slice()).await?;
    Ok(names.into_iter().next())
}

async fn groups(read: &Reading, id: NodeId) -> Result<Vec<String>, Problem> {
    let paths = node::paths(read, &read.engine().groups_of(id)).await?;
    let mut names: Vec<String> = paths.into_values().map(|path| group_name(&path)).collect();
    names.sort_unstable();
    Ok(names)
}

fn group_name(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("/$global", name)) => name.to_owned(),
        Some((owner, name)) => format!("{name}@{owner}"),
        None => path.to_owned(),
    }
}

/// The names of the roles that a subject holds at `$global`, by itself and by groups, sorted: for display. Decisions ask
/// the engine.
pub fn roles_of(engine: &Snapshot, subject: NodeId, now: Timestamp) -> Vec<String> {
    let holders = engine.groups_of(subject).into_iter().chain([subject]);
    let mut names: Vec<String> = holders
        .flat_map(|holder| engine.assignments_of_subject(holder))
        .filter(|held| held.node == NodeId::GLOBAL && held.expires_at.is_none_or(|end| now < end))
        .filter_map(|held| engine.role(held.role))
        .map(|role| role.name.to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
