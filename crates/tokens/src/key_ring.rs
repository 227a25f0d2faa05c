//! The keys that sign tokens: made at the first start, kept wrapped under `APP_KEY`. A key that `APP_KEY` does not open
//! is retired: then it was changed, which ends all tokens and all sessions. While other servers run, it is this server's
//! `APP_KEY` that is wrong: it does not start.

use jiff::Timestamp;
use kernel::{Entropy, EventId, Problem};
use protocol::{
    jose::{Algorithm, KeyRing, SigningKey},
    wrap::{MasterKey, Purpose},
};
use store::{Database, StoreError, WriteTransaction, lock::ServerLock};
use uuid::Uuid;

use crate::store::{self as rows, KeyRow};

/// What whoever comes with another `APP_KEY` than the servers that run is told.
const OTHER_KEY: &str = "APP_KEY is not that of the servers that run on this database: give this one the same, or stop them all to change it";

/// Opens the ring, and makes a key if there is none. Called at the start, before sessions are loaded.
pub async fn open_ring(
    database: &Database,
    lock: &ServerLock,
    master: &MasterKey,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<KeyRing, Problem> {
    let transaction = database.write().await?;
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for row in rows::signing_keys(&transaction).await? {
        match open(master, &row) {
            Some(key) => opened.push(key),
            None => closed.push(row),
        }
    }
    if !closed.is_empty() {
        lock.change_alone(&transaction, OTHER_KEY).await.map_err(|error| match error {
            StoreError::InUse(text) => Problem::conflict(text),
            error => error.into(),
        })?;
    }
    for row in closed {
        retire(&transaction, &row, now).await?;
    }
    // The newest signs.
    let active = match opened.pop() {
        Some(key) => key,
        None => make(&transaction, master, now, entropy).await?,
    };
    transaction.commit().await?;
    Ok(KeyRing::new(active, opened.iter().map(|key| key.public().clone())))
}

fn open(master: &MasterKey, row: &KeyRow) -> Option<SigningKey> {
    let algorithm: Algorithm = row.algorithm.parse().ok()?;
    let place = place(row.id, &row.kid);
    let pkcs8 = master.open(Purpose::SIGNING_KEYS, &slices(&place), &row.sealed).ok()?;
    SigningKey::from_pkcs8(algorithm, &pkcs8).ok().filter(|key| key.kid() == row.kid)
}

async fn retire(tx: &WriteTransaction, row: &KeyRow, now: Timestamp) -> Result<(), Problem> {
    tracing::warn!(kid = row.kid, "APP_KEY does not open this signing key: all sessions end");
    rows::retire_key(tx, row.id, now).await?;
    signin::end_all_sessions(tx, now).await?;
    Ok(())
}

async fn make(
    tx: &WriteTransaction,
    master: &MasterKey,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<SigningKey, Problem> {
    let key = SigningKey::generate(Algorithm::default()).map_err(Problem::internal)?;
    let id = EventId::new(now, entropy).0;
    let place = place(id, key.kid());
    let sealed = master
        .seal(Purpose::SIGNING_KEYS, &slices(&place), key.pkcs8(), entropy)
        .map_err(Problem::internal)?;
    let algorithm = key.algorithm().name().to_owned();
    let row = KeyRow { id, kid: key.kid().to_owned(), algorithm, sealed };
    rows::insert_key(tx, &row, now).await?;
    Ok(key)
}

/// Table, column, row, key id.
fn place(id: Uuid, kid: &str) -> [Vec<u8>; 4] {
    [b"signing_key".to_vec(), b"sealed".to_vec(), id.as_bytes().to_vec(), kid.as_bytes().to_vec()]
}

fn slices(place: &[Vec<u8>; 4]) -> [&[u8]; 4] {
    place.each_ref().map(Vec::as_slice)
}
