//! One server for each database, until several can follow each other.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use sea_orm::{DatabaseConnection, FromQueryResult, Statement};

use crate::{Database, StoreError, database::Backend};

/// The PostgreSQL advisory lock that a running server holds: "portserv" in ASCII.
const SERVER_LOCK: i64 = 0x706f_7274_7365_7276;

/// Held as long as it lives. A process that dies lets go of it.
#[derive(Debug)]
pub struct ServerLock {
    _file: Option<File>,
    connection: Option<DatabaseConnection>,
}

impl ServerLock {
    /// Takes the lock of a data directory, and of the database if it is PostgreSQL.
    pub async fn take(
        directory: &Path,
        database: &Database,
        url: Option<&str>,
    ) -> Result<Self, StoreError> {
        let file = lock_file(directory)?;
        let connection = match (database.backend(), url) {
            (Backend::Postgres, Some(url)) => Some(lock_postgres(url).await?),
            _ => None,
        };
        Ok(Self { _file: Some(file), connection })
    }

    /// Takes the lock again if the connection that held it was lost meanwhile. `Locked`: somebody else has it now, so
    /// this server must stop.
    pub async fn hold(&self) -> Result<(), StoreError> {
        match &self.connection {
            // The operating system keeps the lock of a file as long as the process lives.
            None => Ok(()),
            Some(connection) => try_lock(connection).await,
        }
    }

    /// Whether a server holds the data directory right now.
    pub fn is_held(directory: &Path) -> bool {
        matches!(lock_file(directory), Err(StoreError::Locked(_)))
    }
}

fn lock_file(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("server.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| StoreError::Open(format!("{}: {e}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(directory.display().to_string())),
        Err(TryLockError::Error(e)) => Err(StoreError::Open(format!("{}: {e}", path.display()))),
    }
}

#[derive(FromQueryResult)]
struct Taken {
    taken: bool,
}

/// A session-level lock on a connection of its own, which lives as long as the server.
async fn lock_postgres(url: &str) -> Result<DatabaseConnection, StoreError> {
    let mut options = sea_orm::ConnectOptions::new(url);
    options
        .max_connections(1)
        .min_connections(1)
        .sqlx_logging_level(log::LevelFilter::Debug)
        .set_application_name("portcullis server");
    // A pool would close an idle connection, and the lock would go with it.
    options.map_sqlx_postgres_pool_opts(|pool| pool.idle_timeout(None).max_lifetime(None));
    let connection = sea_orm::Database::connect(options)
        .await
        .map_err(|_| StoreError::Open("the database does not answer".into()))?;
    try_lock(&connection).await?;
    Ok(connection)
}

/// A session that has the lock gets it once more, which does no harm: all of it goes with the session.
async fn try_lock(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let sql = "SELECT pg_try_advisory_lock($1) AS taken";
    let statement =
        Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, [SERVER_LOCK.into()]);
    match Taken::find_by_statement(statement).one(connection).await? {
        Some(Taken { taken: true }) => Ok(()),
        _ => Err(StoreError::Locked("this PostgreSQL database".into())),
    }
}
