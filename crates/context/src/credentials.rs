//! What makes a credential dead or alive, in memory: checked at each request, and again when a write begins.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{ApiKeyId, CredentialFault, NodeId, RoleId, SessionId};
use serde::{Deserialize, Serialize};

/// What a request showed to prove who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing; or a principal of the machine itself.
    None,
    /// An access token or cookie of a session.
    Session(SessionId),
    /// The same of a session in which somebody acts in another's place.
    Impersonation {
        /// The session.
        session: SessionId,
        /// The session of whoever acts, from which it was begun: it ends with that one.
        from: SessionId,
    },
    /// An API key.
    ApiKey(ApiKeyId),
}

/// What is known of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyFacts {
    /// Whose key it is: a user or a service account.
    pub owner: NodeId,
    /// The one role it acts in.
    pub role: RoleId,
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// When it ends; none: never.
    pub expires_at: Option<Timestamp>,
}

/// Ended sessions and living keys; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    ended: Arc<BTreeMap<SessionId, Timestamp>>,
    api_keys: Arc<HashMap<ApiKeyId, ApiKeyFacts>>,
}

impl Credentials {
    /// Why this credential does not count, if it does not.
    pub fn fault(&self, credential: &Credential, now: Timestamp) -> Option<CredentialFault> {
        match credential {
            Credential::None => None,
            Credential::Session(session) => self.end_of(*session),
            Credential::Impersonation { session, from } => {
                self.end_of(*session).or_else(|| self.end_of(*from))
            }
            Credential::ApiKey(key) => self.api_key(*key, now).err(),
        }
    }

    /// The key, unless it is not there or has expired.
    pub fn api_key(&self, key: ApiKeyId, now: Timestamp) -> Result<&ApiKeyFacts, CredentialFault> {
        let facts = self.stored_api_key(key).ok_or(CredentialFault::KeyInvalid)?;
        match facts.expires_at {
            Some(end) if end <= now => Err(CredentialFault::KeyExpired),
            _ => Ok(facts),
        }
    }

    /// The key, expired or not: to compare its secret before anything is told about it.
    pub fn stored_api_key(&self, key: ApiKeyId) -> Option<&ApiKeyFacts> {
        self.api_keys.get(&key)
    }

    fn end_of(&self, session: SessionId) -> Option<CredentialFault> {
        self.ended.contains_key(&session).then_some(CredentialFault::SessionOver)
    }

    pub(crate) fn end_session(&mut self, session: SessionId, until: Timestamp) {
        Arc::make_mut(&mut self.ended).insert(session, until);
    }

    /// Forgets sessions whose tokens have all expired.
    pub(crate) fn forget_before(&mut self, now: Timestamp) {
        if self.ended.values().any(|until| *until < now) {
            Arc::make_mut(&mut self.ended).retain(|_, until| *until >= now);
        }
    }

    pub(crate) fn save_api_key(&mut self, key: ApiKeyId, facts: ApiKeyFacts) {
        Arc::make_mut(&mut self.api_keys).insert(key, facts);
    }

    pub(crate) fn revoke_api_key(&mut self, key: ApiKeyId) {
        Arc::make_mut(&mut self.api_keys).remove(&key);
    }
}
