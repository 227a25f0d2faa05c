//! The first user: from the settings of the start, or made by whoever holds a link that is printed once.

use context::{Ctx, Event, EventKind, Writing};
use jiff::SignedDuration;
use kernel::{EventId, Name, NodeId, Problem, RoleId};
use protocol::secret_token::{Kind, SecretToken};
use realms::{HashedPassword, NewUser, Passwords, names::Email};
use secrecy::SecretString;

use crate::{signin::Signin, store};

/// How long the set-up link is good.
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The first user, as `INIT_ROOT_*` tell it.
#[derive(Debug)]
pub struct InitRoot {
    /// `INIT_ROOT_USERNAME`.
    pub username: String,
    /// `INIT_ROOT_PASSWORD`.
    pub password: SecretString,
    /// `INIT_ROOT_EMAIL`.
    pub email: Option<String>,
}

/// What the first start did.
#[derive(Debug)]
pub enum FirstStart {
    /// There is a superuser already: nothing was done.
    Ready,
    /// The superuser of `INIT_ROOT_*` was made.
    Made {
        /// Its name.
        username: String,
    },
    /// Nobody can sign in yet. Print this once: it is good for one hour and one use at `POST /auth/setup`.
    SetUp {
        /// The secret of the link.
        token: SecretString,
    },
}

/// Sees to the first user. `ctx` is the operator's; the realm `main` and the built-in roles are there. 422 if the name or
/// the password of `INIT_ROOT_*` is no good.
pub async fn first_start(
    signin: &Signin,
    ctx: &Ctx,
    root: Option<InitRoot>,
) -> Result<FirstStart, Problem> {
    if has_superuser(&ctx.read().await?).await? {
        return Ok(FirstStart::Ready);
    }
    let Some(root) = root else { return make_link(ctx).await };
    let username = root.username.clone();
    let (user, hash) = prepare(signin, ctx, root).await?;
    let mut tx = ctx.begin().await?;
    // Another server, which started at the same moment, was first.
    if has_superuser(&tx).await? {
        return Ok(FirstStart::Ready);
    }
    make(signin, &mut tx, user, hash).await?;
    tx.commit().await?;
    Ok(FirstStart::Made { username })
}

async fn make_link(ctx: &Ctx) -> Result<FirstStart, Problem> {
    let mut tx = ctx.begin().await?;
    if has_superuser(&tx).await? {
        return Ok(FirstStart::Ready);
    }
    let entropy = ctx.system().entropy();
    let id = EventId::new(ctx.now(), entropy).0;
    let token = SecretToken::generate(Kind::OneTimeLink, id, entropy);
    let until = crate::settings::after(ctx.now(), LINK_LIFE);
    store::save_setup_link(tx.as_ref(), id, &token.hash(), until).await?;
    tx.audit(Event::new(EventKind::ConfigChange, "setup.link"));
    tx.commit().await?;
    Ok(FirstStart::SetUp { token: token.to_text() })
}

/// The superuser to make in the realm `main`, and the hash of its password.
pub(crate) async fn prepare(
    signin: &Signin,
    ctx: &Ctx,
    root: InitRoot,
) -> Result<(NewUser, HashedPassword), Problem> {
    let username = Name::parse(&root.username).map_err(|e| Problem::invalid("/username", e))?;
    let main = Name::parse(realms::MAIN).map_err(Problem::internal)?;
    let realm = realms::find_realm(&ctx.read().await?, &main).await?;
    let realm = realm.ok_or_else(|| Problem::internal("the realm main is missing"))?;
    let email = root.email.map(Email::try_from).transpose();
    let email = email.map_err(|e| Problem::invalid("/email", e))?;
    // The role beside it: a key of a superuser acts in a role, and is none.
    let admin = RoleId::ADMIN.to_string().try_into().map_err(Problem::internal)?;
    let roles = vec![admin];
    let user = NewUser { email, superuser: true, roles, ..NewUser::named(realm.id, username) };
    let hash = signin.check_and_hash(ctx, &root.password, &user.password_facts()).await?;
    Ok((user, hash))
}

/// Makes the first superuser; refused once there is one.
pub(crate) async fn make(
    signin: &Signin,
    tx: &mut Writing,
    user: NewUser,
    hash: HashedPassword,
) -> Result<NodeId, Problem> {
    if has_superuser(tx).await? {
        return Err(Problem::conflict("There is a user already."));
    }
    let user = realms::create_user::run(tx, user).await?;
    signin.store(tx, user.id, hash, false).await?;
    Ok(user.id)
}

/// Whether anybody can administrate: a superuser with a password.
pub async fn has_superuser(run: &impl ::store::Run) -> Result<bool, Problem> {
    // No user has this id, so it excludes nobody.
    Ok(realms::store::has_other_lasting_superuser(run, NodeId::GLOBAL).await?)
}
