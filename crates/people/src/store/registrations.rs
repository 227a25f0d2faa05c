//! Where one may register, and who has not confirmed the address yet.

use context::{Permitted, Writing};
use jiff::Timestamp;
use kernel::{Name, NodeId};
use realms::{
    HashedPassword,
    names::{Email, FullName, fold},
};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, micros};
use uuid::Uuid;

use crate::{
    confirm_registration::Waiting,
    registration::{ManageRegistration, OpenRealm},
};

/// The tables. `folded` is the address as it is compared.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261202_people_registrations",
    sql: "
CREATE TABLE open_realm (
  realm {uuid} PRIMARY KEY REFERENCES node (id),
  email_domains TEXT NOT NULL,
  opened_at BIGINT NOT NULL
);
CREATE TABLE registration (
  id {uuid} PRIMARY KEY,
  realm {uuid} NOT NULL REFERENCES node (id),
  username TEXT NOT NULL,
  email TEXT NOT NULL,
  folded TEXT NOT NULL,
  full_name TEXT,
  password TEXT NOT NULL,
  hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX registration_address ON registration (folded, created_at);
CREATE INDEX registration_expires ON registration (expires_at);
CREATE INDEX registration_realm ON registration (realm);
",
};

/// How one registers in a realm; none: not at all.
pub(crate) async fn open_realm(
    run: &impl Run,
    realm: NodeId,
) -> Result<Option<OpenRealm>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        email_domains: String,
    }
    let sql = "SELECT email_domains FROM open_realm WHERE realm = $1";
    let row: Option<Row> = run.one(sql, [realm.0.into()]).await?;
    row.map(|row| {
        let domains = serde_json::from_str(&row.email_domains);
        let email_domains = domains.map_err(|e| StoreError::Corrupt(e.to_string()))?;
        Ok(OpenRealm { realm, email_domains })
    })
    .transpose()
}

/// Opens a realm for registration, or opens it in another way.
pub(crate) async fn save_open_realm(
    tx: &Writing,
    open: &Permitted<ManageRegistration, OpenRealm>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO open_realm (realm, email_domains, opened_at) VALUES ($1, $2, $3)
        ON CONFLICT (realm) DO UPDATE SET email_domains = excluded.email_domains";
    let domains = serde_json::to_string(&open.email_domains);
    let domains = domains.map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let values = [open.realm.0.into(), domains.into(), micros(tx.ctx().now()).into()];
    tx.execute(sql, values).await.map(drop)
}

/// Closes a realm. Who has registered and not confirmed it can do so no more.
pub(crate) async fn close_realm(
    tx: &Writing,
    realm: &Permitted<ManageRegistration, OpenRealm>,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM registration WHERE realm = $1", [realm.realm.0.into()]).await?;
    tx.execute("DELETE FROM open_realm WHERE realm = $1", [realm.realm.0.into()]).await.map(drop)
}

/// Somebody who has registered. `hash` is that of the secret of the link.
pub(crate) async fn insert(
    tx: &WriteTransaction,
    waiting: &Waiting,
    hash: &[u8; 32],
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO registration (id, realm, username, email, folded, full_name, password, hash,
        created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values: [Value; 10] = [
        waiting.id.into(),
        waiting.realm.0.into(),
        waiting.username.as_str().into(),
        waiting.email.as_str().into(),
        fold(waiting.email.as_str()).into(),
        waiting.full_name.as_ref().map(|name| name.as_str().to_owned()).into(),
        waiting.password.0.as_str().into(),
        hash.to_vec().into(),
        micros(now).into(),
        micros(expires_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// How many registrations with this address there were since then, in any realm.
pub(crate) async fn count_since(
    run: &impl Run,
    email: &Email,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM registration WHERE folded = $1 AND created_at > $2";
    run.number(sql, [fold(email.as_str()).into(), micros(since).into()]).await
}

/// How many wait in a realm.
pub(crate) async fn count(run: &impl Run, realm: NodeId) -> Result<i64, StoreError> {
    run.number("SELECT COUNT(*) FROM registration WHERE realm = $1", [realm.0.into()]).await
}

/// Whose link this is, if it is good: before work that costs; its use is [`take`].
pub(crate) async fn find(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Waiting>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        realm: Uuid,
        username: String,
        email: String,
        full_name: Option<String>,
        password: String,
    }
    let sql = "SELECT realm, username, email, full_name, password FROM registration
        WHERE id = $1 AND hash = $2 AND expires_at > $3";
    let values = [id.into(), hash.to_vec().into(), micros(now).into()];
    let row: Option<Row> = run.one(sql, values).await?;
    let corrupt =
        |e: &dyn std::fmt::Display| StoreError::Corrupt(format!("registration {id}: {e}"));
    row.map(|row| {
        let full_name = row.full_name.map(FullName::try_from).transpose();
        Ok(Waiting {
            id,
            realm: NodeId(row.realm),
            username: Name::parse(&row.username).map_err(|e| corrupt(&e))?,
            email: Email::try_from(row.email).map_err(|e| corrupt(&e))?,
            full_name: full_name.map_err(|e| corrupt(&e))?,
            password: HashedPassword(row.password),
        })
    })
    .transpose()
}

/// Uses a link, in one statement, and leaves nothing of it; false if it was used, or is too old.
pub(crate) async fn take(tx: &Writing, id: Uuid, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let sql = "DELETE FROM registration WHERE id = $1 AND hash = $2 AND expires_at > $3";
    let values = [id.into(), hash.to_vec().into(), micros(tx.ctx().now()).into()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Removes those that nobody has confirmed in time.
pub(crate) async fn purge(tx: &WriteTransaction, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM registration WHERE expires_at <= $1", [micros(now).into()])
        .await
        .map(drop)
}

/// Removes what is kept about a realm that goes.
pub(crate) async fn forget(tx: &WriteTransaction, node: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM registration WHERE realm = $1", [node.0.into()]).await?;
    tx.execute("DELETE FROM open_realm WHERE realm = $1", [node.0.into()]).await.map(drop)
}
