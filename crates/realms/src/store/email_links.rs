//! The links that confirm an e-mail address.

use context::Writing;
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, from_micros, micros};
use uuid::Uuid;

use super::{
    find_user_by_id,
    own_profile::need_own,
    users::{alias_holder, insert_alias_row, verified_at},
};
use crate::{
    email_change::{EmailChange, PendingEmail, Side, UsedLink},
    model::{EmailTrust, User},
    names::{Alias, AliasKind, Email, fold},
};

/// How far an address is believed, and its links. An address from before is as one that an administrator gave.
pub const EMAIL_LINKS: Migration = Migration {
    name: "20261202_email_links",
    sql: "
ALTER TABLE app_user ADD COLUMN email_verified_at BIGINT;
ALTER TABLE app_user ADD COLUMN email_claimed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE email_link (
  id {uuid} PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  address TEXT NOT NULL,
  side TEXT NOT NULL,
  hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  ended_at BIGINT
);
CREATE INDEX email_link_user ON email_link (user_id, created_at);
CREATE INDEX email_link_created ON email_link (created_at);
",
};

#[derive(FromQueryResult)]
struct Row {
    user_id: Uuid,
    address: String,
    side: String,
    expires_at: i64,
}

impl Row {
    fn address(&self) -> Result<Email, StoreError> {
        let corrupt = |e| StoreError::Corrupt(format!("a link of {}: {e}", self.user_id));
        Email::try_from(self.address.clone()).map_err(corrupt)
    }

    fn side(&self) -> Result<Side, StoreError> {
        [Side::New, Side::Present]
            .into_iter()
            .find(|side| side.as_str() == self.side)
            .ok_or_else(|| StoreError::Corrupt(format!("a link of {}: its side", self.user_id)))
    }
}

/// Begins a change of the caller's own address, and ends one that waits. What was made before `forgotten` is removed.
pub async fn begin_email_change(
    tx: &Writing,
    user: &User,
    change: &EmailChange,
    forgotten: Timestamp,
) -> Result<(), Problem> {
    need_own(tx, user)?;
    let now = tx.ctx().now();
    tx.execute("DELETE FROM email_link WHERE created_at < $1", [micros(forgotten).into()]).await?;
    end_email_change(tx, user.id, now).await?;
    for link in &change.links {
        let sql =
            "INSERT INTO email_link (id, user_id, address, side, hash, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values: [Value; 7] = [
            link.id.into(),
            user.id.0.into(),
            change.address.as_str().into(),
            link.side.as_str().into(),
            link.hash.to_vec().into(),
            micros(now).into(),
            micros(change.expires_at).into(),
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// Ends the change of a user that waits, if there is one. It gives nobody anything.
pub async fn end_email_change(
    tx: &Writing,
    user: NodeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE email_link SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
    tx.execute(sql, [user.0.into(), micros(now).into()]).await.map(drop)
}

/// The change of a user that waits.
pub async fn pending_email(
    run: &impl Run,
    user: NodeId,
    now: Timestamp,
) -> Result<Option<PendingEmail>, StoreError> {
    let sql = "SELECT user_id, address, side, expires_at FROM email_link
        WHERE user_id = $1 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $2
        ORDER BY side";
    let rows: Vec<Row> = run.all(sql, [user.0.into(), micros(now).into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(PendingEmail {
        address: first.address()?,
        expires_at: from_micros(first.expires_at)?,
        waits_for: rows.iter().map(Row::side).collect::<Result<_, _>>()?,
    }))
}

/// How many changes a user has begun since then.
pub async fn count_email_changes(
    run: &impl Run,
    user: NodeId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let sql =
        "SELECT COUNT(*) FROM email_link WHERE user_id = $1 AND side = $2 AND created_at > $3";
    run.number(sql, [user.0.into(), Side::New.as_str().into(), micros(since).into()]).await
}

/// Uses a link, in one statement; none if there is no such link, or it was used, was ended, or is too old.
pub async fn use_email_link(
    tx: &Writing,
    id: Uuid,
    hash: &[u8; 32],
) -> Result<Option<UsedLink>, StoreError> {
    let now = micros(tx.ctx().now());
    let sql = "UPDATE email_link SET used_at = $3
        WHERE id = $1 AND hash = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $3
        RETURNING user_id, address, side, expires_at";
    let row: Option<Row> = tx.one(sql, [id.into(), hash.to_vec().into(), now.into()]).await?;
    let Some(row) = row else { return Ok(None) };
    // Writers take turns, so of two links that are used at once the second finds the first one used.
    let sql = "SELECT COUNT(*) FROM email_link WHERE user_id = $1 AND used_at IS NULL AND ended_at IS NULL";
    let waiting = tx.number(sql, [row.user_id.into()]).await?;
    let (address, side) = (row.address()?, row.side()?);
    Ok(Some(UsedLink { user: NodeId(row.user_id), address, side, is_last: waiting == 0 }))
}

/// Gives the user the address that all links have confirmed, and its alias with it if the former address is one. 409 if
/// another user signs in with it by now.
pub async fn save_confirmed_email(tx: &Writing, link: &UsedLink) -> Result<User, Problem> {
    let gone = || Problem::internal("a link of a user that is not there");
    if !link.is_last {
        return Err(Problem::internal("an address that is not confirmed"));
    }
    let now = tx.ctx().now();
    let former = find_user_by_id(tx, link.user).await?.ok_or_else(gone)?;
    if is_taken(tx, &former, &link.address).await? {
        return Err(Problem::conflict("Another user signs in with this address."));
    }
    if let Some(alias) = former.alias_of_email() {
        move_alias(tx, &former, alias, &link.address).await?;
    }
    let user = User {
        email: Some(link.address.clone()),
        email_trust: EmailTrust::Verified(now),
        ..former
    };
    let sql = "UPDATE app_user SET email = $2, email_verified_at = $3, email_claimed = FALSE WHERE id = $1";
    let values: [Value; 3] =
        [user.id.0.into(), link.address.as_str().into(), verified_at(user.email_trust).into()];
    tx.execute(sql, values).await?;
    store::node::touch(tx.as_ref(), user.id, now).await?;
    end_email_change(tx, user.id, now).await?;
    Ok(user)
}

async fn move_alias(
    tx: &Writing,
    user: &User,
    alias: &Alias,
    address: &Email,
) -> Result<(), Problem> {
    let new = Alias::of_email(address).map_err(|e| Problem::invalid("/email", e))?;
    let (folded, former) = (new.folded(), alias.folded());
    if folded == former {
        return Ok(());
    }
    if alias_holder(tx, user.realm, &folded).await?.is_none() {
        insert_alias_row(tx, user, &new, false).await?;
    }
    let sql = "DELETE FROM alias WHERE user_id = $1 AND folded = $2 AND is_username = FALSE AND kind = $3";
    let kind = AliasKind::email();
    tx.execute(sql, [user.id.0.into(), former.into(), kind.as_str().into()]).await?;
    Ok(())
}

/// Notes that a secret which was sent to this address of the user came back. It gives nothing else.
pub async fn note_email_verified(
    tx: &Writing,
    user: NodeId,
    address: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE app_user SET email_verified_at = $3, email_claimed = FALSE
        WHERE id = $1 AND email = $2 AND email_verified_at IS NULL";
    let now = micros(tx.ctx().now());
    tx.execute(sql, [user.0.into(), address.into(), now.into()]).await.map(drop)
}

/// Whether another user of the realm signs in with this address.
pub async fn is_taken(run: &impl Run, user: &User, address: &Email) -> Result<bool, StoreError> {
    let holder = alias_holder(run, user.realm, &fold(address.as_str())).await?;
    Ok(holder.is_some_and(|holder| holder != user.id))
}

/// Removes the links of a user who goes.
pub(super) async fn forget_email_links(tx: &Writing, user: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM email_link WHERE user_id = $1", [user.0.into()]).await.map(drop)
}
