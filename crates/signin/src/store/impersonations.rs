//! Who acts in a session in the user's place, and from which of his own sessions.

use kernel::{NodeId, SessionId};
use store::{Migration, Run, StoreError};

use super::{SESSION, SessionRow};
use crate::model::Session;

/// The columns; both or neither. They name no row that must stay: ids are never used again.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261201_impersonation",
    sql: "
ALTER TABLE session ADD COLUMN impersonator {uuid};
ALTER TABLE session ADD COLUMN impersonator_session {uuid};
CREATE INDEX session_impersonator ON session (impersonator, id) WHERE impersonator IS NOT NULL;
CREATE INDEX session_impersonator_session ON session (impersonator_session, id) WHERE impersonator_session IS NOT NULL;
",
};

/// The sessions in which this user acts in the place of others, and that nobody has ended.
pub(crate) async fn open_by(run: &impl Run, user: NodeId) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session WHERE impersonator = $1 AND ended_at IS NULL ORDER BY id"
    );
    let rows: Vec<SessionRow> = run.all(&sql, [user.0.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Those that were begun from this session, and that nobody has ended.
pub(crate) async fn open_from(run: &impl Run, from: SessionId) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session
         WHERE impersonator_session = $1 AND ended_at IS NULL ORDER BY id"
    );
    let rows: Vec<SessionRow> = run.all(&sql, [from.0.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}
