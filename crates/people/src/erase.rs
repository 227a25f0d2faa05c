//! `POST /gdpr/delete`: a user goes with all that is held about him, and the audit log forgets who it was.

use context::{Action, Ctx, Event, EventKind, OwnAction, Permitted, Writing};
use http::StatusCode;
use kernel::{NodeId, Problem};
use realms::{User, UserRef};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    export::{Whose, find},
    settings::ERASURE_BY_USERS,
};

/// Erasing a user; of oneself, or asked at the user beside [`EraseEvents`].
#[derive(Debug)]
pub struct EraseUser;

impl Action for EraseUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

impl OwnAction for EraseUser {}

/// As part of that, taking out of the audit log who somebody else was: whoever manages users does not thereby cover what
/// they did.
#[derive(Debug)]
pub struct EraseEvents;

impl Action for EraseEvents {
    type Resource = NodeId;
    const PERMISSION: &'static str = "audit:erase";
}

/// Who is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseInput {
    /// Must be true: it cannot be undone.
    #[serde(default)]
    confirm: bool,
    /// Whether an empty user stays under the id, switched off, for what others keep under it.
    #[serde(default)]
    anonymize: bool,
    /// The user, `name@realm`; absent: oneself.
    #[schema(value_type = Option<String>)]
    user: Option<UserRef>,
}

/// Erases a user: the record, credentials, sessions, keys, memberships and assignments, and in the audit log names,
/// addresses and devices; the log stays whole. Oneself asks for a sign-in not older than 10 minutes, and that the setting
/// `erasure.by_users` is on; somebody else for `user_manage` and `audit:erase` at the user. 409 for the last superuser.
#[utoipa::path(post, path = "/gdpr/delete", operation_id = "erase_personal_data", tag = "personal data", request_body = EraseInput,
    responses((status = 204, description = "Erased"), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Json(input): Json<EraseInput>) -> web::Result<StatusCode> {
    if !input.confirm {
        return Err(Problem::invalid("/confirm", "must be true: this cannot be undone").into());
    }
    let whose = find(&ctx, input.user.as_ref()).await?;
    request(&ctx, &whose).await?;
    let mut tx = ctx.begin().await?;
    let user = permit(&tx, whose).await?;
    erase(&mut tx, user, input.anonymize).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// That it was asked for is in the audit, whatever becomes of it.
async fn request(ctx: &Ctx, whose: &Whose) -> Result<(), Problem> {
    let id = match whose {
        Whose::Own(user) => {
            if !ctx.state().await?.settings.is_on(&ERASURE_BY_USERS)? {
                return Err(Problem::forbidden("Users do not erase themselves here."));
            }
            user.id
        }
        Whose::Another(user) => {
            let read = ctx.read().await?;
            let _ = read.permit::<EraseEvents>(user.id)?;
            read.permit::<EraseUser>(user.clone())?.id
        }
    };
    let event = Event::new(EventKind::ErasureRequest, "personal_data.erase");
    ctx.audit(event.about("user", id, id)).await
}

/// The same once more, on the state that changes.
async fn permit(tx: &Writing, whose: Whose) -> Result<Permitted<EraseUser, User>, Problem> {
    let (user, own) = match whose {
        Whose::Own(user) => (user, true),
        Whose::Another(user) => (user, false),
    };
    let user = realms::find_user_by_id(tx, user.id).await?;
    let user = user.ok_or_else(|| Problem::not_found("user"))?;
    if own {
        return tx.own::<EraseUser>(user);
    }
    let _ = tx.permit::<EraseEvents>(user.id)?;
    tx.permit::<EraseUser>(user)
}

async fn erase(
    tx: &mut Writing,
    user: Permitted<EraseUser, User>,
    anonymize: bool,
) -> Result<(), Problem> {
    let (id, realm) = (user.id, user.realm);
    tx.erase_from_audit(&user);
    if anonymize {
        realms::blank_user::run(tx, user).await?;
    } else {
        let node = ::store::node::find(tx, id).await?;
        let node = node.ok_or_else(|| Problem::not_found("user"))?;
        let node = user.map(|_| Ok::<_, Problem>(node))?;
        tree::delete_node::remove(tx, &node).await?;
    }
    tx.audit(
        Event::new(EventKind::ErasureComplete, "personal_data.erase")
            .about("user", id, realm)
            .with("anonymized", anonymize),
    );
    Ok(())
}
