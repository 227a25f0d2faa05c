//! Why what a request shows to prove who it is does not: for programs, which do one thing when a token is over and
//! another when the user is.

/// The reason of a 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFault {
    /// Nothing was shown.
    Missing,
    /// The access token is none of ours, or was changed.
    TokenInvalid,
    /// The access token has expired: renew it.
    TokenExpired,
    /// It is older than access tokens may be since the setting was changed: renew it.
    TokenTooOld,
    /// The session has ended: by hand, by rest, by time, by another password.
    SessionOver,
    /// The session belongs to another device than the one that shows it.
    OtherDevice,
    /// The access token expired too long ago to be renewed.
    RenewalOver,
    /// The device is no longer remembered.
    RememberOver,
    /// The user is gone, locked, disabled or expired.
    UserInactive,
    /// Whoever acts in the user's place may do so no longer.
    ImpersonationOver,
    /// The API key is none of ours, or was revoked, or its owner is gone.
    KeyInvalid,
    /// The API key has expired.
    KeyExpired,
}

impl CredentialFault {
    /// The stable name, on the wire `code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "credential-missing",
            Self::TokenInvalid => "token-invalid",
            Self::TokenExpired => "token-expired",
            Self::TokenTooOld => "token-too-old",
            Self::SessionOver => "session-over",
            Self::OtherDevice => "other-device",
            Self::RenewalOver => "renewal-over",
            Self::RememberOver => "remember-over",
            Self::UserInactive => "user-inactive",
            Self::ImpersonationOver => "impersonation-over",
            Self::KeyInvalid => "key-invalid",
            Self::KeyExpired => "key-expired",
        }
    }

    /// The same in words.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Missing => "This needs a sign-in.",
            Self::TokenInvalid => "The access token is not good.",
            Self::TokenExpired => "The access token has expired.",
            Self::TokenTooOld => "The access token is older than access tokens may be.",
            Self::SessionOver => "The session has ended.",
            Self::OtherDevice => "The session belongs to another device.",
            Self::RenewalOver => "The access token expired too long ago to be renewed.",
            Self::RememberOver => "No sign-in is remembered here any more.",
            Self::UserInactive => "The user is gone or switched off.",
            Self::ImpersonationOver => "Acting in this user's place has ended.",
            Self::KeyInvalid => "The API key is not good.",
            Self::KeyExpired => "The API key has expired.",
        }
    }
}
