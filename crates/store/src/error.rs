//! What can go wrong with the database.

use kernel::{Problem, ProblemKind};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::{error::DatabaseError, sqlite::SqliteError};

/// A failure of the database. Its text is for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with that name, alias or key is there already.
    #[error("a unique constraint: {0}")]
    Duplicate(String),
    /// Something that is referred to is not there, or something still refers to it.
    #[error("a reference: {0}")]
    Reference(String),
    /// The database did not answer in time, or cannot be reached.
    #[error("the database is not available: {0}")]
    Unavailable(DbErr),
    /// A connection that stands outside the pools does not answer.
    #[error("the database does not answer: {0}")]
    Silent(String),
    /// A statement of this transaction failed before: PostgreSQL keeps nothing of it, so SQLite must not either.
    #[error("a statement of this transaction failed, so it cannot be committed")]
    Broken,
    /// The database was written by a newer release.
    #[error(
        "the database was written by a newer release (it has the migration {0}); start that release, or restore a copy made before the upgrade"
    )]
    Newer(String),
    /// A row does not read as what it should be.
    #[error("a stored value does not read: {0}")]
    Corrupt(String),
    /// Another server uses this database.
    #[error("another server is running on {0}; stop it first")]
    Locked(String),
    /// What was to be done needs the database alone, and other servers use it: the text says what to do.
    #[error("{0}")]
    InUse(String),
    /// The address of the database is not understood, or it cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// A text that no database is given.
    #[error("a text contains the character NUL")]
    Nul,
    /// Anything else.
    #[error(transparent)]
    Other(DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(text)) => return Self::Duplicate(text),
            Some(SqlErr::ForeignKeyConstraintViolation(text)) => return Self::Reference(text),
            _ => {}
        }
        if is_unavailable(&error) { Self::Unavailable(error) } else { Self::Other(error) }
    }
}

/// Whether the same may work in a moment: the statement was not wrong.
fn is_unavailable(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause
        }
        _ => return false,
    };
    match &**cause {
        sqlx::Error::Database(error) => is_passing(&**error),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// By the code of the database: <https://www.sqlite.org/rescode.html>, PostgreSQL's appendix A.
fn is_passing(error: &dyn DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        // BUSY, LOCKED, IOERR, FULL; the bits above the lowest eight say more of the same.
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13));
    }
    // Connection, conflict with another transaction, resources, lock not to be had, the operator stopped it.
    ["08", "40", "53", "55P03", "57"].iter().any(|class| code.starts_with(class))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(_) => {
                Self::conflict("Something with that name is there already.").with_cause(error)
            }
            StoreError::Reference(_) => {
                Self::conflict("Something else refers to it, or what it refers to is gone.")
                    .with_cause(error)
            }
            StoreError::Unavailable(_) | StoreError::Silent(_) => {
                Self::new(ProblemKind::Unavailable, "The database does not answer.")
                    .retry_after(2)
                    .with_cause(error)
            }
            StoreError::Nul => {
                let detail = "A text contains the character NUL, which is found and kept nowhere.";
                Self::new(ProblemKind::BadRequest, detail).with_cause(error)
            }
            other => Self::internal(other),
        }
    }
}
