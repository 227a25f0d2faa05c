//! Another e-mail address. Until it is confirmed the present one stays: a link goes to the new address, and another one to
//! the present one if that is verified. Whoever uses all of them reads mail at both.

use jiff::Timestamp;
use kernel::NodeId;
use uuid::Uuid;

use crate::names::Email;

/// Where a link of a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The address that is to be.
    New,
    /// The address that is until then.
    Present,
}

impl Side {
    /// As it is stored and answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Present => "present",
        }
    }
}

/// A link to keep. Its secret is not here.
#[derive(Debug, Clone)]
pub struct EmailLink {
    /// Its id.
    pub id: Uuid,
    /// Where it goes.
    pub side: Side,
    /// The hash of its secret.
    pub hash: [u8; 32],
}

/// A change that begins, or the verification of the address that is there.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// The address that is to be.
    pub address: Email,
    /// Its links.
    pub links: Vec<EmailLink>,
    /// When they end.
    pub expires_at: Timestamp,
}

/// A change that waits for its links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEmail {
    /// The address that is to be.
    pub address: Email,
    /// When its links end.
    pub expires_at: Timestamp,
    /// Whose link was not used yet.
    pub waits_for: Vec<Side>,
}

/// A link that was used: the proof that mail was read where it went. Only its use makes one.
#[derive(Debug, Clone)]
pub struct UsedLink {
    pub(crate) user: NodeId,
    pub(crate) address: Email,
    pub(crate) side: Side,
    pub(crate) is_last: bool,
}

impl UsedLink {
    /// Whose it was.
    pub fn user(&self) -> NodeId {
        self.user
    }

    /// The address that is to be.
    pub fn address(&self) -> &Email {
        &self.address
    }

    /// Where it went.
    pub fn side(&self) -> Side {
        self.side
    }

    /// Whether no other link is waited for.
    pub fn is_last(&self) -> bool {
        self.is_last
    }
}
