//! `POST /api/v1/realms/{realm}/users`

use std::sync::Arc;

use access::RoleRef;
use axum::extract::State;
use context::{Action, Ctx, Event, EventKind, Permitted, Writing};
use jiff::Timestamp;
use kernel::{Name, NodeId, NodeKind, Problem};
use secrecy::SecretString;
use serde::Deserialize;
use tree::NewNode;
use utoipa::ToSchema;
use web::{Created, Json, Op, Path};

use crate::{
    facts::{Attributes, Metadata},
    find::realm_in_path,
    guards, membership,
    model::{EmailTrust, User},
    names::{Alias, Email, FullName, check_username, fold},
    passwords::{HashedPassword, PasswordFacts, Passwords},
    realm::kind,
    refs::GroupRef,
    store,
    view::{AliasView, UserView, user_view},
};

/// Making a user in its realm.
#[derive(Debug)]
pub struct CreateUser;

impl Action for CreateUser {
    type Resource = NewNode;
    const PERMISSION: &'static str = "user_manage";
}

/// A user to make, without a password.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The realm it belongs to.
    pub realm: NodeId,
    /// Its name there.
    pub username: Name,
    /// Where it gets mail.
    pub email: Option<Email>,
    /// Whether it is known that the user reads mail there.
    pub email_verified: bool,
    /// How people call it.
    pub full_name: Option<FullName>,
    /// What else it signs in with.
    pub aliases: Vec<Alias>,
    /// `subject.<name>` in conditions.
    pub attributes: Attributes,
    /// Its own JSON.
    pub metadata: Metadata,
    /// Whether it may do everything; only superusers give that.
    pub superuser: bool,
    /// Whether it starts switched off.
    pub disabled: bool,
    /// From this moment on it is denied everything.
    pub expires_at: Option<Timestamp>,
    /// Roles that are assigned to it at `$global`.
    pub roles: Vec<RoleRef>,
    /// Groups that it joins.
    pub groups: Vec<GroupRef>,
}

impl NewUser {
    /// A user of whom only the name is known.
    pub fn named(realm: NodeId, username: Name) -> Self {
        Self {
            realm,
            username,
            email: None,
            email_verified: false,
            full_name: None,
            aliases: Vec::new(),
            attributes: Attributes::default(),
            metadata: Metadata::default(),
            superuser: false,
            disabled: false,
            expires_at: None,
            roles: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// What its password must not contain.
    pub fn password_facts(&self) -> PasswordFacts {
        let words = self.email.iter().map(Email::as_str);
        let words = words.chain(self.full_name.iter().map(FullName::as_str));
        let words = words.chain(self.aliases.iter().map(|alias| alias.value.as_str()));
        PasswordFacts {
            user: None,
            username: self.username.as_str().to_owned(),
            words: words.map(str::to_owned).collect(),
        }
    }
}

/// A user to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUserInput {
    /// Its name, unique in the realm.
    #[schema(value_type = String)]
    pub username: Name,
    /// Its first password; absent: it cannot sign in with one.
    #[schema(value_type = Option<String>, format = Password)]
    pub password: Option<SecretString>,
    /// Whether the user must change it at the first sign-in, before anything else.
    #[serde(default)]
    pub must_change_password: bool,
    /// Where it gets mail.
    #[schema(value_type = Option<String>)]
    pub email: Option<Email>,
    /// Whether it is known that the user reads mail there; whoever makes the user vouches for it.
    #[serde(default)]
    pub email_verified: bool,
    /// How people call it.
    #[schema(value_type = Option<String>)]
    pub full_name: Option<FullName>,
    /// What else it signs in with.
    #[serde(default)]
    pub aliases: Vec<AliasView>,
    /// `subject.<name>` in conditions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// Its own JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// Whether it may do everything; only superusers give that.
    #[serde(default)]
    pub superuser: bool,
    /// From this moment on it is denied everything.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Roles that are assigned to it at `$global`: `name`, or `name@/path/of/owner`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub roles: Vec<RoleRef>,
    /// Groups that it joins: an id, `name`, or `name@/path/of/owner`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupRef>,
}

/// Makes a user.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/users", tag = "users", operation_id = "create_user", request_body = CreateUserInput,
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 201, body = UserView), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    State(passwords): State<Arc<dyn Passwords>>,
    Op(ctx): Op,
    Path(realm): Path<Name>,
    Json(input): Json<CreateUserInput>,
) -> web::Result<Created<UserView>> {
    let must_change = input.must_change_password;
    if must_change && input.password.is_none() {
        let detail = "a user without a password has none to change";
        return Err(Problem::invalid("/must_change_password", detail).into());
    }
    let realm_node = realm_in_path(&ctx.read().await?, &realm).await?;
    let (user, password) = input.split(realm_node.id)?;
    let hash = hash(&*passwords, &ctx, &user, password.as_ref()).await?;
    let mut tx = ctx.begin().await?;
    let user = run(&mut tx, user).await?;
    if let Some(hash) = hash {
        passwords.store(&mut tx, user.id, hash, must_change).await?;
    }
    let view = user_view(&tx, user).await?;
    tx.commit().await?;
    let location = format!("/api/v1/realms/{}/users/{}", view.realm, view.username);
    Ok(Created { body: view, location })
}

/// Makes a user.
pub async fn run(tx: &mut Writing, input: NewUser) -> Result<User, Problem> {
    let place = tx.permit::<CreateUser>(place(&input)?)?;
    // A way in that would outlast the impersonation.
    tx.ctx().refuse_impersonation()?;
    if tx.engine().kind(input.realm).is_none_or(|kind| kind.as_str() != NodeKind::REALM) {
        return Err(Problem::invalid("/realm", "is no realm"));
    }
    if input.superuser {
        guards::need_superuser(tx)?;
    }
    check_names(tx, &input).await?;
    let node = tree::insert_node(tx, &place).await?;
    let user = place.map(|_| Ok::<_, Problem>(made(node, &input)))?;
    store::insert_user(tx, &user).await?;
    tx.record(policy::Change::SubjectSaved(user.subject()))?;
    guards::may_write_attributes(tx, user.id, &user.attributes, &Attributes::default())?;
    tx.audit(created(&user));
    let user = user.into_inner();
    membership::join_all(tx, user.id, &input.groups).await?;
    membership::assign_all(tx, user.id, &input.roles).await?;
    Ok(user)
}

/// Checks and hashes the first password, once it is known that the caller may make the user: hashing is costly.
pub(crate) async fn hash(
    passwords: &dyn Passwords,
    ctx: &Ctx,
    user: &NewUser,
    password: Option<&SecretString>,
) -> Result<Option<HashedPassword>, Problem> {
    let Some(password) = password else { return Ok(None) };
    let _: Permitted<CreateUser, NewNode> = ctx.read().await?.permit(place(user)?)?;
    passwords.check_and_hash(ctx, password, &user.password_facts()).await.map(Some)
}

impl CreateUserInput {
    fn split(self, realm: NodeId) -> Result<(NewUser, Option<SecretString>), Problem> {
        let user = NewUser {
            realm,
            username: self.username,
            email_verified: verified(self.email_verified, self.email.as_ref())?,
            email: self.email,
            full_name: self.full_name,
            aliases: AliasView::parse_all(self.aliases)?,
            attributes: self.attributes,
            metadata: self.metadata,
            superuser: self.superuser,
            disabled: false,
            expires_at: self.expires_at,
            roles: self.roles,
            groups: self.groups,
        };
        Ok((user, self.password))
    }
}

fn place(user: &NewUser) -> Result<NewNode, Problem> {
    let kind = kind(NodeKind::USER)?;
    Ok(NewNode { parent: Some(user.realm), kind, name: user.username.clone() })
}

/// The name and each alias must be free in the realm, and no two of them one.
async fn check_names(tx: &Writing, input: &NewUser) -> Result<(), Problem> {
    check_username(&input.username).map_err(|e| Problem::invalid("/username", e))?;
    let mut seen = vec![fold(input.username.as_str())];
    for (i, alias) in input.aliases.iter().enumerate() {
        let folded = alias.folded();
        if seen.contains(&folded) {
            return Err(Problem::invalid(format!("/aliases/{i}/value"), "is there twice"));
        }
        seen.push(folded);
    }
    for folded in &seen {
        if store::has_alias(tx, input.realm, folded).await? {
            return Err(Problem::conflict("The realm has a user with that name or alias already."));
        }
    }
    Ok(())
}

/// Only an address can be verified.
pub(crate) fn verified(says: bool, email: Option<&Email>) -> Result<bool, Problem> {
    if says && email.is_none() {
        return Err(Problem::invalid("/email_verified", "there is no address to be verified"));
    }
    Ok(says)
}

fn made(node: ::store::node::Node, input: &NewUser) -> User {
    let email_trust = match input.email_verified {
        true => EmailTrust::Verified(node.created_at),
        false => EmailTrust::Given,
    };
    let user = User {
        email: input.email.clone(),
        email_trust,
        full_name: input.full_name.clone(),
        aliases: input.aliases.clone(),
        attributes: input.attributes.clone(),
        metadata: input.metadata.clone(),
        superuser: input.superuser,
        expires_at: input.expires_at,
        ..User::new(node, input.realm)
    };
    if input.disabled { user.disable() } else { user }
}

fn created(user: &User) -> Event {
    Event::new(EventKind::DataCreate, "user.create")
        .about("user", user.id, user.id)
        .with("superuser", user.superuser)
        .personal("name", user.username.as_str())
}
