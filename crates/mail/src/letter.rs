//! What is sent, and to whom.

use std::fmt;

use jiff::Timestamp;
use kernel::NodeId;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A letter of plain text. Its text may hold a secret, such as a link that works once: `Debug` shows nothing of it.
pub struct Letter {
    /// What it is, for logs and audit: `password.forgotten`.
    pub kind: &'static str,
    /// To whom it goes; for somebody who is no user yet, the realm that it is about.
    pub user: NodeId,
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: SecretString,
    /// After this moment it is of no use to anybody, and not sent any more.
    pub good_until: Timestamp,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A text to a phone. It may hold a secret, such as a code: `Debug` shows nothing of it.
pub struct Text {
    /// What it is, for logs and audit: `sign_in.code`.
    pub kind: &'static str,
    /// To whom it goes.
    pub user: NodeId,
    /// The number (E.164).
    pub to: String,
    /// The text.
    pub text: SecretString,
    /// After this moment it is of no use to anybody, and not sent any more.
    pub good_until: Timestamp,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// By what it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// The mail server.
    #[default]
    Mail,
    /// The gateway to phones.
    Sms,
}

/// What of a letter or text is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Contents {
    #[serde(default)]
    pub(crate) via: Via,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Drop for Contents {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.text);
    }
}

impl Contents {
    pub(crate) fn of(letter: &Letter) -> Self {
        Self {
            via: Via::Mail,
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text: letter.text.expose_secret().to_owned(),
        }
    }

    pub(crate) fn of_text(text: &Text) -> Self {
        Self {
            via: Via::Sms,
            to: text.to.clone(),
            subject: String::new(),
            text: text.text.expose_secret().to_owned(),
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        serde_json::to_vec(self).map(Zeroizing::new)
    }
}
