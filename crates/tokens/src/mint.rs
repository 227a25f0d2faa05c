//! Access tokens, made.

use context::State;
use jiff::Timestamp;
use kernel::{ApiKeyId, CredentialFault, Entropy, EventId, NodeId, Problem};
use protocol::jose::{AccessClaims, Actor, PasswordClaim, access_token};
use serde::Serialize;
use signin::Session;
use utoipa::ToSchema;

use crate::{settings::access_life, tokens::AUDIENCE, tokens::Tokens};

/// Most bytes of role names in a token: more are left out, as they are for display alone.
const MOST_ROLES: usize = 2048;

/// An access token for its holder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Minted {
    /// The token.
    pub(crate) access_token: String,
    /// `Bearer`.
    pub(crate) token_type: &'static str,
    /// In how many seconds it expires.
    pub(crate) expires_in: i64,
}

/// In `amr`: in several steps.
const SEVERAL: &str = "mfa";

/// For whom a token is made.
struct Holder {
    subject: NodeId,
    ends: Option<Timestamp>,
    session: Option<Session>,
    key: Option<ApiKeyId>,
}

impl Tokens {
    /// A token of a session; it ends with the session at the latest.
    pub(crate) fn mint_for_session(
        &self,
        state: &State,
        session: &Session,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Minted, Problem> {
        let holder = Holder {
            subject: session.user,
            ends: Some(session.expires_at),
            session: Some(session.clone()),
            key: None,
        };
        self.mint(state, holder, now, entropy)
    }

    /// A token of a service account's key: it may do what the key may, and is dead when the key is.
    pub(crate) fn mint_for_key(
        &self,
        state: &State,
        key: ApiKeyId,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Minted, Problem> {
        let facts = state.credentials.api_key(key, now).map_err(Problem::credential)?;
        let holder =
            Holder { subject: facts.owner, ends: facts.expires_at, session: None, key: Some(key) };
        self.mint(state, holder, now, entropy)
    }

    fn mint(
        &self,
        state: &State,
        holder: Holder,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Minted, Problem> {
        let subject = state.engine.subject(holder.subject).ok_or_else(unknown)?;
        let life = now.checked_add(access_life(&state.settings)?);
        let life = life.map_err(Problem::internal)?;
        let expires_at = holder.ends.map_or(life, |ends| life.min(ends));
        let password = holder.session.as_ref().and_then(|session| session.password);
        let is_restricted = password.map_or(Ok(false), |p| p.is_over(&state.settings, now))?;
        let roles = match holder.key.and_then(|key| state.credentials.api_key(key, now).ok()) {
            Some(facts) => {
                state.engine.role(facts.role).map(|r| r.name.to_owned()).into_iter().collect()
            }
            // Whoever reads the token elsewhere must not take it for more than it is here.
            None if is_restricted => Vec::new(),
            None => signin::roles_of(&state.engine, holder.subject, now),
        };
        let claims = AccessClaims {
            issuer: self.issuer().to_owned(),
            audience: AUDIENCE.to_owned(),
            subject: holder.subject,
            session: holder.session.as_ref().map(|session| session.id),
            id: EventId::new(now, entropy).0,
            issued_at: now,
            not_before: now,
            expires_at,
            username: subject.username.clone(),
            roles: that_fit(roles),
            client_id: holder.key.map(|key| key.to_string()),
            actor: holder
                .session
                .as_ref()
                .and_then(|session| session.impersonator)
                .map(|by| Actor { subject: by.user, session: by.session }),
            methods: holder.session.as_ref().map(|s| references(&s.method)).unwrap_or_default(),
            authenticated_at: holder.session.as_ref().map(|session| session.signed_in_at),
            begun_at: holder.session.as_ref().and_then(Session::began_otherwise),
            password: password.map(|password| PasswordClaim {
                changed_at: password.changed_at,
                must_change: password.must_change,
            }),
        };
        let access_token = access_token::mint(&self.ring, &claims).map_err(Problem::internal)?;
        let expires_in = expires_at.as_second() - now.as_second();
        Ok(Minted { access_token, token_type: "Bearer", expires_in })
    }
}

/// The steps of a session in `amr` (RFC 8176), where they have names there: `password+totp` is `pwd`, `otp`, and `mfa`,
/// as there are several; `passkey` is `pop`, and alone it has verified its user, so it is several too.
pub(crate) fn references(method: &str) -> Vec<String> {
    let name = |step| match step {
        "password" => "pwd",
        "passkey" => "pop",
        "totp" => "otp",
        other => other,
    };
    let mut names: Vec<String> = method.split('+').map(|step| name(step).to_owned()).collect();
    if names.len() > 1 || method == "passkey" {
        names.push(SEVERAL.to_owned());
    }
    names
}

/// A session's method, from `amr`.
pub(crate) fn method(references: &[String]) -> String {
    let step = |name| match name {
        "pwd" => "password",
        "pop" => "passkey",
        "otp" => "totp",
        other => other,
    };
    let names = references.iter().map(String::as_str).filter(|name| *name != SEVERAL);
    names.map(step).collect::<Vec<_>>().join("+")
}

fn that_fit(roles: Vec<String>) -> Vec<String> {
    let mut room = MOST_ROLES;
    let fits = |role: &String| match room.checked_sub(role.len()) {
        Some(rest) => {
            room = rest;
            true
        }
        None => false,
    };
    roles.into_iter().take_while(fits).collect()
}

fn unknown() -> Problem {
    Problem::credential(CredentialFault::UserInactive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_back_from_their_references() {
        for (steps, names) in [
            ("password", vec!["pwd"]),
            ("password+totp", vec!["pwd", "otp", "mfa"]),
            ("password+passkey", vec!["pwd", "pop", "mfa"]),
            ("passkey", vec!["pop", "mfa"]),
            ("passkey+totp", vec!["pop", "otp", "mfa"]),
            ("password+recovery+email", vec!["pwd", "recovery", "email", "mfa"]),
        ] {
            assert_eq!(references(steps), names);
            assert_eq!(method(&references(steps)), steps);
        }
        assert_eq!(method(&[]), "");
    }

    #[test]
    fn roles_that_do_not_fit_are_left_out() {
        let many = vec!["x".repeat(1000); 5];
        assert_eq!(that_fit(many).len(), 2);
    }
}
