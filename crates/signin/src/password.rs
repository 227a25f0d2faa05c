//! Signing in with an alias and a password.

use context::Ctx;
use kernel::{Name, NodeKind, Problem};
use realms::User;
use store::node;

use crate::{
    authenticator::{Attempt, Authenticator, Proven, Proving},
    device,
    lockout::{Tried, wrong},
    settings::DEFAULT_REALM,
    signin::Signin,
};

/// The authenticator of type `password`.
#[derive(Debug)]
pub(crate) struct Password;

/// The type, as a sign-in names it and a session keeps it.
pub(crate) const PASSWORD: &str = "password";

impl Authenticator for Password {
    fn kind(&self) -> &'static str {
        PASSWORD
    }

    fn prove<'a>(&'a self, signin: &'a Signin, ctx: &'a Ctx, attempt: &'a Attempt) -> Proving<'a> {
        Box::pin(prove(signin, ctx, attempt))
    }
}

async fn prove(signin: &Signin, ctx: &Ctx, attempt: &Attempt) -> Result<Proven, Problem> {
    let state = ctx.system().state();
    let realm = attempt.realm.as_deref().unwrap_or_else(|| state.settings.text(&DEFAULT_REALM));
    let user = find(ctx, realm, &attempt.authentication_id).await?;
    let of_name = match &user {
        Some(user) => user.id.0,
        None => signin.stranger(realm, &attempt.authentication_id),
    };
    let counter = device::counter_of(ctx, attempt.device.as_ref(), of_name).await?;
    let tried = Tried {
        user: user.as_ref().map(|user| user.id),
        username: user.as_ref().map(|user| user.username.as_str().to_owned()),
        counter,
        action: "sign_in",
    };
    let credential = signin.try_password(ctx, &tried, &attempt.secret).await?;
    let user = user.ok_or_else(wrong)?;
    Ok(Proven {
        user: user.id,
        realm: user.realm,
        username: user.username.as_str().to_owned(),
        method: PASSWORD,
        credential_of: credential.life.changed_at,
        password: Some(credential.life),
        further: Vec::new(),
        counter,
    })
}

/// The user of that alias, in the realm or in one that shares its sign-in with it. A realm that is not there has none.
pub(crate) async fn find(ctx: &Ctx, realm: &str, alias: &str) -> Result<Option<User>, Problem> {
    // Nobody has such an alias, and PostgreSQL takes no such text.
    if alias.contains('\0') {
        return Ok(None);
    }
    let read = ctx.read().await?;
    let Ok(name) = Name::parse(realm) else { return Ok(None) };
    let realm = node::find_child(&read, None, &name).await?;
    match realm.filter(|realm| realm.kind.as_str() == NodeKind::REALM) {
        Some(realm) => Ok(realms::find_by_alias(&read, realm.id, alias).await?),
        None => Ok(None),
    }
}
