//! `POST /auth/register`: a stranger asks to be a user. Nothing is made before the link is used that goes to the address,
//! so the answer is the same whether name and address are free or not.

use std::sync::Arc;

use axum::extract::State;
use context::{Ctx, Event, EventKind};
use http::StatusCode;
use jiff::SignedDuration;
use kernel::{Name, Problem};
use realms::{
    NewUser,
    names::{Email, FullName, check_username, fold},
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    confirm_registration::Waiting,
    invitation::alias,
    people::{People, new_link},
    registration::OpenRealm,
    settings::{REGISTRATION_HOURS, REGISTRATIONS_PER_MINUTE},
    store::registrations as rows,
};

/// How many letters one address gets in [`WINDOW`].
const MOST_OF_ADDRESS: i64 = 3;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// How many registrations of a realm wait at most; more are dropped.
const MOST_WAITING: i64 = 10_000;

/// Who wants to be a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterInput {
    /// The realm.
    realm: String,
    /// The user name.
    #[schema(value_type = String)]
    username: Name,
    /// The address: the link goes there.
    #[schema(value_type = String)]
    email: Email,
    /// The password. It is asked once more when the link is used.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// How people call one.
    #[schema(value_type = Option<String>)]
    full_name: Option<FullName>,
}

/// Asks to be a user of a realm. The answer is the same whether the name or the address is taken: 202, and a letter goes
/// to the address. 403 for a realm where one cannot register, or that is not there; 422 for a password against the policy
/// or an address of a domain that is not taken; 429 for a source that asks too often.
#[utoipa::path(post, path = "/auth/register", operation_id = "register", tag = "sign-in", request_body = RegisterInput,
    responses((status = 202, description = "A letter is on its way"), (status = 403, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody), (status = 429, body = web::ProblemBody),
        (status = 503, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(people): State<Arc<People>>,
    Json(input): Json<RegisterInput>,
) -> web::Result<StatusCode> {
    ctx.throttle(&REGISTRATIONS_PER_MINUTE)?;
    let turn = people.turn()?;
    let ctx = ctx.as_nobody();
    let open = open(&people, &ctx, &input.realm).await?;
    let user = check(&open, &input)?;
    let password = people.signin.hash_first(&ctx, &input.password, &user.password_facts()).await?;
    let waiting = Waiting {
        id: uuid::Uuid::nil(),
        realm: open.realm,
        username: input.username,
        email: input.email,
        full_name: input.full_name,
        password,
    };
    // Behind the answer, whose time would tell what is found.
    tokio::spawn(async move {
        if let Err(error) = write(&people, &ctx, waiting).await {
            tracing::error!(target: "portcullis::system", %error, "a registration could not be written");
        }
        drop(turn);
    });
    Ok(StatusCode::ACCEPTED)
}

/// The realm, if one may register there. What is not there and what is closed answer alike.
async fn open(people: &People, ctx: &Ctx, realm: &str) -> Result<OpenRealm, Problem> {
    let read = ctx.read().await?;
    let Ok(name) = Name::parse(realm) else { return Err(closed()) };
    let realm = realms::find_realm(&read, &name).await?;
    let open = match realm {
        Some(realm) => rows::open_realm(&read, realm.id).await?,
        None => None,
    };
    open.filter(|_| people.signin.outbox().is_on()).ok_or_else(closed)
}

fn check(open: &OpenRealm, input: &RegisterInput) -> Result<NewUser, Problem> {
    check_username(&input.username).map_err(|e| Problem::invalid("/username", e))?;
    if !open.takes(input.email.as_str()) {
        return Err(Problem::invalid("/email", "is of a domain that is not taken here"));
    }
    Ok(NewUser {
        email: Some(input.email.clone()),
        full_name: input.full_name.clone(),
        aliases: vec![alias(&input.email)?],
        ..NewUser::named(open.realm, input.username.clone())
    })
}

/// Keeps who has registered and writes the letter. An address that is a user's gets another one, and its link nobody.
async fn write(people: &People, ctx: &Ctx, waiting: Waiting) -> Result<(), Problem> {
    let mut tx = ctx.begin().await?;
    let now = ctx.now();
    rows::purge(tx.as_ref(), now).await?;
    let since = now.checked_sub(WINDOW).map_err(Problem::internal)?;
    let written = rows::count_since(&tx, &waiting.email, since).await?;
    if written >= MOST_OF_ADDRESS || rows::count(&tx, waiting.realm).await? >= MOST_WAITING {
        tracing::warn!(target: "portcullis::system", "too many registrations; one is dropped");
        return Ok(());
    }
    let hours = tx.state().settings.number(&REGISTRATION_HOURS)?.clamp(1, 168);
    let until = now.checked_add(SignedDuration::from_hours(hours)).map_err(Problem::internal)?;
    let token = new_link(ctx);
    let waiting = Waiting { id: token.id(), ..waiting };
    rows::insert(tx.as_ref(), &waiting, &token.hash(), (now, until)).await?;
    let to = (waiting.realm, waiting.email.as_str());
    let folded = fold(waiting.email.as_str());
    let letter = match realms::store::has_alias(&tx, waiting.realm, &folded).await? {
        true => people.registered_before(&tx, to, until),
        false => people.registered(&tx, to, &token.to_text(), until),
    };
    people.signin.outbox().put(&tx, &letter).await?;
    // Nobody answers for the name and the address yet, so they are not in the audit.
    let event = Event::new(EventKind::DataCreate, "registration.begin");
    tx.audit(event.about("realm", waiting.realm, waiting.realm));
    tx.commit().await.map(drop)
}

fn closed() -> Problem {
    Problem::forbidden("One cannot register there.")
}
