//! Challenge tokens: they say that a sign-in has been begun, and are good for completing it and nothing else. They have
//! their own type, `challenge+jwt`, and their own audience, which follows from the issuer.

use jiff::Timestamp;
use kernel::NodeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Expected,
    compact::{self, Claims, moment},
    key_ring::KeyRing,
    refused::{MintRefused, TokenRefused},
};

const TYPE: &str = "challenge+jwt";

/// What a challenge token says. Times are whole seconds on the wire; parts of a second are cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeClaims {
    /// `iss`: who made it, the public address.
    pub issuer: String,
    /// `sub`: who is signing in.
    pub subject: NodeId,
    /// `jti`: the id of the challenge, which can be completed once.
    pub id: Uuid,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`: from then on it is refused.
    pub expires_at: Timestamp,
    /// `amr`: what has been shown already (RFC 8176).
    pub done: Vec<String>,
    /// `methods`: what may be shown next, any one of them.
    pub methods: Vec<String>,
}

/// Makes a challenge token, signed with the active key of the ring.
pub fn mint(ring: &KeyRing, claims: &ChallengeClaims) -> Result<String, MintRefused> {
    compact::mint(ring, TYPE, &Wire::from(claims))
}

/// Verifies a challenge token: its form, type, key, signature, issuer, audience and times. Whether the challenge is
/// still open is for the caller to look up.
pub fn verify(
    ring: &KeyRing,
    token: &str,
    issuer: &str,
    now: Timestamp,
) -> Result<ChallengeClaims, TokenRefused> {
    let expected = Expected { issuer, audience: &audience(issuer), now };
    compact::open::<Wire>(ring, TYPE, token, &expected)?.try_into()
}

fn audience(issuer: &str) -> String {
    format!("{issuer}#challenge")
}

/// The claims as they stand on the wire.
#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: NodeId,
    jti: Uuid,
    iat: i64,
    exp: i64,
    amr: Vec<String>,
    methods: Vec<String>,
}

impl Claims for Wire {
    fn issuer(&self) -> &str {
        &self.iss
    }

    fn audience(&self) -> &str {
        &self.aud
    }

    fn times(&self) -> [i64; 3] {
        [self.iat, self.iat, self.exp]
    }
}

impl From<&ChallengeClaims> for Wire {
    fn from(claims: &ChallengeClaims) -> Self {
        Self {
            iss: claims.issuer.clone(),
            aud: audience(&claims.issuer),
            sub: claims.subject,
            jti: claims.id,
            iat: claims.issued_at.as_second(),
            exp: claims.expires_at.as_second(),
            amr: claims.done.clone(),
            methods: claims.methods.clone(),
        }
    }
}

impl TryFrom<Wire> for ChallengeClaims {
    type Error = TokenRefused;

    fn try_from(wire: Wire) -> Result<Self, TokenRefused> {
        Ok(Self {
            issuer: wire.iss,
            subject: wire.sub,
            id: wire.jti,
            issued_at: moment(wire.iat)?,
            expires_at: moment(wire.exp)?,
            done: wire.amr,
            methods: wire.methods,
        })
    }
}
