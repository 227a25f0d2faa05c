//! `PUT /auth/profile`: what users say about themselves.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind};
use kernel::Problem;
use realms::{
    EmailTrust, User,
    names::{Email, FullName},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    change_email,
    me::{self, MeView},
    own::{fresh_own_id, own_id, own_user},
    signin::Signin,
};

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileInput {
    /// Where one gets mail. Another address counts when it is confirmed by the links that are sent.
    #[schema(value_type = Option<String>)]
    email: Option<Email>,
    /// How people call one.
    #[schema(value_type = Option<String>)]
    full_name: Option<FullName>,
    /// Merged into what is there; a null removes (RFC 7396).
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
}

/// Changes the own profile. Another e-mail address asks for a sign-in not older than 10 minutes: 403 of type
/// `sign-in-too-old`. It counts when the link that goes there was used, and the one that goes to the present address if that
/// is verified; where no mail is sent it counts at once, as an address that nobody has verified.
#[utoipa::path(put, path = "/auth/profile", operation_id = "update_profile", tag = "sign-in", request_body = ProfileInput,
    responses((status = 200, body = MeView), (status = 403, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody), (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<ProfileInput>,
) -> web::Result<Json<MeView>> {
    let id = own_id(&ctx)?;
    let mut tx = ctx.begin().await?;
    let mut user = own_user(&tx, id).await?;
    let former = told(&user);
    let address = input.email.filter(|email| user.email.as_ref() != Some(email));
    if let Some(address) = address {
        // A link to a new password goes there: a stolen session must not become a stolen user.
        fresh_own_id(&ctx)?;
        if signin.outbox.is_on() {
            change_email::begin(&signin, &mut tx, &user, address).await?;
        } else {
            realms::store::end_email_change(&tx, id, ctx.now()).await?;
            (user.email, user.email_trust) = (Some(address), EmailTrust::Claimed);
        }
    }
    if let Some(metadata) = input.metadata {
        let merged = user.metadata.merged(metadata);
        user.metadata = merged.map_err(|e| Problem::invalid("/metadata", e))?;
    }
    user.full_name = input.full_name.or(user.full_name);
    realms::store::save_own_profile(&tx, &user).await?;
    let event = Event::new(EventKind::DataUpdate, "profile.update").about("user", id, id);
    tx.audit(event.changed_of_person(former, told(&user)));
    tx.commit().await?;
    Ok(Json(me::view(&ctx.read().await?).await?))
}

/// What an event tells of the profile.
fn told(user: &User) -> Map<String, Value> {
    let email = user.email.as_ref().map(Email::as_str);
    let full_name = user.full_name.as_ref().map(FullName::as_str);
    Map::from_iter([("email".to_owned(), email.into()), ("full_name".to_owned(), full_name.into())])
}
