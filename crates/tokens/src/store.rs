//! The tables of tokens: signing keys, refresh tokens, API keys.

use context::ApiKeyFacts;
use jiff::Timestamp;
use kernel::{ApiKeyId, NodeId, RoleId, SessionId};
use protocol::secret_token::Rotation;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use crate::{api_key::ApiKey, refresh::Family};

/// The tables of this crate.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261121_tokens",
    sql: "
CREATE TABLE signing_key (
  id {uuid} PRIMARY KEY,
  kid TEXT NOT NULL UNIQUE,
  algorithm TEXT NOT NULL,
  sealed {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);
CREATE TABLE refresh_token (
  session {uuid} PRIMARY KEY,
  hash {bytes} NOT NULL,
  generation BIGINT NOT NULL,
  rotated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);
CREATE TABLE api_key (
  id {uuid} PRIMARY KEY,
  owner {uuid} NOT NULL REFERENCES node (id),
  name TEXT NOT NULL,
  role {uuid} NOT NULL,
  hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  created_by {uuid},
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX api_key_owner ON api_key (owner, id);
",
};

/// A signing key as it is stored.
#[derive(Debug, FromQueryResult)]
pub(crate) struct KeyRow {
    pub(crate) id: Uuid,
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) sealed: Vec<u8>,
}

/// The signing keys that are not retired, oldest first.
pub(crate) async fn signing_keys(run: &impl Run) -> Result<Vec<KeyRow>, StoreError> {
    let sql = "SELECT id, kid, algorithm, sealed FROM signing_key WHERE retired_at IS NULL
        ORDER BY created_at, id";
    run.all(sql, store::database::NONE).await
}

/// Adds a signing key.
pub(crate) async fn insert_key(
    tx: &WriteTransaction,
    key: &KeyRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO signing_key (id, kid, algorithm, sealed, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        key.id.into(),
        key.kid.as_str().into(),
        key.algorithm.as_str().into(),
        key.sealed.clone().into(),
        micros(now).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Takes a signing key out of use.
pub(crate) async fn retire_key(
    tx: &WriteTransaction,
    id: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE signing_key SET retired_at = $2 WHERE id = $1";
    tx.execute(sql, [id.into(), micros(now).into()]).await.map(drop)
}

/// Starts the refresh tokens of a session, and removes those that are over.
pub(crate) async fn insert_family(
    tx: &WriteTransaction,
    family: &Family,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM refresh_token WHERE expires_at <= $1";
    tx.execute(sql, [micros(family.rotation.rotated_at).into()]).await?;
    let sql = "INSERT INTO refresh_token (session, hash, generation, rotated_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        family.session.0.into(),
        family.rotation.hash.to_vec().into(),
        family.rotation.generation.into(),
        micros(family.rotation.rotated_at).into(),
        micros(expires_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// The refresh tokens of a session.
pub(crate) async fn family(
    run: &impl Run,
    session: SessionId,
) -> Result<Option<Family>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        hash: Vec<u8>,
        generation: i64,
        rotated_at: i64,
    }
    let sql = "SELECT hash, generation, rotated_at FROM refresh_token WHERE session = $1";
    let row: Option<Row> = run.one(sql, [session.0.into()]).await?;
    row.map(|row| {
        let rotation = Rotation {
            hash: hash(&row.hash)?,
            generation: row.generation,
            rotated_at: from_micros(row.rotated_at)?,
        };
        Ok(Family { session, rotation })
    })
    .transpose()
}

/// Puts the next refresh token in the place of the present one, in one statement. False if the present one is another.
pub(crate) async fn rotate(
    run: &impl Run,
    session: SessionId,
    present: &[u8; 32],
    next: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE refresh_token SET hash = $3, generation = generation + 1, rotated_at = $4
        WHERE session = $1 AND hash = $2";
    let values: [Value; 4] =
        [session.0.into(), present.to_vec().into(), next.to_vec().into(), micros(now).into()];
    Ok(run.execute(sql, values).await? == 1)
}

const API_KEY: &str =
    "k.id, k.owner, k.name, k.role, k.hash, k.created_at, k.expires_at, k.last_used_at";

#[derive(FromQueryResult)]
struct ApiKeyRow {
    id: Uuid,
    owner: Uuid,
    name: String,
    role: Uuid,
    hash: Vec<u8>,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: ApiKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ApiKeyId(row.id),
            name: row.name,
            facts: ApiKeyFacts {
                owner: NodeId(row.owner),
                role: RoleId(row.role),
                hash: hash(&row.hash)?,
                expires_at: row.expires_at.map(from_micros).transpose()?,
            },
            created_at: from_micros(row.created_at)?,
            last_used_at: row.last_used_at.map(from_micros).transpose()?,
        })
    }
}

/// Adds an API key. What its maker may give was asked by the operation.
pub(crate) async fn insert_api_key(
    tx: &WriteTransaction,
    key: &ApiKey,
    by: Option<NodeId>,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO api_key (id, owner, name, role, hash, created_at, created_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values: [Value; 8] = [
        key.id.0.into(),
        key.facts.owner.0.into(),
        key.name.as_str().into(),
        key.facts.role.0.into(),
        key.facts.hash.to_vec().into(),
        micros(key.created_at).into(),
        by.map(|by| by.0).into(),
        key.facts.expires_at.map(micros).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// An API key.
pub(crate) async fn api_key(run: &impl Run, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    Ok(api_keys(run, "WHERE k.id = $1", vec![id.0.into()]).await?.pop())
}

/// The API keys that a condition on `k`, and on `n` for the owner's node, admits; the caller scopes it.
pub(crate) async fn api_keys(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<ApiKey>, StoreError> {
    let sql = format!("SELECT {API_KEY} FROM api_key k JOIN node n ON n.id = k.owner {condition}");
    let rows: Vec<ApiKeyRow> = run.all(&sql, values).await?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

/// How many API keys somebody has.
pub(crate) async fn count_api_keys(run: &impl Run, owner: NodeId) -> Result<i64, StoreError> {
    run.number("SELECT COUNT(*) FROM api_key WHERE owner = $1", [owner.0.into()]).await
}

/// Removes an API key.
pub(crate) async fn delete_api_key(tx: &WriteTransaction, id: ApiKeyId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM api_key WHERE id = $1", [id.0.into()]).await.map(drop)
}

/// Writes that an API key was used, keeping the latest time.
pub(crate) async fn touch_api_key(
    run: &impl Run,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE api_key SET last_used_at = $2
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    run.execute(sql, [id.0.into(), micros(now).into()]).await.map(drop)
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("a hash is not 32 bytes".into()))
}
