//! The table of audit events, and how one is linked to the chain.

use kernel::{EventId, NodeId, Revision};
use protocol::chain::{self, Canonical, GENESIS};
use sea_orm::FromQueryResult;
use serde_json::Value;
use store::{Migration, Run, StoreError, WriteTransaction, change_log, from_micros, micros};
use uuid::Uuid;

use crate::{
    Ctx,
    event::{Event, EventKind},
};

/// The tables of this module.
pub const MIGRATION: Migration = Migration {
    name: "20261121_audit",
    sql: "
CREATE TABLE audit_event (
  sequence BIGINT PRIMARY KEY,
  id {uuid} NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  event_type TEXT NOT NULL,
  action TEXT NOT NULL,
  success BOOLEAN NOT NULL,
  user_id {uuid},
  impersonator {uuid},
  principal TEXT NOT NULL,
  resource_type TEXT,
  resource_id TEXT,
  node {uuid} NOT NULL,
  reason TEXT,
  request_id TEXT NOT NULL,
  session_id {uuid},
  request_path TEXT NOT NULL,
  metadata TEXT NOT NULL,
  personal TEXT,
  personal_salt {bytes},
  personal_hash {bytes} NOT NULL,
  hash {bytes} NOT NULL
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_user ON audit_event (user_id, sequence);
CREATE INDEX audit_event_type ON audit_event (event_type, sequence);
CREATE INDEX audit_event_node ON audit_event (node, sequence);
CREATE TABLE audit_head (id BIGINT PRIMARY KEY CHECK (id = 1), sequence BIGINT NOT NULL, hash {bytes} NOT NULL, mac {bytes} NOT NULL);
",
};

/// By which the events of a user are found, to be told or erased.
pub const OF_USER: Migration = Migration {
    name: "20261202_audit_of_user",
    sql: "
CREATE INDEX audit_event_resource ON audit_event (resource_id);
CREATE INDEX audit_event_impersonator ON audit_event (impersonator) WHERE impersonator IS NOT NULL;
",
};

/// The events by a user, in somebody's place by him, or about him: a condition on `$1`, his id, and `$2`, the same as text.
pub const IS_OF_USER: &str = "(user_id = $1 OR impersonator = $1 OR node = $1 OR resource_id = $2)";

/// The columns of [`AuditRow`], in its order.
pub const COLUMNS: &str = "sequence, id, at, event_type, action, success, user_id, impersonator, principal, \
    resource_type, resource_id, node, reason, request_id, session_id, request_path, metadata, personal, \
    personal_salt, personal_hash, hash";

/// An event as it is stored.
#[derive(Debug, Clone, FromQueryResult)]
pub struct AuditRow {
    /// Its number in the chain: gapless, starting at 1.
    pub sequence: i64,
    /// Its id.
    pub id: Uuid,
    /// When, in microseconds.
    pub at: i64,
    /// The class; see [`crate::EventKind`].
    pub event_type: String,
    /// The operation.
    pub action: String,
    /// Whether it succeeded.
    pub success: bool,
    /// The user or service account that did it, or that it happened to.
    pub user_id: Option<Uuid>,
    /// Who acted in that user's place.
    pub impersonator: Option<Uuid>,
    /// What kind of principal: `user`, `service_account`, `api_key`, `operator`, `job`, `nobody`.
    pub principal: String,
    /// The type of the thing.
    pub resource_type: Option<String>,
    /// Its id.
    pub resource_id: Option<String>,
    /// The node at which reading this event is asked.
    pub node: Uuid,
    /// Why.
    pub reason: Option<String>,
    /// The request.
    pub request_id: String,
    /// The session.
    pub session_id: Option<Uuid>,
    /// The route of the request, `/auth/users/{username}`; the path itself is personal.
    pub request_path: String,
    /// More, as JSON.
    pub metadata: String,
    /// What is about a person (user name, address, device), as JSON; gone after an erasure.
    pub personal: Option<String>,
    /// The salt of the personal part; gone with it.
    pub personal_salt: Option<Vec<u8>>,
    /// The salted hash of the personal part, which stays.
    pub personal_hash: Vec<u8>,
    /// The link of the chain.
    pub hash: Vec<u8>,
}

impl AuditRow {
    /// The bytes that the chain covers.
    pub fn canonical(&self) -> Canonical {
        let bytes = Canonical::new(1)
            .signed("sequence", self.sequence)
            .bytes("id", self.id.as_bytes())
            .signed("at", self.at)
            .text("event_type", &self.event_type)
            .text("action", &self.action)
            .truth("success", self.success);
        let bytes = optional_bytes(bytes, "user_id", self.user_id.as_ref().map(Uuid::as_bytes));
        let bytes =
            optional_bytes(bytes, "impersonator", self.impersonator.as_ref().map(Uuid::as_bytes));
        let bytes = bytes.text("principal", &self.principal);
        let bytes = optional_text(bytes, "resource_type", self.resource_type.as_deref());
        let bytes = optional_text(bytes, "resource_id", self.resource_id.as_deref());
        let bytes = bytes.bytes("node", self.node.as_bytes());
        let bytes = optional_text(bytes, "reason", self.reason.as_deref());
        let bytes = bytes.text("request_id", &self.request_id);
        let bytes =
            optional_bytes(bytes, "session_id", self.session_id.as_ref().map(Uuid::as_bytes));
        bytes
            .text("request_path", &self.request_path)
            .text("metadata", &self.metadata)
            .bytes("personal_hash", &self.personal_hash)
    }

    /// Whether the personal part, if it is still there, is the one that was written.
    pub fn personal_is_genuine(&self) -> bool {
        match (&self.personal, &self.personal_salt) {
            (None, None) => true,
            (Some(value), Some(salt)) => <&[u8; 32]>::try_from(salt.as_slice()).is_ok_and(|salt| {
                chain::salted(value.as_bytes(), salt)[..] == self.personal_hash[..]
            }),
            _ => false,
        }
    }
}

/// The head of the chain.
#[derive(Debug, Clone, FromQueryResult)]
pub struct AuditHead {
    /// The number of the last event; 0: none.
    pub sequence: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The MAC over both, under a key that is not in the database.
    pub mac: Vec<u8>,
}

/// The head; none before the first event.
pub async fn head(run: &impl Run) -> Result<Option<AuditHead>, StoreError> {
    run.one("SELECT sequence, hash, mac FROM audit_head WHERE id = 1", []).await
}

/// The event that says: the head found was not signed with this server's key, so the end of the log may have been cut
/// or rewritten before it.
pub const HEAD_REFUSED: &str = "audit.head_refused";

impl AuditHead {
    /// Whether this server's key signed it.
    pub fn is_genuine(&self, key: &[u8; 32]) -> bool {
        let hash = <&[u8; 32]>::try_from(self.hash.as_slice());
        let mac = <&[u8; 32]>::try_from(self.mac.as_slice());
        hash.is_ok_and(|hash| {
            mac.is_ok_and(|mac| {
                chain::head_is_genuine(key, self.sequence.unsigned_abs(), hash, mac)
            })
        })
    }
}

/// Writes events at the end of the chain, and moves the head. Gives the id of the last one. A head that this server's key
/// did not sign gets a new signature only together with an event that says so: nothing heals by itself.
pub(crate) async fn append(
    transaction: &WriteTransaction,
    ctx: &Ctx,
    events: &[Event],
) -> Result<Option<EventId>, StoreError> {
    let head = head(transaction).await?;
    let (mut sequence, mut hash) = match &head {
        None => (0, GENESIS),
        Some(head) => (head.sequence, as_hash(&head.hash)?),
    };
    let is_first = head.is_none() && change_log::head(transaction).await? == Revision(0);
    let genuine = is_first || head.is_some_and(|head| head.is_genuine(ctx.system().audit_key()));
    let alert = (!genuine).then(|| {
        let why = "the head of the log was not signed with this server's key";
        Event::new(EventKind::SecurityAlert, HEAD_REFUSED).with("found", sequence).failed(why)
    });
    let mut last = None;
    for event in alert.iter().chain(events) {
        sequence += 1;
        let row = link(ctx, event, sequence, &hash)?;
        last = Some(EventId(row.id));
        hash = as_hash(&row.hash)?;
        insert(transaction, row).await?;
    }
    let mac = chain::head_mac(ctx.system().audit_key(), sequence.unsigned_abs(), &hash);
    let sql = "INSERT INTO audit_head (id, sequence, hash, mac) VALUES (1, $1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, mac = excluded.mac";
    transaction.execute(sql, [sequence.into(), hash.to_vec().into(), mac.to_vec().into()]).await?;
    Ok(last)
}

fn link(
    ctx: &Ctx,
    event: &Event,
    sequence: i64,
    previous: &[u8; 32],
) -> Result<AuditRow, StoreError> {
    let now = ctx.now();
    let entropy = ctx.system().entropy();
    let salt: [u8; 32] = entropy.bytes();
    let personal = personal(ctx, event);
    let (resource_type, resource_id) = event.resource.clone().unzip();
    let principal = ctx.principal();
    let mut row = AuditRow {
        sequence,
        id: EventId::new(now, entropy).0,
        at: micros(now),
        event_type: event.kind.name().to_owned(),
        action: event.action.to_owned(),
        success: event.success,
        user_id: event.subject.or_else(|| principal.subject()).map(|id| id.0),
        impersonator: event.impersonator.or(principal.impersonator).map(|id| id.0),
        principal: ctx.principal_kind().to_owned(),
        resource_type: resource_type.map(str::to_owned),
        resource_id,
        node: event.node.0,
        reason: event.reason.clone(),
        request_id: ctx.request().id.clone(),
        session_id: principal.session.as_ref().map(|session| session.id.0),
        request_path: ctx.request().route().to_owned(),
        metadata: Value::Object(event.metadata.clone()).to_string(),
        personal_hash: chain::salted(personal.as_bytes(), &salt).to_vec(),
        personal: Some(personal),
        personal_salt: Some(salt.to_vec()),
        hash: Vec::new(),
    };
    from_micros(row.at)?;
    row.hash = chain::link(previous, &row.canonical()).to_vec();
    Ok(row)
}

fn personal(ctx: &Ctx, event: &Event) -> String {
    let request = ctx.request();
    let mut personal = event.personal.clone();
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|_| !personal.contains_key(name)) {
            personal.insert(name.to_owned(), value.into());
        }
    };
    // A path may have the name of a user in it, which must be erasable.
    let path = Some(request.path.as_str()).filter(|path| *path != request.route());
    add("request_path", path);
    add("username", ctx.caller().username.as_deref());
    add("ip_address", request.ip.map(|ip| ip.to_string()).as_deref());
    add("user_agent", request.user_agent.as_deref());
    Value::Object(personal).to_string()
}

/// Drops what the events by a user, in his place or about him say about a person, with its salt. The chain covers its
/// hash, which stays. Who did what is told by ids from then on.
pub(crate) async fn erase(transaction: &WriteTransaction, user: NodeId) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE audit_event SET personal = NULL, personal_salt = NULL
         WHERE personal IS NOT NULL AND {IS_OF_USER}"
    );
    transaction.execute(&sql, [user.0.into(), user.to_string().into()]).await.map(drop)
}

/// Whether an event is there.
pub(crate) async fn is_there(run: &impl Run, id: EventId) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM audit_event WHERE id = $1";
    Ok(run.number(sql, [id.0.into()]).await? > 0)
}

async fn insert(transaction: &WriteTransaction, row: AuditRow) -> Result<(), StoreError> {
    let places: Vec<String> = (1..=21).map(|i| format!("${i}")).collect();
    let sql = format!("INSERT INTO audit_event ({COLUMNS}) VALUES ({})", places.join(", "));
    let values: [store::Value; 21] = [
        row.sequence.into(),
        row.id.into(),
        row.at.into(),
        row.event_type.into(),
        row.action.into(),
        row.success.into(),
        row.user_id.into(),
        row.impersonator.into(),
        row.principal.into(),
        row.resource_type.into(),
        row.resource_id.into(),
        row.node.into(),
        row.reason.into(),
        row.request_id.into(),
        row.session_id.into(),
        row.request_path.into(),
        row.metadata.into(),
        row.personal.into(),
        row.personal_salt.into(),
        row.personal_hash.into(),
        row.hash.into(),
    ];
    transaction.execute(&sql, values).await.map(drop)
}

fn as_hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt("a hash of the audit chain is not 32 bytes".into()))
}

fn optional_text(bytes: Canonical, name: &str, value: Option<&str>) -> Canonical {
    match value {
        Some(value) => bytes.text(name, value),
        None => bytes.absent(name),
    }
}

fn optional_bytes(bytes: Canonical, name: &str, value: Option<&[u8; 16]>) -> Canonical {
    match value {
        Some(value) => bytes.bytes(name, value),
        None => bytes.absent(name),
    }
}
