//! Why a token or a key is refused. For the log: a caller is told 401 and no more.

/// Why a token is not taken. Nothing of the token is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Over [`super::LONGEST_TOKEN`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of canonical base64url, or a header that is no JSON object of unique members.
    #[error("the token is malformed")]
    Malformed,
    /// The header has a member besides `alg`, `typ` and `kid`: `jku`, `jwk`, `x5u`, `x5c`, `crit`, ...
    #[error("the header has a member that is not used here")]
    HeaderMember,
    /// Another `typ`, or none.
    #[error("the token is of another type")]
    WrongType,
    /// `alg` is missing, unknown, `none`, or another than the key's.
    #[error("the algorithm is not that of the key")]
    WrongAlgorithm,
    /// No `kid`.
    #[error("the token names no key")]
    NoKeyId,
    /// `kid` is not in the ring: a retired key, or somebody else's.
    #[error("the key is not in the ring")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature is wrong")]
    WrongSignature,
    /// The signature is right; a claim is missing, doubled, or of another form.
    #[error("a claim is missing or malformed")]
    MalformedClaims,
    /// `iss` is another.
    #[error("the issuer is another")]
    WrongIssuer,
    /// `aud` is another.
    #[error("the audience is another")]
    WrongAudience,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` has not come.
    #[error("the token was issued in the future")]
    IssuedInFuture,
}

/// Why a token cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MintRefused {
    /// It would be over [`super::LONGEST_TOKEN`]; too many roles, for one.
    #[error("the token would be too long")]
    TooLong,
    /// The library could not sign.
    #[error("the token cannot be signed")]
    CannotSign,
}

/// Why a key is not taken. Nothing of the key is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not a key of that algorithm, or not well-formed.
    #[error("the key is not one of its algorithm")]
    Malformed,
    /// `alg`, `use` or `kid` contradict the key.
    #[error("what is said about the key contradicts it")]
    Contradictory,
    /// The library could not make a key.
    #[error("a key cannot be made")]
    CannotGenerate,
}
