//! The tables of sign-in: passwords, sessions, the set-up link; below this folder, tries and known devices.

pub(crate) mod password_links;

use context::Impersonator;
use jiff::Timestamp;
use kernel::{NodeId, SessionId};
use protocol::password::PasswordHash;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use crate::{model::Session, password_life::PasswordLife};

pub(crate) mod devices;
pub(crate) mod impersonations;
pub(crate) mod notices;
pub(crate) mod tries;

/// The tables of this crate.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261121_signin",
    sql: "
CREATE TABLE password_credential (
  user_id {uuid} PRIMARY KEY REFERENCES node (id),
  hash TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE TABLE lockout (who {uuid} PRIMARY KEY, failures BIGINT NOT NULL, locked_until BIGINT);
CREATE TABLE session (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES node (id),
  realm {uuid} NOT NULL REFERENCES node (id),
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  device_name TEXT,
  ip TEXT,
  user_agent TEXT,
  method TEXT NOT NULL,
  cookie_hash {bytes}
);
CREATE INDEX session_by_user ON session (user_id, id);
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX session_realm ON session (realm);
CREATE TABLE setup_link (id {uuid} PRIMARY KEY, hash {bytes} NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);
",
};

/// What a password is besides its hash, and what a session knows of it.
pub(crate) const PASSWORD_LIFE: Migration = Migration {
    name: "20261124_password_life",
    sql: "
ALTER TABLE password_credential ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE former_password (
  user_id {uuid} NOT NULL REFERENCES node (id),
  changed_at BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (user_id, changed_at)
);
ALTER TABLE session ADD COLUMN password_changed_at BIGINT;
ALTER TABLE session ADD COLUMN password_must_change BOOLEAN NOT NULL DEFAULT FALSE;
",
};

const SESSION: &str = "id, user_id, realm, created_at, last_seen_at, expires_at, ended_at, device_name, ip, \
    user_agent, method, cookie_hash, password_changed_at, password_must_change, impersonator, impersonator_session";

/// A stored password.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) hash: PasswordHash,
    pub(crate) life: PasswordLife,
}

/// The password of a user.
pub(crate) async fn password(
    run: &impl Run,
    user: NodeId,
) -> Result<Option<Credential>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        hash: String,
        changed_at: i64,
        must_change: bool,
    }
    let sql = "SELECT hash, changed_at, must_change FROM password_credential WHERE user_id = $1";
    let row: Option<Row> = run.one(sql, [user.0.into()]).await?;
    row.map(|row| {
        Ok(Credential {
            hash: PasswordHash::parse(&row.hash)
                .map_err(|e| StoreError::Corrupt(format!("password of {user}: {e}")))?,
            life: PasswordLife {
                changed_at: from_micros(row.changed_at)?,
                must_change: row.must_change,
            },
        })
    })
    .transpose()
}

/// The hashes of a user's last passwords, the present one first; at most so many.
pub(crate) async fn last_passwords(
    run: &impl Run,
    user: NodeId,
    most: i64,
) -> Result<Vec<PasswordHash>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        hash: String,
    }
    let sql = "SELECT hash FROM (
          SELECT hash, changed_at FROM password_credential WHERE user_id = $1
          UNION ALL SELECT hash, changed_at FROM former_password WHERE user_id = $1
        ) AS passwords ORDER BY changed_at DESC LIMIT $2";
    let rows: Vec<Row> = run.all(sql, [user.0.into(), most.into()]).await?;
    rows.into_iter()
        .map(|row| {
            PasswordHash::parse(&row.hash)
                .map_err(|e| StoreError::Corrupt(format!("a former password of {user}: {e}")))
        })
        .collect()
}

/// A password to set.
pub(crate) struct NewPassword<'a> {
    pub(crate) hash: &'a PasswordHash,
    pub(crate) life: PasswordLife,
    /// How many passwords are remembered, this one included.
    pub(crate) remembered: i64,
}

/// Gives a user a password. Who may was asked by the operation.
pub(crate) async fn set_password(
    transaction: &WriteTransaction,
    user: NodeId,
    new: NewPassword<'_>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO former_password (user_id, changed_at, hash)
        SELECT user_id, changed_at, hash FROM password_credential WHERE user_id = $1
        ON CONFLICT (user_id, changed_at) DO UPDATE SET hash = excluded.hash";
    transaction.execute(sql, [user.0.into()]).await?;
    let sql = "DELETE FROM former_password WHERE user_id = $1 AND changed_at NOT IN (
          SELECT changed_at FROM former_password WHERE user_id = $1
          ORDER BY changed_at DESC LIMIT $2)";
    let kept = (new.remembered - 1).max(0);
    transaction.execute(sql, [user.0.into(), kept.into()]).await?;
    let sql = "INSERT INTO password_credential (user_id, hash, changed_at, must_change)
        VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE
        SET hash = excluded.hash, changed_at = excluded.changed_at, must_change = excluded.must_change";
    let PasswordLife { changed_at, must_change } = new.life;
    let hash = new.hash.to_text();
    let values = [user.0.into(), hash.into(), micros(changed_at).into(), must_change.into()];
    transaction.execute(sql, values).await.map(drop)
}

/// The hashes of users' passwords; those without one are left out.
pub(crate) async fn hashes(
    run: &impl Run,
    users: &[NodeId],
) -> Result<Vec<(NodeId, String)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: Uuid,
        hash: String,
    }
    let mut found = Vec::new();
    for portion in users.chunks(500) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let places = places.join(", ");
        let sql =
            format!("SELECT user_id, hash FROM password_credential WHERE user_id IN ({places})");
        let values: Vec<store::Value> = portion.iter().map(|user| user.0.into()).collect();
        let rows: Vec<Row> = run.all(&sql, values).await?;
        found.extend(rows.into_iter().map(|row| (NodeId(row.user_id), row.hash)));
    }
    Ok(found)
}

/// Leaves a user without a password. Former ones stay remembered.
pub(crate) async fn delete_password(
    transaction: &WriteTransaction,
    user: NodeId,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM password_credential WHERE user_id = $1";
    transaction.execute(sql, [user.0.into()]).await.map(drop)
}

/// The same password in another hash, unless it was changed meanwhile.
pub(crate) async fn rehash(
    run: &impl Run,
    user: NodeId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> Result<(), StoreError> {
    let sql = "UPDATE password_credential SET hash = $3 WHERE user_id = $1 AND hash = $2";
    run.execute(sql, [user.0.into(), old.to_text().into(), new.to_text().into()]).await.map(drop)
}

/// Removes what is kept about a user who goes, and tells which sessions were open.
pub(crate) async fn forget_user(
    transaction: &WriteTransaction,
    user: NodeId,
) -> Result<Vec<Session>, StoreError> {
    let open = open_sessions(transaction, user).await?;
    tries::reset_tries_of_user(transaction, user).await?;
    devices::forget(transaction, user).await?;
    notices::forget_user(transaction, user).await?;
    for sql in [
        "DELETE FROM password_credential WHERE user_id = $1",
        "DELETE FROM former_password WHERE user_id = $1",
        "DELETE FROM session WHERE user_id = $1",
    ] {
        transaction.execute(sql, [user.0.into()]).await?;
    }
    Ok(open)
}

#[derive(FromQueryResult)]
struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    realm: Uuid,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    device_name: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    method: String,
    cookie_hash: Option<Vec<u8>>,
    password_changed_at: Option<i64>,
    password_must_change: bool,
    impersonator: Option<Uuid>,
    impersonator_session: Option<Uuid>,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: SessionId(row.id),
            user: NodeId(row.user_id),
            realm: NodeId(row.realm),
            created_at: from_micros(row.created_at)?,
            last_seen_at: from_micros(row.last_seen_at)?,
            expires_at: from_micros(row.expires_at)?,
            ended_at: row.ended_at.map(from_micros).transpose()?,
            device_name: row.device_name,
            ip: row.ip,
            user_agent: row.user_agent,
            method: row.method,
            password: match row.password_changed_at {
                Some(changed_at) => Some(PasswordLife {
                    changed_at: from_micros(changed_at)?,
                    must_change: row.password_must_change,
                }),
                None => None,
            },
            impersonator: match (row.impersonator, row.impersonator_session) {
                (None, None) => None,
                (Some(user), Some(from)) => {
                    Some(Impersonator { user: NodeId(user), session: SessionId(from) })
                }
                _ => {
                    return Err(StoreError::Corrupt(format!(
                        "the impersonator of session {}",
                        row.id
                    )));
                }
            },
        })
    }
}

/// Adds a session; a cookie's hash goes with it if a browser keeps it.
pub(crate) async fn insert_session(
    transaction: &WriteTransaction,
    session: &Session,
    cookie_hash: Option<[u8; 32]>,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO session ({SESSION})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let values: [store::Value; 16] = [
        session.id.0.into(),
        session.user.0.into(),
        session.realm.0.into(),
        micros(session.created_at).into(),
        micros(session.last_seen_at).into(),
        micros(session.expires_at).into(),
        session.ended_at.map(micros).into(),
        session.device_name.clone().into(),
        session.ip.clone().into(),
        session.user_agent.clone().into(),
        session.method.clone().into(),
        cookie_hash.map(|hash| hash.to_vec()).into(),
        session.password.map(|life| micros(life.changed_at)).into(),
        session.password.is_some_and(|life| life.must_change).into(),
        session.impersonator.map(|by| by.user.0).into(),
        session.impersonator.map(|by| by.session.0).into(),
    ];
    transaction.execute(&sql, values).await.map(drop)
}

/// A session goes on with a password that was set just now.
pub(crate) async fn renew_session(
    transaction: &WriteTransaction,
    id: SessionId,
    changed_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE session SET password_changed_at = $2
        WHERE id = $1 AND password_changed_at IS NOT NULL";
    transaction.execute(sql, [id.0.into(), micros(changed_at).into()]).await.map(drop)
}

/// Removes sessions that are over; their tokens are too.
pub(crate) async fn purge_sessions(
    transaction: &WriteTransaction,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM session WHERE expires_at <= $1";
    transaction.execute(sql, [micros(now).into()]).await.map(drop)
}

/// A session, and the hash of its cookie if it has one.
pub(crate) async fn session(
    run: &impl Run,
    id: SessionId,
) -> Result<Option<(Session, Option<[u8; 32]>)>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM session WHERE id = $1");
    let row: Option<SessionRow> = run.one(&sql, [id.0.into()]).await?;
    row.map(|row| {
        let cookie = row.cookie_hash.as_deref().map(<[u8; 32]>::try_from).transpose();
        let cookie =
            cookie.map_err(|_| StoreError::Corrupt(format!("the cookie of session {id}")))?;
        Ok((row.try_into()?, cookie))
    })
    .transpose()
}

/// The sessions of a user that nobody has ended, oldest first. Some may be over or unused for too long.
pub(crate) async fn open_sessions(
    run: &impl Run,
    user: NodeId,
) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM session WHERE user_id = $1 AND ended_at IS NULL ORDER BY id"
    );
    let rows: Vec<SessionRow> = run.all(&sql, [user.0.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// All sessions of a user that are kept, ended ones too, oldest first.
pub(crate) async fn sessions(run: &impl Run, user: NodeId) -> Result<Vec<Session>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM session WHERE user_id = $1 ORDER BY id");
    let rows: Vec<SessionRow> = run.all(&sql, [user.0.into()]).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Ends a session; false if somebody has before.
pub(crate) async fn end_session(
    transaction: &WriteTransaction,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    Ok(transaction.execute(sql, [id.0.into(), micros(now).into()]).await? == 1)
}

/// Ends all sessions there are: their credentials can no longer be verified.
pub async fn end_all_sessions(run: &impl Run, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL";
    run.execute(sql, [micros(now).into()]).await
}

/// Writes that a session was used, keeping the latest time.
pub(crate) async fn touch_session(
    run: &impl Run,
    id: SessionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    run.execute(sql, [id.0.into(), micros(now).into()]).await.map(drop)
}

/// A page of ended sessions with the end of their tokens, after an id.
pub(crate) async fn ended_sessions(
    run: &impl Run,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        expires_at: i64,
    }
    let sql = "SELECT id, expires_at FROM session WHERE ended_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2";
    let rows: Vec<Row> = run.all(sql, [after.into(), limit.into()]).await?;
    rows.into_iter().map(|row| Ok((SessionId(row.id), from_micros(row.expires_at)?))).collect()
}

/// Keeps a set-up link, the only one that is good.
pub(crate) async fn save_setup_link(
    transaction: &WriteTransaction,
    id: Uuid,
    hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM setup_link", store::database::NONE).await?;
    let sql = "INSERT INTO setup_link (id, hash, expires_at) VALUES ($1, $2, $3)";
    let values = [id.into(), hash.to_vec().into(), micros(expires_at).into()];
    transaction.execute(sql, values).await.map(drop)
}

/// Uses a set-up link, in one statement; false if there is no such link, or it was used, or is too old.
pub(crate) async fn use_setup_link(
    transaction: &WriteTransaction,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE setup_link SET used_at = $3
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    let values = [id.into(), hash.to_vec().into(), micros(now).into()];
    Ok(transaction.execute(sql, values).await? == 1)
}

/// Whether a set-up link is good: before work that costs; its use is [`use_setup_link`].
pub(crate) async fn is_setup_link(
    run: &impl Run,
    id: Uuid,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM setup_link
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    Ok(run.number(sql, [id.into(), hash.to_vec().into(), micros(now).into()]).await? == 1)
}
