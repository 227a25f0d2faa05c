//! The compact form: `header.claims.signature` (RFC 7515, section 7.1), strictly.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Expected, LONGEST_TOKEN,
    header::Header,
    key_ring::KeyRing,
    refused::{MintRefused, TokenRefused},
};

/// How far the clocks of the servers on one database may be apart: what one has just signed, another one takes.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(5);

/// What every type of token claims, as it stands on the wire.
pub(super) trait Claims {
    fn issuer(&self) -> &str;
    fn audience(&self) -> &str;
    /// `iat`, `nbf`, `exp`, in seconds.
    fn times(&self) -> [i64; 3];
}

/// Signs the claims with the active key.
pub(super) fn mint(
    ring: &KeyRing,
    typ: &'static str,
    claims: &impl Serialize,
) -> Result<String, MintRefused> {
    let key = ring.active();
    let header = serde_json::json!({ "alg": key.algorithm().name(), "typ": typ, "kid": key.kid() });
    let claims = serde_json::to_vec(claims).map_err(|_| MintRefused::CannotSign)?;
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    if token.len() > LONGEST_TOKEN {
        return Err(MintRefused::TooLong);
    }
    Ok(token)
}

/// Checks size, form, header, key, signature, then the claims: nothing of them is read before the signature is right.
pub(super) fn open<T: Claims + DeserializeOwned>(
    ring: &KeyRing,
    typ: &'static str,
    token: &str,
    expected: &Expected<'_>,
) -> Result<T, TokenRefused> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenRefused::TooLong);
    }
    let (signing_input, signature) = token.rsplit_once('.').ok_or(TokenRefused::Malformed)?;
    let (header, claims) = signing_input.split_once('.').ok_or(TokenRefused::Malformed)?;
    // The engine takes no padding, no white space and no second spelling of the last character; nor is a dot one of its
    // characters, so there are three parts.
    let header = decode(header)?;
    let claims = decode(claims)?;
    decode(signature)?;

    let header = Header::parse(&header)?;
    if header.typ != typ {
        return Err(TokenRefused::WrongType);
    }
    let key = ring.verifying(&header.kid).ok_or(TokenRefused::UnknownKey)?;
    if header.alg != key.algorithm().name() {
        return Err(TokenRefused::WrongAlgorithm);
    }
    if !key.verifies(signing_input.as_bytes(), signature) {
        return Err(TokenRefused::WrongSignature);
    }
    let claims: T = serde_json::from_slice(&claims).map_err(|_| TokenRefused::MalformedClaims)?;
    check(&claims, expected)?;
    Ok(claims)
}

/// A moment that a claim tells in seconds.
pub(super) fn moment(seconds: i64) -> Result<Timestamp, TokenRefused> {
    Timestamp::from_second(seconds).map_err(|_| TokenRefused::MalformedClaims)
}

fn decode(part: &str) -> Result<Vec<u8>, TokenRefused> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefused::Malformed)
}

fn check(claims: &impl Claims, expected: &Expected<'_>) -> Result<(), TokenRefused> {
    if claims.issuer() != expected.issuer {
        return Err(TokenRefused::WrongIssuer);
    }
    if claims.audience() != expected.audience {
        return Err(TokenRefused::WrongAudience);
    }
    let [issued, not_before, expires] = claims.times();
    let latest = expected.now.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX);
    if moment(issued)? > latest {
        return Err(TokenRefused::IssuedInFuture);
    }
    if moment(not_before)? > latest {
        return Err(TokenRefused::NotYetValid);
    }
    if moment(expires)? <= expected.now {
        return Err(TokenRefused::Expired);
    }
    Ok(())
}
