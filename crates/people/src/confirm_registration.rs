//! `POST /auth/register/confirm`: whoever reads mail at the address and knows the password becomes the user. Both are
//! asked: else somebody could register with another one's address and a password of his own, and wait until the other
//! opens the link.

use std::sync::Arc;

use axum::extract::State;
use context::{Caller, Ctx, Event, EventKind, Writing};
use http::StatusCode;
use kernel::{Name, NodeId, Problem};
use policy::{Principal, Who};
use protocol::secret_token::{Kind, SecretToken};
use realms::{
    HashedPassword, NewUser, Passwords,
    names::{Email, FullName, fold},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Public};

use crate::{
    invitation::alias, people::People, settings::REGISTRATIONS_PER_MINUTE,
    store::registrations as rows,
};

/// Somebody who has registered.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) realm: NodeId,
    pub(crate) username: Name,
    pub(crate) email: Email,
    pub(crate) full_name: Option<FullName>,
    pub(crate) password: HashedPassword,
}

/// The link, and what was chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRegistration {
    /// The secret of the link: what stands behind `#`.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// The password that was chosen.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Another user name, where the one that was chosen is taken.
    #[schema(value_type = Option<String>)]
    username: Option<Name>,
}

/// Makes the user who has registered, with a verified address. 403 for a link that was used or is too old, and where one
/// cannot register any more; 401 for another password than the one that was chosen; 409 for a name that somebody has:
/// both use the link not up. Good once; sign in next.
#[utoipa::path(post, path = "/auth/register/confirm", operation_id = "confirm_registration", tag = "sign-in", request_body = ConfirmRegistration,
    responses((status = 204, description = "The user is made; sign in next"), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody), (status = 429, body = web::ProblemBody),
        (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(people): State<Arc<People>>,
    Json(input): Json<ConfirmRegistration>,
) -> web::Result<StatusCode> {
    let token = SecretToken::parse(Kind::OneTimeLink, input.token.expose_secret());
    let token = token.map_err(|_| no_good())?;
    ctx.throttle(&REGISTRATIONS_PER_MINUTE)?;
    let ctx = ctx.as_nobody();
    let found = rows::find(&ctx.read().await?, token.id(), &token.hash(), ctx.now()).await?;
    let waiting = found.ok_or_else(no_good)?;
    if !people.signin.is_same(&input.password, &waiting.password).await? {
        return Err(Problem::unauthenticated("This is not the password that was chosen.").into());
    }
    let waiting = rename(&people, &ctx, waiting, input.username, &input.password).await?;
    confirm(&people, &ctx, &token, waiting).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// With another name; the password must be good enough beside it.
async fn rename(
    people: &People,
    ctx: &Ctx,
    waiting: Waiting,
    username: Option<Name>,
    password: &SecretString,
) -> Result<Waiting, Problem> {
    let Some(username) = username.filter(|name| *name != waiting.username) else {
        return Ok(waiting);
    };
    let waiting = Waiting { username, ..waiting };
    let about = waiting.new_user()?.password_facts();
    let password = people.signin.hash_first(ctx, password, &about).await?;
    Ok(Waiting { password, ..waiting })
}

async fn confirm(
    people: &People,
    ctx: &Ctx,
    token: &SecretToken,
    waiting: Waiting,
) -> Result<(), Problem> {
    // The realm is open: its manager has said so, and nothing is given. As with the set-up link, the operator's power
    // serves for this one thing.
    let principal = Principal::new(Who::Operator);
    let caller = Caller { principal, method: "registration", ..Caller::nobody() };
    let mut tx = ctx.acting(caller).begin().await?;
    if !rows::take(&tx, token.id(), &token.hash()).await? {
        return Err(no_good());
    }
    check(&tx, &waiting).await?;
    let made = realms::create_user::run(&mut tx, waiting.new_user()?).await?;
    people.signin.store(&mut tx, made.id, waiting.password, false).await?;
    tx.audit(
        Event::new(EventKind::DataCreate, "registration.confirm")
            .about("user", made.id, made.id)
            .of(made.id)
            .personal("name", made.username.as_str()),
    );
    tx.commit().await.map(drop)
}

/// The realm must be open to the address still, and the address nobody's name.
async fn check(tx: &Writing, waiting: &Waiting) -> Result<(), Problem> {
    let open = rows::open_realm(tx, waiting.realm).await?;
    if !open.is_some_and(|open| open.takes(waiting.email.as_str())) {
        return Err(no_good());
    }
    let folded = fold(waiting.email.as_str());
    if realms::store::has_alias(tx, waiting.realm, &folded).await? {
        return Err(Problem::conflict("A user signs in with this e-mail address already."));
    }
    Ok(())
}

impl Waiting {
    fn new_user(&self) -> Result<NewUser, Problem> {
        Ok(NewUser {
            email: Some(self.email.clone()),
            email_verified: true,
            full_name: self.full_name.clone(),
            aliases: vec![alias(&self.email)?],
            ..NewUser::named(self.realm, self.username.clone())
        })
    }
}

fn no_good() -> Problem {
    Problem::forbidden("The link is not good any more.")
}
