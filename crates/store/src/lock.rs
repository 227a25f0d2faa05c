//! Who uses a database. SQLite: one server, or one command. PostgreSQL: any number of them share a lock, and who changes
//! what the others rely on needs it alone.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sqlx::PgConnection;
use tokio::sync::Mutex;

use crate::{
    Database, Migration, StoreError, WriteTransaction, change_log, migration::Pending,
    session::Session,
};

/// The PostgreSQL advisory lock that a running server holds: "portserv" in ASCII.
const SERVER_LOCK: i64 = 0x706f_7274_7365_7276;
/// How long PostgreSQL may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// How often, and how soon again, who starts asks for a lock that somebody may have who is just going.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Held as long as it lives. A process that dies lets go of it.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
    /// A session-level lock on a connection of its own, which lives as long as the server.
    session: Option<Mutex<Session>>,
    /// Whether nobody else may use the database for as long as this lives.
    is_alone: AtomicBool,
}

impl ServerLock {
    /// Takes the lock of a data directory. That of a PostgreSQL database is taken by [`enter`](Self::enter).
    pub fn take(directory: &Path, url: Option<&str>) -> Result<Self, StoreError> {
        let file = lock_file(directory)?;
        let session = url.map(|url| Session::new(url, "portcullis server")).transpose()?;
        let is_alone = AtomicBool::new(false);
        Ok(Self { _file: file, session: session.map(Mutex::new), is_alone })
    }

    /// Joins those who use the database, and brings its schema up to this release. For that nobody else may use it:
    /// `InUse` while a server of an older release runs.
    pub async fn enter(
        &self,
        database: &Database,
        steps: Vec<Migration>,
    ) -> Result<(), StoreError> {
        // Under the write lock, so that of two that start at once one finds all done.
        let pending = Pending::find(database, steps).await?;
        if pending.steps.is_empty() {
            patiently(async || self.share().await).await?;
        } else {
            let what = "the schema of the database is older than this release, and servers that use it are running: stop them all first";
            self.alone(what).await?;
            pending.apply(database.backend()).await?;
            if pending.applied > 0 {
                change_log::next_epoch(&pending.transaction).await?;
            }
            self.share_again().await?;
        }
        pending.transaction.commit().await
    }

    /// Has the database alone for what this transaction does, which running servers would not notice otherwise: those
    /// that come back from a broken connection find a new epoch, and stop. `InUse` with the text `what` while another one runs.
    pub async fn change_alone(
        &self,
        transaction: &WriteTransaction,
        what: &str,
    ) -> Result<(), StoreError> {
        self.alone(what).await?;
        change_log::next_epoch(transaction).await?;
        // The transaction holds the write lock, so nobody enters before it has ended.
        self.share_again().await
    }

    /// Has the database alone from now on. `InUse` with the text `what` while another one runs; who comes later is
    /// refused.
    pub async fn stay_alone(&self, what: &str) -> Result<(), StoreError> {
        patiently(async || self.alone(what).await).await?;
        self.is_alone.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the lock again if the connection that held it was lost meanwhile. `Locked`: somebody else has the database
    /// alone, or uses it while this server must be alone; so this server must stop.
    pub async fn hold(&self) -> Result<(), StoreError> {
        if self.is_alone.load(Ordering::Relaxed) {
            let refused = "this PostgreSQL database, which this server must have alone";
            let sql = "SELECT pg_try_advisory_lock($1)";
            return self.ask(sql, || StoreError::Locked(refused.into())).await;
        }
        self.share().await
    }

    /// Whether a server holds the data directory right now.
    pub fn is_held(directory: &Path) -> bool {
        matches!(lock_file(directory), Err(StoreError::Locked(_)))
    }

    /// A session that has the lock gets it once more, which does no harm: all of it goes with the session.
    async fn share(&self) -> Result<(), StoreError> {
        let sql = "SELECT pg_try_advisory_lock_shared($1)";
        let refused = "this PostgreSQL database, and has it alone at this moment";
        self.ask(sql, || StoreError::Locked(refused.into())).await
    }

    async fn alone(&self, what: &str) -> Result<(), StoreError> {
        self.ask("SELECT pg_try_advisory_lock($1)", || StoreError::InUse(what.to_owned())).await
    }

    async fn share_again(&self) -> Result<(), StoreError> {
        self.share().await?;
        let lost = || StoreError::Silent("the lock was lost meanwhile".into());
        self.ask("SELECT pg_advisory_unlock($1)", lost).await
    }

    async fn ask(
        &self,
        sql: &'static str,
        refused: impl FnOnce() -> StoreError,
    ) -> Result<(), StoreError> {
        // The operating system keeps the lock of a file as long as the process lives.
        let Some(session) = &self.session else { return Ok(()) };
        let ask = async |connection: &mut PgConnection| {
            sqlx::query_scalar::<_, bool>(sql).bind(SERVER_LOCK).fetch_one(connection).await
        };
        if session.lock().await.run(LIMIT, ask).await? { Ok(()) } else { Err(refused()) }
    }
}

/// The database notices a moment later that a server is gone.
async fn patiently(ask: impl AsyncFn() -> Result<(), StoreError>) -> Result<(), StoreError> {
    for _ in 1..TRIES {
        match ask().await {
            Err(StoreError::Locked(_) | StoreError::InUse(_)) => tokio::time::sleep(PAUSE).await,
            answer => return answer,
        }
    }
    ask().await
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
