//! `Idempotency-Key`: the first answer again, for 24 hours. The key is written in the transaction of the change, so a
//! repeat after a crash never does it twice.

use sea_orm::FromQueryResult;
use store::{Database, Migration, Run, StoreError, WriteTransaction, micros};

use crate::Ctx;

/// The tables of this module.
pub const MIGRATION: Migration = Migration {
    name: "20261121_idempotency",
    sql: "
CREATE TABLE idempotency (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  request {bytes} NOT NULL,
  at BIGINT NOT NULL,
  status BIGINT,
  content_type TEXT,
  body {bytes},
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
",
};

/// How long an answer is kept, in microseconds: 24 hours.
const KEPT: i64 = 24 * 3600 * 1_000_000;

/// A request that may be repeated: the key, whose it is, and a hash of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// Whose key: a principal.
    pub caller: String,
    /// As the client made it up.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub request: [u8; 32],
}

/// A key that was used before.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Used {
    /// The request it was used for.
    pub request: Vec<u8>,
    /// The status of the answer; none if the answer was not kept (it carried a secret, or the server went down).
    pub status: Option<i64>,
    /// The media type of the answer.
    pub content_type: Option<String>,
    /// The answer.
    pub body: Option<Vec<u8>>,
}

/// The first use of this key.
pub async fn find(
    run: &impl Run,
    repeatable: &Repeatable,
    ctx_now: i64,
) -> Result<Option<Used>, StoreError> {
    let sql = "SELECT request, status, content_type, body FROM idempotency
        WHERE caller = $1 AND key = $2 AND at > $3";
    run.one(
        sql,
        [
            repeatable.caller.as_str().into(),
            repeatable.key.as_str().into(),
            (ctx_now - KEPT).into(),
        ],
    )
    .await
}

/// Takes the key, in the transaction of the change. False: somebody else took it meanwhile.
pub(crate) async fn take(
    transaction: &WriteTransaction,
    ctx: &Ctx,
    repeatable: &Repeatable,
) -> Result<bool, StoreError> {
    let now = micros(ctx.now());
    transaction.execute("DELETE FROM idempotency WHERE at <= $1", [(now - KEPT).into()]).await?;
    let sql = "INSERT INTO idempotency (caller, key, request, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = [
        repeatable.caller.as_str().into(),
        repeatable.key.as_str().into(),
        repeatable.request.to_vec().into(),
        now.into(),
    ];
    Ok(transaction.execute(sql, values).await? == 1)
}

/// Keeps the answer.
pub async fn keep(
    database: &Database,
    repeatable: &Repeatable,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<(), StoreError> {
    let sql = "UPDATE idempotency SET status = $3, content_type = $4, body = $5 WHERE caller = $1 AND key = $2";
    let values = [
        repeatable.caller.as_str().into(),
        repeatable.key.as_str().into(),
        i64::from(status).into(),
        content_type.map(str::to_owned).into(),
        body.to_vec().into(),
    ];
    database.single().execute(sql, values).await.map(drop)
}
