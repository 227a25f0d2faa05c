//! Protocols as pure functions: parse, build, verify. No I/O and no clock; time arrives as a [`jiff::Timestamp`],
//! randomness as [`kernel::Entropy`] wherever we choose it. (The signing library draws its own nonces.)
//!
//! | module | holds |
//! |---|---|
//! | [`jose`] | signing keys, the key ring and its public document, access tokens |
//! | [`password`] | hashing and verifying passwords |
//! | [`secret_token`] | opaque credentials with prefix and checksum: API keys, refresh tokens, one-time links |
//! | [`totp`] | one-time passwords by the clock (RFC 6238) |
//! | [`wrap`] | sealing of small secrets under the master key |
//! | [`chain`] | the hash chain of the audit log |
//! | [`json_pointer`] | where in a JSON document something was wrong |
//! | [`authzen`] | the Authorization API of OpenID AuthZEN |
//! | [`route`] | which guard stands before which request: paths, patterns, tables |
//!
//! Everything that reads foreign input checks its size first, and none of it panics on any input.

pub mod authzen;
pub mod chain;
pub mod jose;
pub mod json_pointer;
pub mod password;
pub mod route;
pub mod secret_token;
pub mod totp;
pub mod wrap;

mod digest;
#[cfg(test)]
mod testing;
