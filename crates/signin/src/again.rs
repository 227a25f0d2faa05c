//! Who is signed in signs in again, for the session that he has.

use context::Ctx;
use kernel::{NodeId, Problem};

use crate::{own::own_id, second_factor::SessionChoice, session::over, store};

/// A sign-in of the caller himself that steps up the session of his request.
#[derive(Debug)]
pub struct Again {
    /// The caller.
    pub user: NodeId,
    /// The name of his realm.
    pub realm: String,
    /// His name in it.
    pub username: String,
    /// How the session is kept: as it is.
    pub choice: SessionChoice,
}

/// What the caller's sign-in begins with. 403 for who has no session of his own: a key, whoever acts in somebody's place, a
/// password with each request.
pub async fn again(ctx: &Ctx) -> Result<Again, Problem> {
    let me = own_id(ctx)?;
    let session = ctx.principal().session.as_ref().map(|session| session.id);
    let session = session.ok_or_else(|| Problem::forbidden("This needs a session; sign in."))?;
    let read = ctx.read().await?;
    let (_, cookie) = store::session(&read, session).await?.ok_or_else(over)?;
    let subject = read.engine().subject(me).ok_or_else(over)?;
    let realm = subject.realm.and_then(|realm| read.state().roots.realm(realm));
    let choice = SessionChoice {
        with_cookie: cookie.is_some(),
        steps_up: Some(session),
        ..SessionChoice::default()
    };
    Ok(Again {
        user: me,
        realm: realm.ok_or_else(over)?.to_owned(),
        username: subject.username.clone(),
        choice,
    })
}
