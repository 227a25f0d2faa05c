//! Users and their aliases.

use std::collections::HashMap;

use context::{Action, Permitted, Writing};
use kernel::{Name, NodeId, Problem};
use policy::{Subject, SubjectKind, load::People};
use sea_orm::FromQueryResult;
use serde::{Serialize, de::DeserializeOwned};
use store::{
    ReadTransaction, Run, StoreError, Value, from_micros, micros,
    stream::Rows,
    table::{Cells, Column, Table},
};
use uuid::Uuid;

use super::damaged;
use crate::{
    facts::Attributes,
    guards,
    model::{EmailTrust, Lock, State, User},
    names::{Alias, fold},
};

const COLUMNS: &str = "n.id, n.name, n.created_at, n.updated_at, n.version, u.realm, u.email, u.email_verified_at, u.email_claimed, u.full_name, \
    u.attributes, u.metadata, u.superuser, u.disabled, u.locked_since, u.locked_until, u.lock_reason, u.expires_at";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
    realm: Uuid,
    email: Option<String>,
    email_verified_at: Option<i64>,
    email_claimed: bool,
    full_name: Option<String>,
    attributes: String,
    metadata: String,
    superuser: bool,
    disabled: bool,
    locked_since: Option<i64>,
    locked_until: Option<i64>,
    lock_reason: Option<String>,
    expires_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct AliasRow {
    user_id: Uuid,
    kind: String,
    value: String,
}

impl TryFrom<Row> for User {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id;
        let corrupt = |e: &dyn std::fmt::Display| StoreError::Corrupt(format!("user {id}: {e}"));
        let moment = |at: Option<i64>| at.map(from_micros).transpose();
        let lock = match row.locked_since {
            None => None,
            Some(since) => Some(Lock {
                since: from_micros(since)?,
                until: moment(row.locked_until)?,
                reason: row.lock_reason,
            }),
        };
        let state = lock.map_or(State::Active, |lock| State::Active.lock(lock));
        Ok(Self {
            id: NodeId(row.id),
            realm: NodeId(row.realm),
            username: Name::parse(&row.name).map_err(|e| corrupt(&e))?,
            email: row.email.map(TryFrom::try_from).transpose().map_err(|e| corrupt(&e))?,
            email_trust: match moment(row.email_verified_at)? {
                Some(at) => EmailTrust::Verified(at),
                None if row.email_claimed => EmailTrust::Claimed,
                None => EmailTrust::Given,
            },
            full_name: row.full_name.map(TryFrom::try_from).transpose().map_err(|e| corrupt(&e))?,
            aliases: Vec::new(),
            attributes: from_json(&row.attributes)?,
            metadata: from_json(&row.metadata)?,
            superuser: row.superuser,
            state: if row.disabled { state.disable() } else { state },
            expires_at: moment(row.expires_at)?,
            created_at: from_micros(row.created_at)?,
            updated_at: from_micros(row.updated_at)?,
            version: row.version,
        })
    }
}

/// The user of this name in the realm; upper and lower case are one.
pub async fn find_user(
    run: &impl Run,
    realm: NodeId,
    username: &str,
) -> Result<Option<User>, StoreError> {
    let condition = "JOIN alias a ON a.user_id = u.id WHERE a.realm = $1 AND a.folded = $2 AND a.is_username = TRUE";
    Ok(users(run, condition, vec![realm.0.into(), fold(username).into()]).await?.pop())
}

/// The user of this id.
pub async fn find_user_by_id(run: &impl Run, id: NodeId) -> Result<Option<User>, StoreError> {
    Ok(users(run, "WHERE u.id = $1", vec![id.0.into()]).await?.pop())
}

/// The user who may sign in at the realm and has this alias or name: one of the realm itself first, else one of the
/// realms connected to it, directly or through others. Where several of those have such a user, it is none.
pub async fn find_by_alias(
    run: &impl Run,
    realm: NodeId,
    alias: &str,
) -> Result<Option<User>, StoreError> {
    // UNION drops what was found before, so this ends.
    let sql = "WITH RECURSIVE sharing (id) AS (
           SELECT id FROM realm WHERE id = $1
           UNION
           SELECT c.from_id FROM realm_connection c JOIN sharing s ON c.to_id = s.id
         ) SELECT a.user_id AS id, a.realm FROM alias a JOIN sharing s ON s.id = a.realm WHERE a.folded = $2";
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
        realm: Uuid,
    }
    let found: Vec<Found> = run.all(sql, [realm.0.into(), fold(alias).into()]).await?;
    let own = found.iter().find(|row| row.realm == realm.0);
    match (own, found.as_slice()) {
        (Some(row), _) | (None, [row]) => find_user_by_id(run, NodeId(row.id)).await,
        _ => Ok(None),
    }
}

/// Whether users of the realm `of` may sign in at a realm: it is theirs, or theirs shares its sign-in with it, over others
/// too.
pub async fn shares_sign_in(run: &impl Run, at: NodeId, of: NodeId) -> Result<bool, StoreError> {
    let sql = "WITH RECURSIVE sharing (id) AS (
           SELECT id FROM realm WHERE id = $1
           UNION
           SELECT c.from_id FROM realm_connection c JOIN sharing s ON c.to_id = s.id
         ) SELECT COUNT(*) FROM sharing WHERE id = $2";
    Ok(run.number(sql, [at.0.into(), of.0.into()]).await? > 0)
}

/// The users of one page that a condition on `n` (node) and `u` (user) admits; the caller scopes it.
pub async fn list_users(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<User>, StoreError> {
    users(run, &format!("WHERE {condition}"), values).await
}

/// How many users a condition admits; see [`list_users`].
pub async fn count_users(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    let sql =
        format!("SELECT COUNT(*) FROM app_user u JOIN node n ON n.id = u.id WHERE {condition}");
    Ok(run.number(&sql, values).await?.unsigned_abs())
}

/// Whether the realm has that alias or name already.
pub async fn has_alias(run: &impl Run, realm: NodeId, folded: &str) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM alias WHERE realm = $1 AND folded = $2";
    Ok(run.number(sql, [realm.0.into(), folded.into()]).await? > 0)
}

/// Whose alias or name it is in the realm.
pub async fn alias_holder(
    run: &impl Run,
    realm: NodeId,
    folded: &str,
) -> Result<Option<NodeId>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        user_id: Uuid,
    }
    let sql = "SELECT user_id FROM alias WHERE realm = $1 AND folded = $2";
    let found: Option<Found> = run.one(sql, [realm.0.into(), folded.into()]).await?;
    Ok(found.map(|found| NodeId(found.user_id)))
}

/// Whether another superuser can act for good: neither switched off nor locked, and without an end.
pub async fn has_other_lasting_superuser(run: &impl Run, id: NodeId) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM app_user WHERE superuser = TRUE AND disabled = FALSE AND locked_since IS NULL
        AND expires_at IS NULL AND id <> $1";
    Ok(run.number(sql, [id.0.into()]).await? > 0)
}

/// Adds a user, with name and aliases.
pub async fn insert_user<A: Action>(
    tx: &Writing,
    user: &Permitted<A, User>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO app_user (id, realm, email, full_name, attributes, metadata, superuser, disabled,
        locked_since, locked_until, lock_reason, expires_at, email_verified_at, email_claimed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let mut values: Vec<Value> = vec![user.id.0.into(), user.realm.0.into()];
    values.extend(columns(user)?);
    tx.execute(sql, values).await?;
    insert_alias_row(
        tx,
        user,
        &Alias { kind: crate::names::AliasKind::username(), value: user.username.clone() },
        true,
    )
    .await?;
    for alias in &user.aliases {
        insert_alias_row(tx, user, alias, false).await?;
    }
    Ok(())
}

/// Writes a user's own columns, and counts its version up. Name and aliases are written apart.
pub async fn save_user<A: Action>(
    tx: &Writing,
    user: &Permitted<A, User>,
) -> Result<(), StoreError> {
    let sql = "UPDATE app_user SET email = $2, full_name = $3, attributes = $4, metadata = $5, superuser = $6,
        disabled = $7, locked_since = $8, locked_until = $9, lock_reason = $10, expires_at = $11,
        email_verified_at = $12, email_claimed = $13 WHERE id = $1";
    let mut values: Vec<Value> = vec![user.id.0.into()];
    values.extend(columns(user)?);
    tx.execute(sql, values).await?;
    store::node::touch(tx.as_ref(), user.id, tx.ctx().now()).await
}

/// Adds an alias.
pub async fn insert_alias<A: Action>(
    tx: &Writing,
    user: &Permitted<A, User>,
    alias: &Alias,
) -> Result<(), StoreError> {
    insert_alias_row(tx, user, alias, false).await?;
    store::node::touch(tx.as_ref(), user.id, tx.ctx().now()).await
}

/// Removes an alias, and tells whether it was there. The user name stays.
pub async fn delete_alias<A: Action>(
    tx: &Writing,
    user: &Permitted<A, User>,
    folded: &str,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM alias WHERE realm = $1 AND folded = $2 AND user_id = $3 AND is_username = FALSE";
    let values = [user.realm.0.into(), folded.into(), user.id.0.into()];
    let removed = tx.execute(sql, values).await? > 0;
    store::node::touch(tx.as_ref(), user.id, tx.ctx().now()).await?;
    Ok(removed)
}

/// Writes a user's new name: of the node and of the alias.
pub async fn save_username<A: Action>(
    tx: &Writing,
    user: &Permitted<A, User>,
) -> Result<(), StoreError> {
    let sql = "UPDATE alias SET folded = $2, value = $3 WHERE user_id = $1 AND is_username = TRUE";
    let name = user.username.as_str();
    tx.execute(sql, [user.id.0.into(), fold(name).into(), name.into()]).await?;
    if let Some(mut node) = store::node::find(tx, user.id).await? {
        node.name = user.username.clone();
        store::node::update(tx.as_ref(), &node, tx.ctx().now()).await?;
    }
    Ok(())
}

/// Removes the rows of a user that is about to be deleted; nothing if the node is no user.
/// Whatever operation deletes it, only superusers delete one, and the last one stays.
pub(super) async fn forget_user(tx: &mut Writing, id: NodeId) -> Result<(), Problem> {
    if let Some(user) = find_user_by_id(tx, id).await? {
        guards::may_touch(tx, &user)?;
        guards::keep_a_superuser(tx, &user)?;
    }
    super::forget_email_links(tx, id).await?;
    tx.execute("DELETE FROM alias WHERE user_id = $1", [id.0.into()]).await?;
    if tx.execute("DELETE FROM app_user WHERE id = $1", [id.0.into()]).await? > 0 {
        tx.record(policy::Change::SubjectDeleted { id })?;
    }
    Ok(())
}

/// What the engine needs of a user.
struct Facts {
    id: Uuid,
    name: String,
    realm: Uuid,
    attributes: String,
    superuser: bool,
    disabled: bool,
    locked_since: Option<i64>,
    locked_until: Option<i64>,
    expires_at: Option<i64>,
}

impl Facts {
    fn subject(self) -> Result<Subject, StoreError> {
        let corrupt =
            |e: &dyn std::fmt::Display| StoreError::Corrupt(format!("user {}: {e}", self.id));
        let username = Name::parse(&self.name).map_err(|e| corrupt(&e))?;
        let attributes: Attributes =
            serde_json::from_str(&self.attributes).map_err(|e| corrupt(&e))?;
        Ok(Subject {
            id: NodeId(self.id),
            kind: SubjectKind::User,
            realm: Some(NodeId(self.realm)),
            username: username.as_str().to_owned(),
            superuser: self.superuser,
            disabled: self.disabled,
            lock: match (self.locked_since, self.locked_until) {
                (None, _) => policy::Lock::None,
                (Some(_), Some(until)) => policy::Lock::Until(from_micros(until)?),
                (Some(_), None) => policy::Lock::ForGood,
            },
            expires_at: self.expires_at.map(from_micros).transpose()?,
            attributes: attributes.as_map().clone(),
        })
    }
}

const USERS: Table = Table {
    name: "app_user",
    joined: "JOIN node n ON n.id = t.id",
    columns: &[
        Column::Id("t.id"),
        Column::Text("n.name"),
        Column::Id("t.realm"),
        Column::Text("t.attributes"),
        Column::Truth("t.superuser"),
        Column::Truth("t.disabled"),
        Column::Number("t.locked_since"),
        Column::Number("t.locked_until"),
        Column::Number("t.expires_at"),
    ],
};

/// Every user, in no order.
pub(super) async fn load_users(
    read: &ReadTransaction,
    mut people: People,
) -> Result<People, StoreError> {
    let decode = |cells: &mut Cells<'_>| {
        Ok(Facts {
            id: cells.id()?,
            name: cells.text()?,
            realm: cells.id()?,
            attributes: cells.text()?,
            superuser: cells.truth()?,
            disabled: cells.truth()?,
            locked_since: cells.optional_number()?,
            locked_until: cells.optional_number()?,
            expires_at: cells.optional_number()?,
        })
    };
    let work = move |rows: Rows<Facts>| {
        for facts in rows {
            let id = facts.id;
            people
                .add_subject(facts.subject()?)
                .map_err(|refused| damaged(&format!("user {id}"), &refused))?;
        }
        Ok(people)
    };
    read.table(&USERS, decode, work).await
}

async fn users(run: &impl Run, rest: &str, values: Vec<Value>) -> Result<Vec<User>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM app_user u JOIN node n ON n.id = u.id {rest}");
    let rows: Vec<Row> = run.all(&sql, values).await?;
    let mut users = rows.into_iter().map(User::try_from).collect::<Result<Vec<_>, _>>()?;
    let mut aliases = aliases(run, &users).await?;
    for user in &mut users {
        user.aliases = aliases.remove(&user.id).unwrap_or_default();
    }
    Ok(users)
}

async fn aliases(
    run: &impl Run,
    users: &[User],
) -> Result<HashMap<NodeId, Vec<Alias>>, StoreError> {
    let mut found: HashMap<NodeId, Vec<Alias>> = HashMap::new();
    for portion in users.chunks(500) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let sql = format!(
            "SELECT user_id, kind, value FROM alias WHERE is_username = FALSE AND user_id IN ({}) ORDER BY kind, folded",
            places.join(", ")
        );
        let values: Vec<Value> = portion.iter().map(|user| user.id.0.into()).collect();
        let rows: Vec<AliasRow> = run.all(&sql, values).await?;
        for row in rows {
            let corrupt = |e: &dyn std::fmt::Display| {
                StoreError::Corrupt(format!("alias of {}: {e}", row.user_id))
            };
            let alias = Alias {
                kind: row
                    .kind
                    .clone()
                    .try_into()
                    .map_err(|e: crate::names::NameRefused| corrupt(&e))?,
                value: Name::parse(&row.value).map_err(|e| corrupt(&e))?,
            };
            found.entry(NodeId(row.user_id)).or_default().push(alias);
        }
    }
    Ok(found)
}

pub(super) async fn insert_alias_row(
    tx: &Writing,
    user: &User,
    alias: &Alias,
    is_username: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO alias (realm, folded, user_id, kind, value, is_username) VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        user.realm.0.into(),
        alias.folded().into(),
        user.id.0.into(),
        alias.kind.as_str().into(),
        alias.value.as_str().into(),
        is_username.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// The columns that insert and update share, in their order.
fn columns(user: &User) -> Result<[Value; 12], StoreError> {
    let lock = user.state.locked();
    Ok([
        user.email.as_ref().map(|email| email.as_str().to_owned()).into(),
        user.full_name.as_ref().map(|name| name.as_str().to_owned()).into(),
        to_json(&user.attributes)?.into(),
        to_json(&user.metadata)?.into(),
        user.superuser.into(),
        user.state.is_disabled().into(),
        lock.map(|lock| micros(lock.since)).into(),
        lock.and_then(|lock| lock.until).map(micros).into(),
        lock.and_then(|lock| lock.reason.clone()).into(),
        user.expires_at.map(micros).into(),
        verified_at(user.email_trust).into(),
        (user.email_trust == EmailTrust::Claimed).into(),
    ])
}

/// When an address was verified, as a column.
pub(super) fn verified_at(trust: EmailTrust) -> Option<i64> {
    match trust {
        EmailTrust::Verified(at) => Some(micros(at)),
        EmailTrust::Claimed | EmailTrust::Given => None,
    }
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}
