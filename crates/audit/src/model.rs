//! An audit event as it is shown.

use ::store::{StoreError, from_micros};
use context::audit_row::AuditRow;
use kernel::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An event as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its number in the chain: gapless, starting at 1.
    pub sequence: i64,
    /// Its id.
    pub id: String,
    /// When (RFC 3339).
    pub timestamp: String,
    /// The class: `LOGIN`, `ROLE_CHANGE`, ...
    pub event_type: String,
    /// The operation: `user.lock`.
    pub action: String,
    /// Whether it succeeded.
    pub success: bool,
    /// The kind of principal that acted: `user`, `service_account`, `api_key`, `operator`, `job`, `nobody`.
    pub principal: String,
    /// The user or service account that acted, or that it happened to.
    pub user_id: Option<String>,
    /// Who acted in that user's place.
    pub impersonator_id: Option<String>,
    /// The user's name at that time; absent after an erasure.
    pub username: Option<String>,
    /// The client's address; absent after an erasure.
    pub ip_address: Option<String>,
    /// The client's own description of itself; absent after an erasure.
    pub user_agent: Option<String>,
    /// What it was done to: `{type, id}`.
    pub resource: Option<ResourceView>,
    /// Why.
    pub reason: Option<String>,
    /// The request.
    pub request_id: String,
    /// The path of the request, without its query; after an erasure the route.
    pub request_path: String,
    /// The session.
    pub session_id: Option<String>,
    /// More about it.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// More about a person; absent after an erasure.
    #[schema(value_type = Object)]
    pub personal: Option<Value>,
    /// The link of the chain, in hexadecimal.
    pub hash: String,
}

/// What an event was done to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResourceView {
    /// The type: `user`, `role`, `node`.
    pub r#type: String,
    /// The id.
    pub id: String,
}

impl TryFrom<AuditRow> for EventView {
    type Error = Problem;

    fn try_from(row: AuditRow) -> Result<Self, Problem> {
        let metadata = serde_json::from_str(&row.metadata).map_err(Problem::internal)?;
        let mut personal: Option<Value> = row
            .personal
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(Problem::internal)?;
        let mut take = |name: &str| {
            let value = personal.as_mut()?.as_object_mut()?.remove(name)?;
            value.as_str().map(str::to_owned)
        };
        let (username, ip_address, user_agent) =
            (take("username"), take("ip_address"), take("user_agent"));
        let path = take("request_path");
        Ok(Self {
            sequence: row.sequence,
            id: row.id.to_string(),
            timestamp: from_micros(row.at)
                .map_err(|e: StoreError| Problem::internal(e))?
                .to_string(),
            event_type: row.event_type,
            action: row.action,
            success: row.success,
            principal: row.principal,
            user_id: row.user_id.map(|id| id.to_string()),
            impersonator_id: row.impersonator.map(|id| id.to_string()),
            username,
            ip_address,
            user_agent,
            resource: row
                .resource_type
                .zip(row.resource_id)
                .map(|(r#type, id)| ResourceView { r#type, id }),
            reason: row.reason,
            request_id: row.request_id,
            request_path: path.unwrap_or(row.request_path),
            session_id: row.session_id.map(|id| id.to_string()),
            metadata,
            personal: personal.filter(|value| value.as_object().is_some_and(|map| !map.is_empty())),
            hash: hex(&row.hash),
        })
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
