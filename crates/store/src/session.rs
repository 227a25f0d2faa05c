//! A PostgreSQL connection of its own, outside the pools: for what lives or dies with one connection. When it does not
//! answer it is thrown away, and the next use opens another.

use std::{fmt, str::FromStr, time::Duration};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::StoreError;

/// A connection that is opened when it is needed.
pub(crate) struct Session {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl fmt::Debug for Session {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("open", &self.connection.is_some()).finish_non_exhaustive()
    }
}

impl Session {
    /// `name` is what `pg_stat_activity` calls it.
    pub(crate) fn new(url: &str, name: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            StoreError::Open("the address of the database is not understood".into())
        })?;
        Ok(Self { options: options.application_name(name), connection: None })
    }

    /// Runs `work` on the connection. If it fails or takes longer than `limit`, the connection is gone: whatever it held
    /// (a lock, a statement that waits) ends as soon as PostgreSQL notices.
    pub(crate) async fn run<T>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        // Taken out, so that a future that is dropped half-way leaves no connection with half an answer in it.
        let connection = self.connection.take();
        let done = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => PgConnection::connect_with(&self.options).await?,
            };
            let done = work(&mut connection).await?;
            Ok::<_, sqlx::Error>((connection, done))
        };
        match tokio::time::timeout(limit, done).await {
            Ok(Ok((connection, done))) => {
                self.connection = Some(connection);
                Ok(done)
            }
            Ok(Err(error)) => Err(StoreError::Silent(error.to_string())),
            Err(_) => Err(StoreError::Silent(format!("no answer within {limit:?}"))),
        }
    }
}
