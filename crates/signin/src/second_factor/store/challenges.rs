//! The table `challenge`: sign-ins that have begun. Of a token only the hash is kept.

use jiff::Timestamp;
use kernel::{FactorId, NodeId, SessionId};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use super::joined;
use crate::second_factor::{
    challenge::{Asks, Challenge, SessionChoice},
    method::methods,
};

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261130_challenge",
    sql: "
CREATE TABLE challenge (
  id {uuid} PRIMARY KEY,
  hash {bytes} NOT NULL,
  user_id {uuid} NOT NULL REFERENCES node (id),
  counter {uuid} NOT NULL,
  first_method TEXT NOT NULL,
  credential_of BIGINT NOT NULL,
  shown TEXT NOT NULL,
  asks TEXT NOT NULL,
  methods TEXT NOT NULL,
  factor {uuid},
  device_name TEXT,
  with_cookie BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  used_at BIGINT
);
CREATE INDEX challenge_user ON challenge (user_id, created_at);
CREATE INDEX challenge_expires ON challenge (expires_at);
",
};

/// How many answers one challenge takes.
const MOST_TRIES: i64 = 5;
/// How many challenges of a user are open: the newest.
const MOST_OPEN: i64 = 10;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    counter: Uuid,
    first_method: String,
    credential_of: i64,
    shown: String,
    asks: String,
    methods: String,
    factor: Option<Uuid>,
    device_name: Option<String>,
    with_cookie: bool,
    remember_at: Option<String>,
    steps_up: Option<Uuid>,
    ceremony: Option<String>,
    expires_at: i64,
}

impl TryFrom<Row> for Challenge {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt(format!("challenge {}", row.id));
        Ok(Self {
            asks: Asks::parse(&row.asks).ok_or_else(corrupt)?,
            methods: methods(&row.methods).ok_or_else(corrupt)?,
            shown: methods(&row.shown).ok_or_else(corrupt)?,
            id: row.id,
            user: NodeId(row.user_id),
            counter: row.counter,
            first_method: row.first_method,
            credential_of: from_micros(row.credential_of)?,
            factor: row.factor.map(FactorId),
            choice: SessionChoice {
                device_name: row.device_name,
                with_cookie: row.with_cookie,
                remember_at: row.remember_at,
                steps_up: row.steps_up.map(SessionId),
            },
            ceremony: row.ceremony,
            expires_at: from_micros(row.expires_at)?,
        })
    }
}

/// Keeps a challenge. Those that are over go, and the oldest of a user who has very many.
pub(crate) async fn insert(
    tx: &WriteTransaction,
    challenge: &Challenge,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM challenge WHERE expires_at <= $1", [micros(now).into()]).await?;
    let sql = "DELETE FROM challenge WHERE user_id = $1 AND id NOT IN (
          SELECT id FROM challenge WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)";
    tx.execute(sql, [challenge.user.0.into(), (MOST_OPEN - 1).into()]).await?;
    let sql = "INSERT INTO challenge (id, hash, user_id, counter, first_method, credential_of, shown, asks,
          methods, factor, device_name, with_cookie, remember_at, steps_up, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let values: [Value; 16] = [
        challenge.id.into(),
        hash.to_vec().into(),
        challenge.user.0.into(),
        challenge.counter.into(),
        challenge.first_method.as_str().into(),
        micros(challenge.credential_of).into(),
        joined(challenge.shown.iter().map(|method| method.name())).into(),
        challenge.asks.name().into(),
        joined(challenge.methods.iter().map(|method| method.name())).into(),
        challenge.factor.map(|factor| factor.0).into(),
        challenge.choice.device_name.clone().into(),
        challenge.choice.with_cookie.into(),
        challenge.choice.remember_at.clone().into(),
        challenge.choice.steps_up.map(|session| session.0).into(),
        micros(now).into(),
        micros(challenge.expires_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// The challenge of a token, if it is open.
pub(crate) async fn find(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Challenge>, StoreError> {
    let sql =
        "SELECT id, user_id, counter, first_method, credential_of, shown, asks, methods, factor,
          device_name, with_cookie, remember_at, steps_up, ceremony, expires_at
        FROM challenge
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 AND tries < $4";
    let values: [Value; 4] =
        [id.into(), hash.to_vec().into(), micros(now).into(), MOST_TRIES.into()];
    let row: Option<Row> = run.one(sql, values).await?;
    row.map(Challenge::try_from).transpose()
}

/// Counts an answer before it is judged, in one statement; false if the challenge takes no more.
pub(crate) async fn count_try(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE challenge SET tries = tries + 1
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 AND tries < $4";
    let values: [Value; 4] =
        [id.into(), hash.to_vec().into(), micros(now).into(), MOST_TRIES.into()];
    Ok(run.execute(sql, values).await? == 1)
}

/// Uses a challenge up, in one statement; false if somebody else has, or it is over.
pub(crate) async fn use_up(
    tx: &WriteTransaction,
    id: Uuid,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE challenge SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(tx.execute(sql, [id.into(), micros(now).into()]).await? == 1)
}

/// The factor that is being enrolled by a challenge, instead of the one before. False if the challenge is over.
pub(crate) async fn set_factor(
    tx: &WriteTransaction,
    id: Uuid,
    factor: FactorId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE challenge SET factor = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3";
    Ok(tx.execute(sql, [id.into(), factor.0.into(), micros(now).into()]).await? == 1)
}

/// What the browser was asked, which the next answer must fit. What it was asked before is good no more.
pub(crate) async fn set_ceremony(
    tx: &WriteTransaction,
    id: Uuid,
    ceremony: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE challenge SET ceremony = $2 WHERE id = $1 AND used_at IS NULL";
    tx.execute(sql, [id.into(), ceremony.into()]).await.map(drop)
}

/// Removes the challenges of a user: what has begun ends.
pub(crate) async fn forget_user(tx: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM challenge WHERE user_id = $1", [user.0.into()]).await.map(drop)
}
