//! Sealing of small secrets, such as signing keys in the database, under keys derived from `APP_KEY`.
//!
//! Each [`Purpose`] has a key of its own: HKDF-SHA256 (RFC 5869) from the master key. The cipher is AES-256-GCM with a
//! random nonce of 96 bits, which is safe for 2^32 sealings for each purpose. The associated data tell where the secret
//! stands (table, column, row, key id), so a sealed value that is moved elsewhere does not open.

mod app_key;
mod sealed;

pub use app_key::{AppKeyRefused, MasterKey};
pub use sealed::{CannotOpen, MAX_PLAIN, TooLarge};

/// What a derived key is for: a short label, never used for two things. A new label gives a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose(pub &'static str);

impl Purpose {
    /// Wrapping the signing keys of tokens.
    pub const SIGNING_KEYS: Self = Self("signing keys");
    /// The pepper from which refresh tokens' successors are derived.
    pub const SUCCESSORS: Self = Self("successors");
    /// Naming the counters of failed sign-ins.
    pub const COUNTERS: Self = Self("counters");
    /// The MAC over the head of the audit chain.
    pub const AUDIT_HEAD: Self = Self("audit head");
}
