//! `POST /auth/invitations/accept`: whoever holds the link becomes a user, by the right of whoever invited, as it is at
//! this moment.

use std::sync::Arc;

use axum::extract::State;
use context::{Ctx, Event, EventKind, Writing};
use http::StatusCode;
use kernel::{Name, Problem, ProblemKind};
use protocol::secret_token::{Kind, SecretToken};
use realms::{
    HashedPassword, NewUser, Passwords,
    names::{FullName, fold},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{invitation::Invitation, people::People, store::invitations as rows};

/// The user that somebody wants to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The secret of the link: what stands behind `#`.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// The user name, unique in the realm.
    #[schema(value_type = String)]
    username: Name,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// How people call one; absent: what the invitation says.
    #[schema(value_type = Option<String>)]
    full_name: Option<FullName>,
}

/// Makes the user of an invitation, with a verified address. 403 for a link that was used, is too old or was revoked, or
/// whose inviter may not make such a user any more; 409 for a name that somebody has, 422 for a password against the
/// policy: both use the link not up. Good once; sign in next.
#[utoipa::path(post, path = "/auth/invitations/accept", operation_id = "accept_invitation", tag = "sign-in", request_body = AcceptInvitation,
    responses((status = 204, description = "The user is made; sign in next"), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(people): State<Arc<People>>,
    Json(input): Json<AcceptInvitation>,
) -> web::Result<StatusCode> {
    let token = SecretToken::parse(Kind::OneTimeLink, input.token.expose_secret());
    let token = token.map_err(|_| no_good())?;
    let ctx = ctx.as_nobody();
    // Before work that costs; the use itself is one statement below.
    let found = rows::find(&ctx.read().await?, token.id(), &token.hash(), ctx.now()).await?;
    let invitation = found.ok_or_else(no_good)?;
    let user = invitation.new_user(input.username, input.full_name)?;
    let hash = people.signin.hash_first(&ctx, &input.password, &user.password_facts()).await?;
    let made = accept(&people, &ctx, (&token, &invitation), user, hash).await;
    if let Err(problem) = &made {
        note_refusal(&ctx, &invitation, problem).await?;
    }
    made.map_err(told)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn accept(
    people: &People,
    ctx: &Ctx,
    (token, invitation): (&SecretToken, &Invitation),
    user: NewUser,
    hash: HashedPassword,
) -> Result<(), Problem> {
    let mut tx = ctx.acting(invitation.inviter.caller()).begin().await?;
    let taken = rows::take(&tx, token.id(), &token.hash()).await?;
    // Revoked, or used, while the password was hashed.
    if !taken {
        return Err(no_good());
    }
    check_address(&tx, invitation).await?;
    let made = realms::create_user::run(&mut tx, user).await?;
    people.signin.store(&mut tx, made.id, hash, false).await?;
    rows::note_user(&tx, token.id(), made.id).await?;
    tx.audit(
        Event::new(EventKind::DataCreate, "invitation.accept")
            .about("user", made.id, made.id)
            .of(made.id)
            .with("invitation", invitation.id.to_string())
            .with("invited_by", invitation.inviter.subject().map(|id| id.to_string()))
            .personal("name", made.username.as_str()),
    );
    tx.commit().await.map(drop)
}

async fn check_address(tx: &Writing, invitation: &Invitation) -> Result<(), Problem> {
    let folded = fold(invitation.email.as_str());
    if realms::store::has_alias(tx, invitation.realm, &folded).await? {
        return Err(Problem::conflict("A user signs in with this e-mail address already."));
    }
    Ok(())
}

/// What whoever holds the link is told: what he can mend. Whatever else stands in the way is the inviter's matter.
fn told(problem: Problem) -> Problem {
    let mendable = |pointer: &str| ["/username", "/password", "/full_name"].contains(&pointer);
    match problem.kind() {
        ProblemKind::Invalid if problem.errors().iter().all(|e| mendable(&e.pointer)) => problem,
        ProblemKind::Conflict | ProblemKind::Internal | ProblemKind::Unavailable => problem,
        _ => no_good(),
    }
}

/// An invitation that its inviter could not make any more is no small thing: it is in the audit, once a minute.
async fn note_refusal(
    ctx: &Ctx,
    invitation: &Invitation,
    problem: &Problem,
) -> Result<(), Problem> {
    let refused = matches!(
        problem.kind(),
        ProblemKind::Forbidden | ProblemKind::NotFound | ProblemKind::Unauthenticated
    );
    let kind = format!("invitation {}", invitation.id);
    if !refused || !ctx.system().refusals().is_first(ctx.now(), kind) {
        return Ok(());
    }
    let event = Event::new(EventKind::AccessDenied, "invitation.accept")
        .about("invitation", invitation.id, invitation.realm)
        .failed("used meanwhile, or whoever invited may not make this user any more");
    ctx.audit(event).await
}

fn no_good() -> Problem {
    Problem::forbidden("The invitation is not good any more.")
}
