//! API keys: what they are, and how they are answered.

use context::ApiKeyFacts;
use jiff::Timestamp;
use kernel::ApiKeyId;
use policy::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// Whose it is, its role, its end.
    pub facts: ApiKeyFacts,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute; none: never.
    pub last_used_at: Option<Timestamp>,
}

/// An API key as it is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// The one role it acts in; absent if the role is gone: then it can do nothing.
    pub role: Option<String>,
    /// The user or service account whose key it is.
    pub owner: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends; absent: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute; absent: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl ApiKeyView {
    /// The key as it is answered.
    pub fn new(key: &ApiKey, engine: &Snapshot) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            role: engine.role(key.facts.role).map(|role| role.name.to_owned()),
            owner: engine.subject(key.facts.owner).map(|owner| owner.username.clone()),
            created_at: key.created_at,
            expires_at: key.facts.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}
