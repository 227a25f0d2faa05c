//! Refresh tokens: a row for each session holds what they follow each other by ([`Rotation`]).

use context::Writing;
use kernel::{Problem, SessionId};
use protocol::secret_token::{Kind, Rotation, SecretToken};
use secrecy::SecretString;
use signin::Session;

use crate::store;

/// The refresh tokens of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// The session.
    pub(crate) session: SessionId,
    /// The present one.
    pub(crate) rotation: Rotation,
}

/// The first refresh token of a session.
pub(crate) async fn start(tx: &mut Writing, session: &Session) -> Result<SecretString, Problem> {
    let token = SecretToken::generate(Kind::Refresh, session.id.0, tx.ctx().system().entropy());
    start_with(tx, session, &token).await
}

/// The same, with this token.
pub(crate) async fn start_with(
    tx: &mut Writing,
    session: &Session,
    token: &SecretToken,
) -> Result<SecretString, Problem> {
    let rotation = Rotation::begin(token, tx.ctx().now());
    let family = Family { session: session.id, rotation };
    store::insert_family(tx.as_ref(), &family, session.expires_at).await?;
    Ok(token.to_text())
}
