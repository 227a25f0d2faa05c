//! The `Authorization` header: `Bearer` with an access token (RFC 6750), or `Basic`.

use std::sync::Arc;

use context::{Caller, Impersonator, RequestFacts, State, System};
use http::{HeaderMap, header};
use jiff::Timestamp;
use kernel::{ApiKeyId, CredentialFault, Problem};
use policy::SessionFacts;
use protocol::jose::{TokenRefused, access_token};
use signin::{PasswordLife, Shown};
use web::authenticate::{Answer, Authenticate};

use crate::{api_key_header, basic, mint::method, settings::access_life, tokens::Tokens};

/// Reads the `Authorization` header.
#[derive(Debug, Clone)]
pub struct Authorization(pub Arc<Tokens>);

impl Authenticate for Authorization {
    fn authenticate<'a>(
        &'a self,
        system: &'a Arc<System>,
        headers: &'a HeaderMap,
        request: &'a RequestFacts,
    ) -> Answer<'a> {
        Box::pin(read(&self.0, system, headers, request))
    }
}

async fn read(
    tokens: &Tokens,
    system: &Arc<System>,
    headers: &HeaderMap,
    request: &RequestFacts,
) -> Result<Option<Caller>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let value = value.to_str().map_err(|_| unreadable())?;
    if let Some(token) = bearer(value) {
        let state = system.state();
        let caller = caller_of(tokens, &state, token, system.now())?;
        tokens.signin.saw(system, &caller).await;
        return Ok(Some(caller));
    }
    // There it is a client's id and secret, which the operation reads itself.
    if request.path == "/auth/token" {
        return Ok(None);
    }
    basic::caller(tokens, system, request, value).await.map(Some)
}

/// The token of a header's value, if its scheme is `Bearer`.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn caller_of(
    tokens: &Tokens,
    state: &Arc<State>,
    token: &str,
    now: Timestamp,
) -> Result<Caller, Problem> {
    let claims =
        access_token::verify(&tokens.ring, token, &tokens.expected(now)).map_err(refused)?;
    // Tokens may have been allowed to live longer when it was made.
    if now.duration_since(claims.issued_at) >= access_life(&state.settings)? {
        return Err(Problem::credential(CredentialFault::TokenTooOld));
    }
    let actor = claims.actor;
    match claims.session {
        Some(id) => {
            let signed_in_at = claims.authenticated_at.unwrap_or(claims.issued_at);
            let session = SessionFacts {
                id,
                signed_in_at,
                began_at: claims.begun_at.unwrap_or(signed_in_at),
                method: method(&claims.methods),
            };
            let password = claims.password.map(|password| PasswordLife {
                changed_at: password.changed_at,
                must_change: password.must_change,
            });
            let user = claims.subject;
            let impersonator =
                actor.map(|actor| Impersonator { user: actor.subject, session: actor.session });
            let shown = Shown { user, session, password, impersonator, by: "access token" };
            signin::session_caller(state, shown, now)
        }
        // A key acts in nobody else's place.
        None if actor.is_some() => Err(dead()),
        None => {
            let key: ApiKeyId =
                claims.client_id.as_deref().and_then(|id| id.parse().ok()).ok_or_else(dead)?;
            let caller = api_key_header::caller_of(state, key, "access token", now)?;
            let is_same = caller.principal.subject() == Some(claims.subject);
            if is_same { Ok(caller) } else { Err(dead()) }
        }
    }
}

fn refused(refused: TokenRefused) -> Problem {
    let fault = match refused {
        TokenRefused::Expired => CredentialFault::TokenExpired,
        _ => CredentialFault::TokenInvalid,
    };
    Problem::credential(fault).with_cause(refused)
}

fn dead() -> Problem {
    Problem::credential(CredentialFault::TokenInvalid)
}

fn unreadable() -> Problem {
    Problem::unauthenticated("The Authorization header is not well formed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        assert_eq!(bearer("bearer abc"), Some("abc"));
        assert_eq!(bearer("BEARER  abc"), Some("abc"));
        for value in ["Bearer", "abc", "Basic abc", ""] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }
}
