//! Stored hashes: their text and what it says.

use std::{fmt, str::FromStr};

use super::{argon2id::Argon2id, bcrypt::Bcrypt, cost::Argon2Cost, scrypt::Scrypt};

/// No text of a hash is longer, in bytes.
const LONGEST: usize = 256;

/// A hash that cannot be verified here. It never says what the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no hash of a known algorithm with a cost that can be borne")]
pub struct HashRefused;

/// The hash of a password: Argon2id, scrypt or bcrypt, well-formed and with a bearable cost. Not secret as the password
/// is, and still not to be shown: `Debug` names the algorithm only.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Form);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Form {
    Argon2id(Argon2id),
    Scrypt(Scrypt),
    Bcrypt(Bcrypt),
}

impl PasswordHash {
    /// Reads the PHC string of Argon2id (version 19) or scrypt, or bcrypt's text. Refuses what is malformed and what
    /// would cost too much to verify.
    pub fn parse(text: &str) -> Result<Self, HashRefused> {
        if text.len() > LONGEST {
            return Err(HashRefused);
        }
        let form = if let Some(rest) = text.strip_prefix("$argon2id$") {
            Argon2id::parse(rest).map(Form::Argon2id)
        } else if let Some(rest) = text.strip_prefix("$scrypt$") {
            Scrypt::parse(rest).map(Form::Scrypt)
        } else {
            Bcrypt::parse(text).map(Form::Bcrypt)
        };
        form.map(Self).ok_or(HashRefused)
    }

    /// Reads a hash as NocoBase stores it: 64 hexadecimal digits, the first 16 of them the salt. It becomes a PHC string.
    pub fn from_nocobase(text: &str) -> Result<Self, HashRefused> {
        Scrypt::parse_nocobase(text).map(|scrypt| Self(Form::Scrypt(scrypt))).ok_or(HashRefused)
    }

    /// The text to store; [`PasswordHash::parse`] reads it again.
    pub fn to_text(&self) -> String {
        match &self.0 {
            Form::Argon2id(argon2id) => argon2id.to_text(),
            Form::Scrypt(scrypt) => scrypt.to_text(),
            Form::Bcrypt(bcrypt) => bcrypt.to_text(),
        }
    }

    pub(super) fn form(&self) -> &Form {
        &self.0
    }

    /// Whether a new hash would be of the same algorithm and cost.
    pub(super) fn is_of(&self, cost: &Argon2Cost) -> bool {
        matches!(&self.0, Form::Argon2id(argon2id) if argon2id.is_of(cost))
    }
}

impl From<Argon2id> for PasswordHash {
    fn from(argon2id: Argon2id) -> Self {
        Self(Form::Argon2id(argon2id))
    }
}

impl FromStr for PasswordHash {
    type Err = HashRefused;

    fn from_str(text: &str) -> Result<Self, HashRefused> {
        Self::parse(text)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Form::Argon2id(_) => "PasswordHash(argon2id, ..)",
            Form::Scrypt(_) => "PasswordHash(scrypt, ..)",
            Form::Bcrypt(_) => "PasswordHash(bcrypt, ..)",
        })
    }
}
