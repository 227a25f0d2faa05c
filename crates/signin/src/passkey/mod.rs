//! Passkeys (WebAuthn, level 3): as a second factor, and instead of name and password.
//!
//! | module | holds |
//! |---|---|
//! | `relying_party` | [`RelyingParty`]: who we are to browsers, and the two ceremonies, which the library checks |
//! | `verify` | an assertion of a passkey that is stored, its counter among it |
//! | `begun` | sign-ins without a name that have begun: kept by the browser, sealed |
//! | [`begin_passkey`] | `POST /auth/passkey` |
//! | [`sign_in_by_passkey`](mod@sign_in_by_passkey) | the answer to it: the whole sign-in, or its first step |
//!
//! As a second factor it is one more type of challenge: `second_factor/passkey.rs`. The tables are in
//! `second_factor/store/passkeys.rs`.

pub mod begin_passkey;
pub mod sign_in_by_passkey;

pub(crate) mod begun;
pub(crate) mod relying_party;
pub(crate) mod verify;

pub use begun::is_begun;
pub use sign_in_by_passkey::{Assertion, sign_in_by_passkey};

/// The type, as a sign-in names it and a session keeps it.
pub(crate) const PASSKEY: &str = "passkey";
