//! `X-API-Key`: the key of a user or service account. It acts in its one role, and is dead when its owner is.

use std::sync::Arc;

use context::{Caller, Credential, RequestFacts, State, System};
use http::HeaderMap;
use jiff::Timestamp;
use kernel::{ApiKeyId, CredentialFault, Problem};
use policy::{Principal, Who};
use protocol::secret_token::{Kind, SecretToken};
use web::authenticate::{Answer, Authenticate};

use crate::{store, tokens::Tokens};

const HEADER: &str = "x-api-key";

/// Reads the `X-API-Key` header.
#[derive(Debug, Clone)]
pub struct ApiKeyHeader(pub Arc<Tokens>);

impl Authenticate for ApiKeyHeader {
    fn authenticate<'a>(
        &'a self,
        system: &'a Arc<System>,
        headers: &'a HeaderMap,
        _request: &'a RequestFacts,
    ) -> Answer<'a> {
        Box::pin(async move {
            let mut values = headers.get_all(HEADER).iter();
            let Some(value) = values.next() else { return Ok(None) };
            if values.next().is_some() {
                return Err(wrong());
            }
            let text = value.to_str().map_err(|_| wrong())?;
            let caller = caller(&system.state(), text, system.now())?;
            if let Credential::ApiKey(key) = caller.credential {
                used(&self.0, system, key).await;
            }
            Ok(Some(caller))
        })
    }
}

/// The principal of this key; 401 if it is not good.
pub(crate) fn caller(state: &State, text: &str, now: Timestamp) -> Result<Caller, Problem> {
    let secret = SecretToken::parse(Kind::ApiKey, text.trim()).map_err(|_| wrong())?;
    let key = ApiKeyId(secret.id());
    let facts = state.credentials.stored_api_key(key).ok_or_else(wrong)?;
    if !secret.matches(&facts.hash) {
        return Err(wrong());
    }
    caller_of(state, key, "API key", now)
}

/// The principal of a key that was shown, itself or as a token: 401 if the key is gone or has expired, or its owner is
/// gone or switched off.
pub(crate) fn caller_of(
    state: &State,
    key: ApiKeyId,
    method: &'static str,
    now: Timestamp,
) -> Result<Caller, Problem> {
    let facts = state.credentials.api_key(key, now).map_err(Problem::credential)?;
    let owner = state
        .engine
        .subject(facts.owner)
        .filter(|subject| signin::is_active(subject, now))
        .ok_or_else(|| Problem::credential(CredentialFault::UserInactive))?;
    Ok(Caller {
        principal: Principal::new(Who::ApiKey { key, owner: facts.owner, role: facts.role }),
        credential: Credential::ApiKey(key),
        username: Some(owner.username.clone()),
        method,
    })
}

/// Writes that a key was used, at most once a minute.
pub(crate) async fn used(tokens: &Tokens, system: &Arc<System>, key: ApiKeyId) {
    let now = system.now();
    if !tokens.last_used.is_due(key.0, now) {
        return;
    }
    if let Err(error) = store::touch_api_key(&system.database().single(), key, now).await {
        // The request itself is good; the next one tries again in a minute.
        tracing::warn!(%error, "the last use of an API key could not be written");
    }
}

fn wrong() -> Problem {
    Problem::credential(CredentialFault::KeyInvalid)
}
