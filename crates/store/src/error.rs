//! What can go wrong with the database.

use kernel::{Problem, ProblemKind};
use sea_orm::{DbErr, SqlErr};

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
    /// The database was written by a newer release.
    #[error(
        "the database was written by a newer release (it has the migration {0}); start that release, or restore a copy made before the upgrade"
    )]
    Newer(String),
    /// A row does not read as what it should be.
    #[error("a stored value does not read: {0}")]
    Corrupt(String),
    /// Another server holds this database.
    #[error("another server is running on {0}; stop it first")]
    Locked(String),
    /// The address of the database is not understood, or it cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
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
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error),
            other => Self::Other(other),
        }
    }
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
            StoreError::Unavailable(_) => {
                Self::new(ProblemKind::Unavailable, "The database does not answer.")
                    .retry_after(2)
                    .with_cause(error)
            }
            other => Self::internal(other),
        }
    }
}
