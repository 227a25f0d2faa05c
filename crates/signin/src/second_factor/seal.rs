//! How the secrets of factors are kept: sealed under `APP_KEY`, bound to their row and their user, as the copy of a
//! database must not open anybody's way in.

use std::fmt;

use aws_lc_rs::hmac;
use kernel::{Entropy, FactorId, NodeId, Problem};
use protocol::wrap::{MasterKey, Purpose};
use zeroize::Zeroizing;

use super::factor::Factor;

const FACTORS: Purpose = Purpose("second factors");
const PASSKEYS: Purpose = Purpose("sign-ins by passkey");
const CODES: Purpose = Purpose("codes that are sent");

/// Seals what factors need, and hashes codes that were sent.
pub(crate) struct Seals {
    master: MasterKey,
    codes: hmac::Key,
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seals(..)")
    }
}

impl Seals {
    /// Under this key.
    pub(crate) fn new(master: MasterKey) -> Self {
        let codes = hmac::Key::new(hmac::HMAC_SHA256, master.derive(CODES).as_ref());
        Self { master, codes }
    }

    /// Seals what a factor of this user needs.
    pub(crate) fn seal(
        &self,
        (user, id): (NodeId, FactorId),
        secret: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Problem> {
        let sealed = self.master.seal(FACTORS, &place(&user, &id), secret, entropy);
        sealed.map_err(Problem::internal)
    }

    /// What a factor needs; none if it was sealed under another key, or is another's.
    pub(crate) fn open(&self, factor: &Factor) -> Option<Zeroizing<Vec<u8>>> {
        self.master.open(FACTORS, &place(&factor.user, &factor.id), &factor.sealed).ok()
    }

    /// Seals a sign-in by passkey that has begun, for whoever began it.
    pub(crate) fn seal_begun(
        &self,
        begun: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Problem> {
        self.master.seal(PASSKEYS, &BEGUN, begun, entropy).map_err(Problem::internal)
    }

    /// Such a sign-in; none if we have not sealed it.
    pub(crate) fn open_begun(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.master.open(PASSKEYS, &BEGUN, sealed).ok()
    }

    /// What is kept of a code that goes to a user. Six digits are soon tried, so a key is needed for that.
    pub(crate) fn code_hash(&self, factor: FactorId, code: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.codes);
        context.update(factor.0.as_bytes());
        context.update(code.as_bytes());
        let mut hash = [0; 32];
        hash.iter_mut().zip(context.sign().as_ref()).for_each(|(byte, signed)| *byte = *signed);
        hash
    }
}

const BEGUN: [&[u8]; 1] = [b"begun"];

fn place<'a>(user: &'a NodeId, id: &'a FactorId) -> [&'a [u8]; 4] {
    [b"second_factor", b"sealed", user.0.as_bytes(), id.0.as_bytes()]
}
