//! Watching the head of a PostgreSQL database that other servers write to. Polling is the guarantee; what PostgreSQL
//! tells of itself comes sooner, and may be lost.

use std::{fmt, str::FromStr, time::Duration};

use kernel::Revision;
use sqlx::{
    Executor,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use crate::{
    StoreError,
    change_log::{AFTER, CHANNEL, Entry, LOOK, Look, no_head, signed},
    session::Session,
};

/// How long a look may take until the connection counts as dead.
const LOOK_LIMIT: Duration = Duration::from_millis(300);
/// How long reading entries may take; one may hold a whole world file.
const READ_LIMIT: Duration = Duration::from_secs(30);
/// How long a listening connection may be silent until it is asked whether it lives.
const SILENCE: Duration = Duration::from_secs(5);
/// How long it may take to answer that.
const ALIVE_LIMIT: Duration = Duration::from_secs(1);

/// Polls on a connection of its own.
#[derive(Debug)]
pub struct Watch(Session);

impl Watch {
    /// Nothing is opened yet.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        Session::new(url, "portcullis watch").map(Self)
    }

    /// Looks at the head, for who knows this revision.
    pub async fn look(&mut self, known: Revision) -> Result<Look, StoreError> {
        let row: Option<(i64, i64, Option<i64>)> = self
            .0
            .run(LOOK_LIMIT, async |connection| {
                sqlx::query_as(LOOK).bind(signed(known)).fetch_optional(connection).await
            })
            .await?;
        let (revision, epoch, known_at) = row.ok_or_else(no_head)?;
        Ok(Look { revision: Revision(revision.unsigned_abs()), epoch, known_at })
    }

    /// The entries after a revision, oldest first, at most `limit`.
    pub async fn after(
        &mut self,
        revision: Revision,
        limit: i64,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows: Vec<(i64, i64, String)> = self
            .0
            .run(READ_LIMIT, async |connection| {
                sqlx::query_as(AFTER).bind(signed(revision)).bind(limit).fetch_all(connection).await
            })
            .await?;
        Ok(rows
            .into_iter()
            .map(|(revision, at, changes)| Entry { revision, at, changes })
            .collect())
    }
}

/// Listens on a connection of its own.
pub struct Nudges {
    options: PgConnectOptions,
    listener: Option<PgListener>,
}

impl fmt::Debug for Nudges {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nudges").field("open", &self.listener.is_some()).finish_non_exhaustive()
    }
}

impl Nudges {
    /// Nothing is opened yet.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            StoreError::Open("the address of the database is not understood".into())
        })?;
        Ok(Self { options: options.application_name("portcullis listener"), listener: None })
    }

    /// Waits until somebody has committed, as far as PostgreSQL tells. An error: the connection is gone, and with it what
    /// was told meanwhile.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        let mut listener = match self.listener.take() {
            Some(listener) => listener,
            None => in_time(self.open()).await?,
        };
        loop {
            match tokio::time::timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(_))) => break,
                Ok(Ok(None)) => {
                    return Err(StoreError::Silent("the listening connection ended".into()));
                }
                Ok(Err(error)) => return Err(silent(error)),
                // A connection that a network has forgotten is silent as well.
                Err(_) => in_time(listener.execute("SELECT 1")).await.map(drop)?,
            }
        }
        // One nudge is enough, however many wait.
        while listener.next_buffered().is_some() {}
        self.listener = Some(listener);
        Ok(())
    }

    async fn open(&self) -> Result<PgListener, sqlx::Error> {
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ALIVE_LIMIT);
        let pool =
            pool.max_lifetime(None).idle_timeout(None).connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(ALIVE_LIMIT, work).await {
        Ok(done) => done.map_err(silent),
        Err(_) => Err(StoreError::Silent(format!("no answer within {ALIVE_LIMIT:?}"))),
    }
}

fn silent(error: sqlx::Error) -> StoreError {
    StoreError::Silent(error.to_string())
}
