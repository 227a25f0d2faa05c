//! Access tokens: JWTs of type `at+jwt` (RFC 9068).

use jiff::Timestamp;
use kernel::{NodeId, SessionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Expected,
    compact::{self, Claims, moment},
    key_ring::KeyRing,
    refused::{MintRefused, TokenRefused},
};

/// The `typ` of an access token (RFC 9068, section 2.1). The long form `application/at+jwt` is not made, and not taken.
const TYPE: &str = "at+jwt";

/// What an access token says. Times are whole seconds on the wire; parts of a second are cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// `iss`: who made it, the public address.
    pub issuer: String,
    /// `aud`: for whom it is.
    pub audience: String,
    /// `sub`: who acts.
    pub subject: NodeId,
    /// `sid`: the session that it belongs to; none for a token that a key was exchanged for.
    pub session: Option<SessionId>,
    /// `jti`: the token's own id.
    pub id: Uuid,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `nbf`.
    pub not_before: Timestamp,
    /// `exp`: from then on it is refused.
    pub expires_at: Timestamp,
    /// `username`, for display.
    pub username: String,
    /// `roles`: names of the roles when it was made, for display. Decisions never read them.
    pub roles: Vec<String>,
    /// `client_id`: the OAuth client that it was made for.
    pub client_id: Option<String>,
    /// `act`: who acts as the subject (RFC 8693, section 4.1).
    pub actor: Option<Actor>,
    /// `amr`: how the user signed in (RFC 8176).
    pub methods: Vec<String>,
    /// `auth_time`: when the user signed in.
    pub authenticated_at: Option<Timestamp>,
    /// `begun`: when the session began, if not with that sign-in.
    pub begun_at: Option<Timestamp>,
    /// `pwd`: the password that the session began with.
    pub password: Option<PasswordClaim>,
}

/// What a token says of the password that its session began with: when that expires is for the server to say, at each
/// request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordClaim {
    /// `at`: when it was set.
    pub changed_at: Timestamp,
    /// `change`: whether it must be changed before anything else.
    pub must_change: bool,
}

/// The impersonator, with the session that the impersonation was begun from. There is no actor of an actor: impersonation
/// does not nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Who it is.
    #[serde(rename = "sub")]
    pub subject: NodeId,
    /// His own session.
    #[serde(rename = "sid")]
    pub session: SessionId,
}

/// Makes an access token, signed with the active key of the ring.
pub fn mint(ring: &KeyRing, claims: &AccessClaims) -> Result<String, MintRefused> {
    compact::mint(ring, TYPE, &Wire::from(claims))
}

/// Verifies an access token: its form, type, key, signature, issuer, audience and times. Whether its session, user or
/// key has been revoked since is for the caller to look up.
pub fn verify(
    ring: &KeyRing,
    token: &str,
    expected: &Expected<'_>,
) -> Result<AccessClaims, TokenRefused> {
    compact::open::<Wire>(ring, TYPE, token, expected)?.try_into()
}

/// The claims as they stand on the wire. A claim that is not known is passed over (RFC 7519, section 4), so that an
/// older node takes the tokens of a newer one; one that comes twice is refused.
#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: NodeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    username: String,
    roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pwd: Option<WirePassword>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePassword {
    at: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    change: bool,
}

impl Claims for Wire {
    fn issuer(&self) -> &str {
        &self.iss
    }

    fn audience(&self) -> &str {
        &self.aud
    }

    fn times(&self) -> [i64; 3] {
        [self.iat, self.nbf, self.exp]
    }
}

impl From<&AccessClaims> for Wire {
    fn from(claims: &AccessClaims) -> Self {
        Self {
            iss: claims.issuer.clone(),
            aud: claims.audience.clone(),
            sub: claims.subject,
            sid: claims.session,
            jti: claims.id,
            iat: claims.issued_at.as_second(),
            nbf: claims.not_before.as_second(),
            exp: claims.expires_at.as_second(),
            username: claims.username.clone(),
            roles: claims.roles.clone(),
            client_id: claims.client_id.clone(),
            act: claims.actor,
            amr: claims.methods.clone(),
            auth_time: claims.authenticated_at.map(Timestamp::as_second),
            begun: claims.begun_at.map(Timestamp::as_second),
            pwd: claims.password.map(|password| WirePassword {
                at: password.changed_at.as_second(),
                change: password.must_change,
            }),
        }
    }
}

impl TryFrom<Wire> for AccessClaims {
    type Error = TokenRefused;

    fn try_from(wire: Wire) -> Result<Self, TokenRefused> {
        Ok(Self {
            issuer: wire.iss,
            audience: wire.aud,
            subject: wire.sub,
            session: wire.sid,
            id: wire.jti,
            issued_at: moment(wire.iat)?,
            not_before: moment(wire.nbf)?,
            expires_at: moment(wire.exp)?,
            username: wire.username,
            roles: wire.roles,
            client_id: wire.client_id,
            actor: wire.act,
            methods: wire.amr,
            authenticated_at: wire.auth_time.map(moment).transpose()?,
            begun_at: wire.begun.map(moment).transpose()?,
            password: wire.pwd.map(PasswordClaim::try_from).transpose()?,
        })
    }
}

impl TryFrom<WirePassword> for PasswordClaim {
    type Error = TokenRefused;

    fn try_from(wire: WirePassword) -> Result<Self, TokenRefused> {
        Ok(Self { changed_at: moment(wire.at)?, must_change: wire.change })
    }
}
