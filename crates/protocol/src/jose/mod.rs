//! Signed tokens: JWS in compact form (RFC 7515), JWT (RFC 7519, RFC 8725), JWK (RFC 7517).
//!
//! A [`KeyRing`] holds one key that signs and all that verify. A key has one algorithm; what the header of a token says
//! about it must agree, and is never followed. A token of another type than the one that is
//! asked for ([`access_token`]) is refused.

mod algorithm;
mod compact;
mod header;
mod jwk;
mod key_ring;
mod refused;
mod signing_key;
mod verifying_key;

pub mod access_token;

pub use access_token::{AccessClaims, Actor, PasswordClaim};
pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwk::{Jwks, PublicJwk, PublicParameters};
pub use key_ring::KeyRing;
pub use refused::{KeyRefused, MintRefused, TokenRefused};
pub use signing_key::SigningKey;
pub use verifying_key::VerifyingKey;

/// The longest token that is made or looked at, in bytes.
pub const LONGEST_TOKEN: usize = 8 * 1024;

/// What a token must say to be taken.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer, as configured; compared byte for byte.
    pub issuer: &'a str,
    /// The audience, as configured; compared byte for byte.
    pub audience: &'a str,
    /// The present moment. A token may be 5 seconds early, since another server's clock may have made its times; it is
    /// never late.
    pub now: jiff::Timestamp,
}

#[cfg(test)]
mod tests;
