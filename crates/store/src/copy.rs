//! A consistent copy of an SQLite database while it is in use.

use std::path::Path;

use sqlx::{Connection, sqlite::SqliteConnectOptions};

use crate::StoreError;

/// Writes a copy of `from` to `to`, which must not exist: the state of one moment, without waiting for writers
/// and without holding them up (`VACUUM INTO`).
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let text =
        to.to_str().ok_or_else(|| StoreError::Open("the path of the copy is not UTF-8".into()))?;
    let options = SqliteConnectOptions::new().filename(from).create_if_missing(false);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.map_err(failed)?;
    sqlx::query("VACUUM INTO ?").bind(text).execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Open(error.to_string())
}
