//! Opening a database: one writer, several readers.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::{
    Connection, PgConnection,
    sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    StoreError, Value,
    transaction::{ReadTransaction, Run, WriteTransaction, in_time},
};

/// How long a request waits for a connection before it is told to come again.
const ACQUIRE: Duration = Duration::from_secs(10);
/// How long PostgreSQL may take to say that a connection lives.
const ALIVE: Duration = Duration::from_secs(2);
/// How many readers at once.
const READERS: u32 = 8;
/// The PostgreSQL advisory lock that serialises writers of one database: "portcull" in ASCII.
const WRITE_LOCK: i64 = 0x706f_7274_6375_6c6c;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// Where the data are.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, made when it is not there.
    Sqlite(PathBuf),
    /// A `postgres://` address; it may hold a password.
    Postgres(String),
}

impl fmt::Debug for Target {
    /// Without the password that a PostgreSQL address may hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => write!(f, "Postgres(..)"),
        }
    }
}

impl FromStr for Target {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err(StoreError::Open("the address must start with postgres:// or sqlite:".into())),
        }
    }
}

/// An open database: cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    backend: Backend,
    /// One connection: writers of this process queue here, in order, and hold no reader's connection meanwhile.
    writer: DatabaseConnection,
    readers: DatabaseConnection,
}

impl Database {
    /// Opens the database. It may be empty: see [`crate::migration::migrate`].
    pub async fn open(target: &Target) -> Result<Self, StoreError> {
        match target {
            Target::Sqlite(path) => {
                // The writer makes the file, so it comes first.
                let writer = sqlite(path, 1, false).await?;
                Ok(Self {
                    backend: Backend::Sqlite,
                    readers: sqlite(path, READERS, true).await?,
                    writer,
                })
            }
            Target::Postgres(url) => {
                let readers = postgres(url, READERS).await?;
                let database =
                    Self { backend: Backend::Postgres, writer: postgres(url, 1).await?, readers };
                database.check_version().await?;
                Ok(database)
            }
        }
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Starts to write: waits until no other writer, here or on another server, is at work.
    pub async fn write(&self) -> Result<WriteTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = match self.backend {
            Backend::Sqlite => self.writer.begin_with_options(options).await?,
            Backend::Postgres => in_time(DbBackend::Postgres, self.writer.begin()).await?,
        };
        let transaction = WriteTransaction::new(transaction);
        if self.backend == Backend::Postgres {
            transaction.execute("SELECT pg_advisory_xact_lock($1)", [WRITE_LOCK.into()]).await?;
        }
        Ok(transaction)
    }

    /// Starts to read: everything read in it is of one moment.
    pub async fn read(&self) -> Result<ReadTransaction, StoreError> {
        let transaction = match self.backend {
            Backend::Sqlite => self.readers.begin().await?,
            Backend::Postgres => {
                let level = Some(IsolationLevel::RepeatableRead);
                let begin = self.readers.begin_with_config(level, None);
                in_time(DbBackend::Postgres, begin).await?
            }
        };
        Ok(ReadTransaction::new(transaction))
    }

    /// Runs one statement in a transaction of its own, without the write lock: for counters, last-seen times and
    /// one-time items (`UPDATE ... WHERE unused RETURNING`), which need neither log nor audit.
    pub fn single(&self) -> Single<'_> {
        Single(match self.backend {
            Backend::Sqlite => &self.writer,
            Backend::Postgres => &self.readers,
        })
    }

    /// Closes all connections; what is committed is on disk.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await?;
        Ok(self.writer.close().await?)
    }

    async fn check_version(&self) -> Result<(), StoreError> {
        #[derive(sea_orm::FromQueryResult)]
        struct Version {
            number: i64,
        }
        let sql = "SELECT current_setting('server_version_num')::bigint AS number";
        let version: Option<Version> = self.single().one(sql, []).await?;
        match version {
            Some(version) if version.number >= 150_000 => Ok(()),
            _ => Err(StoreError::Open("PostgreSQL 15 or newer is needed".into())),
        }
    }
}

/// Runs single statements; see [`Database::single`].
#[derive(Debug)]
pub struct Single<'a>(&'a DatabaseConnection);

impl Run for Single<'_> {
    fn connection(&self) -> &impl ConnectionTrait {
        self.0
    }
}

async fn sqlite(
    path: &std::path::Path,
    connections: u32,
    read: bool,
) -> Result<DatabaseConnection, StoreError> {
    let url = format!("sqlite://{}", path.display());
    let file = path.to_owned();
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).acquire_timeout(ACQUIRE).sqlx_logging_level(log_level());
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .filename(&file)
            .create_if_missing(!read)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE)
            .pragma("trusted_schema", "off")
            .pragma("secure_delete", "on");
        if read { sqlite.pragma("query_only", "on") } else { sqlite }
    });
    connect(options).await
}

async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .connect_timeout(ACQUIRE)
        .sqlx_logging_level(log_level())
        .set_application_name("portcullis")
        // Without a limit of its own; see below.
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(|postgres| {
            // Whatever the server's default: an answer comes after the commit is on disk, and a writer that had to wait
            // for the lock sees what was committed meanwhile.
            postgres.options([
                ("synchronous_commit", "on"),
                ("lock_timeout", "10s"),
                ("default_transaction_isolation", "read committed"),
            ])
        });
    // A connection that a network has forgotten never answers: it is thrown away before it is used, and after a statement
    // that was given up.
    options.map_sqlx_postgres_pool_opts(|pool| {
        pool.before_acquire(|connection, _| Box::pin(lives(connection)))
            .after_release(|connection, _| Box::pin(lives(connection)))
    });
    connect(options).await
}

async fn lives(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    tokio::time::timeout(ALIVE, connection.ping())
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
        .map(|()| true)
}

/// SQL goes to the log as debug, under the target `sqlx::query`.
fn log_level() -> log::LevelFilter {
    log::LevelFilter::Debug
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    sea_orm::Database::connect(options).await.map_err(|error| match &error {
        // The address may hold a password: the text of the driver alone, which does not.
        sea_orm::DbErr::Conn(cause) => StoreError::Open(cause.to_string()),
        _ => StoreError::Open("it does not answer".into()),
    })
}

impl From<Backend> for DbBackend {
    fn from(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite,
            Backend::Postgres => Self::Postgres,
        }
    }
}

/// No parameters.
pub const NONE: [Value; 0] = [];
