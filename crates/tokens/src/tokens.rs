//! What the operations on tokens share.

use std::{fmt, sync::Arc};

use protocol::{
    jose::{Expected, KeyRing},
    wrap::{MasterKey, Purpose},
};
use signin::{LastSeen, Signin};
use zeroize::Zeroizing;

/// For whom our access tokens are: ourselves.
pub const AUDIENCE: &str = "portcullis";

/// What the operations on tokens share: sign-in, the keys that sign, and the public address.
pub struct Tokens {
    pub(crate) signin: Arc<Signin>,
    pub(crate) ring: KeyRing,
    pub(crate) pepper: Zeroizing<[u8; 32]>,
    pub(crate) last_used: LastSeen,
    issuer: String,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Tokens {
    /// With the ring of [`crate::open_ring`]; `issuer` is the public address, `https://id.example.com`.
    pub fn new(signin: Arc<Signin>, ring: KeyRing, master: &MasterKey, issuer: String) -> Self {
        Self {
            signin,
            ring,
            pepper: master.derive(Purpose::SUCCESSORS),
            last_used: LastSeen::default(),
            issuer,
        }
    }

    /// The public address, as it stands in tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What an access token must say at this moment.
    pub(crate) fn expected(&self, now: jiff::Timestamp) -> Expected<'_> {
        Expected { issuer: &self.issuer, audience: AUDIENCE, now }
    }
}
