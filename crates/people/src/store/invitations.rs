//! The table of invitations.

use context::{Permitted, Writing};
use jiff::Timestamp;
use kernel::NodeId;
use realms::names::{Email, FullName, fold};
use sea_orm::FromQueryResult;
use serde::de::DeserializeOwned;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use crate::invitation::{InRealm, Invitation, Invite};

/// The table. `folded` is the address as it is compared.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261202_people_invitations",
    sql: "
CREATE TABLE invitation (
  id {uuid} PRIMARY KEY,
  realm {uuid} NOT NULL REFERENCES node (id),
  email TEXT NOT NULL,
  folded TEXT NOT NULL,
  full_name TEXT,
  role_ids TEXT NOT NULL,
  group_ids TEXT NOT NULL,
  inviter TEXT NOT NULL,
  invited_by {uuid} REFERENCES node (id),
  hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  accepted_at BIGINT,
  user_id {uuid} REFERENCES node (id)
);
CREATE INDEX invitation_realm ON invitation (realm, id);
CREATE INDEX invitation_by ON invitation (invited_by);
CREATE INDEX invitation_user ON invitation (user_id);
",
};

const COLUMNS: &str =
    "id, realm, email, full_name, role_ids, group_ids, inviter, created_at, expires_at";
/// What makes one open; `$1` is the moment.
const OPEN: &str = "accepted_at IS NULL AND expires_at > $1";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    realm: Uuid,
    email: String,
    full_name: Option<String>,
    role_ids: String,
    group_ids: String,
    inviter: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id;
        let corrupt =
            |e: &dyn std::fmt::Display| StoreError::Corrupt(format!("invitation {id}: {e}"));
        Ok(Self {
            id,
            realm: NodeId(row.realm),
            email: Email::try_from(row.email).map_err(|e| corrupt(&e))?,
            full_name: row
                .full_name
                .map(FullName::try_from)
                .transpose()
                .map_err(|e| corrupt(&e))?,
            roles: from_json(&row.role_ids)?,
            groups: from_json(&row.group_ids)?,
            inviter: from_json(&row.inviter)?,
            created_at: from_micros(row.created_at)?,
            expires_at: from_micros(row.expires_at)?,
        })
    }
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// Adds an invitation.
pub(crate) async fn insert(
    tx: &Writing,
    invitation: &Permitted<Invite, Invitation>,
    hash: &[u8; 32],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO invitation (id, realm, email, folded, full_name, role_ids, group_ids, inviter, invited_by,
        hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values: [Value; 12] = [
        invitation.id.into(),
        invitation.realm.0.into(),
        invitation.email.as_str().into(),
        fold(invitation.email.as_str()).into(),
        invitation.full_name.as_ref().map(|name| name.as_str().to_owned()).into(),
        to_json(&invitation.roles)?.into(),
        to_json(&invitation.groups)?.into(),
        to_json(&invitation.inviter)?.into(),
        invitation.inviter.subject().map(|id| id.0).into(),
        hash.to_vec().into(),
        micros(invitation.created_at).into(),
        micros(invitation.expires_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// An open invitation.
pub(crate) async fn open(
    run: &impl Run,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM invitation WHERE {OPEN} AND id = $2");
    let row: Option<Row> = run.one(&sql, [micros(now).into(), id.into()]).await?;
    row.map(Invitation::try_from).transpose()
}

/// Open invitations of a realm whose address is like this, after an id, at most so many.
pub(crate) async fn list(
    run: &impl Run,
    realm: &Permitted<Invite, InRealm>,
    (like, after, limit): (&str, Uuid, usize),
    now: Timestamp,
) -> Result<Vec<Invitation>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invitation WHERE {OPEN} AND realm = $2 AND id > $3
         AND LOWER(email) LIKE $4 ESCAPE '\\' ORDER BY id LIMIT {limit}"
    );
    let values: [Value; 4] = [micros(now).into(), realm.0.0.into(), after.into(), like.into()];
    let rows: Vec<Row> = run.all(&sql, values).await?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// How many invitations of a realm are open.
pub(crate) async fn count_open(
    run: &impl Run,
    realm: NodeId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM invitation WHERE {OPEN} AND realm = $2");
    run.number(&sql, [micros(now).into(), realm.0.into()]).await
}

/// Whether an invitation to this address is open.
pub(crate) async fn is_invited(
    run: &impl Run,
    realm: NodeId,
    email: &Email,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        format!("SELECT COUNT(*) FROM invitation WHERE {OPEN} AND realm = $2 AND folded = $3");
    let values = [micros(now).into(), realm.0.into(), fold(email.as_str()).into()];
    Ok(run.number(&sql, values).await? > 0)
}

/// The open invitation of this link: before work that costs; its use is [`take`].
pub(crate) async fn find(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM invitation WHERE {OPEN} AND id = $2 AND hash = $3");
    let values = [micros(now).into(), id.into(), hash.to_vec().into()];
    let row: Option<Row> = run.one(&sql, values).await?;
    row.map(Invitation::try_from).transpose()
}

/// Uses the link, in one statement; false if it was used or revoked, or is too old.
pub(crate) async fn take(tx: &Writing, id: Uuid, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let sql =
        format!("UPDATE invitation SET accepted_at = $1 WHERE {OPEN} AND id = $2 AND hash = $3");
    let values = [micros(tx.ctx().now()).into(), id.into(), hash.to_vec().into()];
    Ok(tx.execute(&sql, values).await? == 1)
}

/// Notes which user an invitation has made.
pub(crate) async fn note_user(tx: &Writing, id: Uuid, user: NodeId) -> Result<(), StoreError> {
    let sql = "UPDATE invitation SET user_id = $2 WHERE id = $1";
    tx.execute(sql, [id.into(), user.0.into()]).await.map(drop)
}

/// Removes an open invitation of a realm, and tells whether it was there.
pub(crate) async fn revoke(
    tx: &Writing,
    realm: &Permitted<Invite, InRealm>,
    id: Uuid,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = format!("DELETE FROM invitation WHERE {OPEN} AND id = $2 AND realm = $3");
    Ok(tx.execute(&sql, [micros(now).into(), id.into(), realm.0.0.into()]).await? == 1)
}

/// Removes those that ended before, and that nobody accepted.
pub(crate) async fn purge(tx: &WriteTransaction, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM invitation WHERE accepted_at IS NULL AND expires_at < $1";
    tx.execute(sql, [micros(before).into()]).await.map(drop)
}

/// What is left of an invitation.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Trace {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) created_at: i64,
    pub(crate) accepted_at: Option<i64>,
    pub(crate) user_id: Option<Uuid>,
}

/// The invitations that a user has made, and the one that has made him.
pub(crate) async fn traces(run: &impl Run, user: NodeId) -> Result<Vec<Trace>, StoreError> {
    let sql = "SELECT id, email, created_at, accepted_at, user_id FROM invitation
        WHERE invited_by = $1 OR user_id = $1 ORDER BY id";
    run.all(sql, [user.0.into()]).await
}

/// Removes the invitations of a realm or user that goes.
pub(crate) async fn forget(tx: &WriteTransaction, node: NodeId) -> Result<(), StoreError> {
    let sql = "DELETE FROM invitation WHERE realm = $1 OR invited_by = $1 OR user_id = $1";
    tx.execute(sql, [node.0.into()]).await.map(drop)
}
