//! What a service account is: a program that acts under its own name.

use jiff::Timestamp;
use kernel::{Name, NodeId};

/// A service account. Its node stands under a realm, an application or `$global`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its node.
    pub id: NodeId,
    /// The parent of the node.
    pub owner: NodeId,
    /// The owner, if that is a realm.
    pub realm: Option<NodeId>,
    /// Its name, unique under the owner.
    pub name: Name,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

impl ServiceAccount {
    /// Switched off.
    #[must_use]
    pub fn disable(self) -> Self {
        Self { disabled: true, ..self }
    }

    /// Switched on.
    #[must_use]
    pub fn enable(self) -> Self {
        Self { disabled: false, ..self }
    }

    /// What the engine knows of it.
    pub fn subject(&self) -> policy::Subject {
        policy::Subject {
            id: self.id,
            kind: policy::SubjectKind::ServiceAccount,
            realm: self.realm,
            username: self.name.as_str().to_owned(),
            superuser: false,
            disabled: self.disabled,
            lock: policy::Lock::None,
            expires_at: None,
            attributes: std::collections::BTreeMap::new(),
        }
    }
}

impl context::Resource for ServiceAccount {
    fn node(&self) -> NodeId {
        self.id
    }
}
