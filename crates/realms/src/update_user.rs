//! `PATCH /api/v1/realms/{realm}/users/{username}`

use std::sync::Arc;

use axum::extract::State;
use context::{Action, Event, EventKind, Permitted, Writing};
use jiff::Timestamp;
use kernel::{Name, Problem};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    create_user::verified,
    facts::{Attributes, Metadata},
    find::user_in_path,
    guards,
    model::{EmailTrust, User},
    names::{Email, FullName, check_username, fold},
    passwords::Passwords,
    patch, save, store,
    view::{UserView, tagged_user},
};

/// Changing what is known about a user.
#[derive(Debug)]
pub struct UpdateUser;

impl Action for UpdateUser {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// What to change; what is absent stays, null removes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Another name.
    #[schema(value_type = Option<String>)]
    pub username: Option<Name>,
    /// Where it gets mail.
    #[serde(default, deserialize_with = "patch::given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<Email>>,
    /// Whether it is known that the user reads mail there; absent: another address is not verified.
    pub email_verified: Option<bool>,
    /// How people call it.
    #[serde(default, deserialize_with = "patch::given")]
    #[schema(value_type = Option<String>)]
    pub full_name: Option<Option<FullName>>,
    /// All attributes, in the place of the former.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Attributes>,
    /// All metadata, in the place of the former.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Metadata>,
    /// Whether it may do everything; only superusers give and take that.
    pub superuser: Option<bool>,
    /// From this moment on it is denied everything.
    #[serde(default, deserialize_with = "patch::given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Option<Timestamp>>,
}

/// Changes a user. Another name or address is a way to take someone over, so it asks to hold all that the user holds.
#[utoipa::path(patch, path = "/api/v1/realms/{realm}/users/{username}", tag = "users",
    operation_id = "update_user", request_body = UserPatch,
    params(("realm" = String, Path, description = "The realm's name"),
        ("username" = String, Path, description = "The user's name there")),
    responses((status = 200, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 412, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Path((realm, username)): Path<(Name, Name)>,
    if_match: IfMatch,
    Json(input): Json<UserPatch>,
) -> web::Result<Tagged<UserView>> {
    let mut tx = ctx.begin().await?;
    let former = user_in_path(&tx, &realm, &username).await?;
    let user = run(&mut tx, former.clone(), input, &if_match).await?;
    if user.email != former.email {
        passwords.address_changed(&mut tx, &former).await?;
    }
    let view = tagged_user(&tx, user).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a user.
pub async fn run(
    tx: &mut Writing,
    user: User,
    input: UserPatch,
    if_match: &IfMatch,
) -> Result<User, Problem> {
    let user = tx.permit::<UpdateUser>(user)?;
    if_match.check(user.version)?;
    check(tx, &user, &input).await?;
    let renamed = input.username.as_ref().is_some_and(|name| *name != user.username);
    let other_address = input.changes_address(&user);
    let former = user.clone();
    let now = tx.ctx().now();
    let user = user.map(|user| Ok::<_, Problem>(input.over(user, now)))?;
    verified(user.email_trust.is_verified(), user.email.as_ref())?;
    if other_address {
        // What the user has begun would undo it.
        store::end_email_change(tx, user.id, now).await?;
    }
    if renamed {
        store::save_username(tx, &user).await?;
    }
    let event = event(&former, &user);
    save::user(tx, user, event).await
}

async fn check(
    tx: &mut Writing,
    user: &Permitted<UpdateUser, User>,
    input: &UserPatch,
) -> Result<(), Problem> {
    guards::may_touch(tx, user)?;
    if input.changes_sign_in(user) {
        access::granting::taking_over(tx, user.id).await?;
    }
    if let Some(name) = &input.username {
        check_free(tx, user, name).await?;
    }
    if let Some(attributes) = &input.attributes {
        guards::may_write_attributes(tx, user.id, attributes, &user.attributes)?;
    }
    match input.superuser {
        Some(true) if !user.superuser => guards::need_superuser(tx)?,
        Some(false) => guards::keep_a_superuser(tx, user)?,
        _ => {}
    }
    if let Some(Some(_)) = input.expires_at {
        guards::keep_a_lasting_superuser(tx, user).await?;
    }
    Ok(())
}

/// Another spelling of the own name is free; the name of anyone else is not.
async fn check_free(tx: &Writing, user: &User, name: &Name) -> Result<(), Problem> {
    check_username(name).map_err(|e| Problem::invalid("/username", e))?;
    let folded = fold(name.as_str());
    if folded != fold(user.username.as_str()) && store::has_alias(tx, user.realm, &folded).await? {
        return Err(Problem::conflict("The realm has a user with that name or alias already."));
    }
    Ok(())
}

impl UserPatch {
    /// Whether it changes what somebody signs in with, or where a way to sign in is sent.
    fn changes_sign_in(&self, user: &User) -> bool {
        self.username.as_ref().is_some_and(|name| *name != user.username)
            || self.changes_address(user)
    }

    /// Whether it changes where the user gets mail, or how far that is believed.
    fn changes_address(&self, user: &User) -> bool {
        let is_verified = user.email_trust.is_verified();
        self.email.as_ref().is_some_and(|email| *email != user.email)
            || self.email_verified.is_some_and(|verified| verified != is_verified)
    }

    /// How far the address is believed after it.
    fn trust(&self, user: &User, now: Timestamp) -> EmailTrust {
        let stays = self.email.as_ref().is_none_or(|email| *email == user.email);
        match self.email_verified {
            None if stays => user.email_trust,
            Some(says) if stays && says == user.email_trust.is_verified() => user.email_trust,
            Some(true) => EmailTrust::Verified(now),
            Some(false) | None => EmailTrust::Given,
        }
    }

    /// The user with this over it.
    fn over(self, user: User, now: Timestamp) -> User {
        User {
            email_trust: self.trust(&user, now),
            username: self.username.unwrap_or(user.username),
            email: self.email.unwrap_or(user.email),
            full_name: self.full_name.unwrap_or(user.full_name),
            attributes: self.attributes.unwrap_or(user.attributes),
            metadata: self.metadata.unwrap_or(user.metadata),
            superuser: self.superuser.unwrap_or(user.superuser),
            expires_at: self.expires_at.unwrap_or(user.expires_at),
            ..user
        }
    }
}

fn event(former: &User, user: &User) -> Event {
    let kind = if user.superuser == former.superuser {
        EventKind::DataUpdate
    } else {
        EventKind::RoleChange
    };
    Event::new(kind, "user.update")
        .about("user", user.id, user.id)
        .with("superuser", user.superuser)
        .personal("name", user.username.as_str())
        .changed_of_person(told(former), told(user))
}

/// What of a user can be changed here. What he keeps himself is of no use to an auditor.
fn told(user: &User) -> Map<String, Value> {
    let User { username, email, email_trust, full_name, attributes, superuser, expires_at, .. } =
        user;
    let fields = json!({
        "username": username,
        "email": email,
        "email_verified": email_trust.is_verified(),
        "full_name": full_name,
        "attributes": attributes,
        "superuser": superuser,
        "expires_at": expires_at,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
