//! An audit event: what was done, to what, and whether it succeeded. Who, when and from where come from the [`Ctx`].
//!
//! [`Ctx`]: crate::Ctx

use kernel::NodeId;
use serde_json::{Map, Value};

/// The class of an event, as auditors filter for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A sign-in that completed.
    Login,
    /// A sign-in that did not.
    LoginFailed,
    /// A session was ended by its user.
    Logout,
    /// A password was changed or reset.
    PasswordChange,
    /// Something was refused.
    AccessDenied,
    /// Who may do what was changed: roles, rules, assignments, memberships, permissions.
    RoleChange,
    /// Data were read in a way that is itself recorded.
    DataRead,
    /// Something was made.
    DataCreate,
    /// Something was changed.
    DataUpdate,
    /// Something was deleted.
    DataDelete,
    /// Data left the system as a whole.
    DataExport,
    /// Somebody asked that what is held about a user be erased.
    ErasureRequest,
    /// It was.
    ErasureComplete,
    /// A setting or the system itself was changed.
    ConfigChange,
    /// A copy was made.
    Backup,
    /// Something that an administrator should look at: reuse of a rotated credential, a lock.
    SecurityAlert,
}

impl EventKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::LoginFailed => "LOGIN_FAILED",
            Self::Logout => "LOGOUT",
            Self::PasswordChange => "PASSWORD_CHANGE",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::RoleChange => "ROLE_CHANGE",
            Self::DataRead => "DATA_READ",
            Self::DataCreate => "DATA_CREATE",
            Self::DataUpdate => "DATA_UPDATE",
            Self::DataDelete => "DATA_DELETE",
            Self::DataExport => "DATA_EXPORT",
            Self::ErasureRequest => "ERASURE_REQUEST",
            Self::ErasureComplete => "ERASURE_COMPLETE",
            Self::ConfigChange => "CONFIG_CHANGE",
            Self::Backup => "BACKUP",
            Self::SecurityAlert => "SECURITY_ALERT",
        }
    }
}

/// An event in the making.
#[derive(Debug, Clone)]
pub struct Event {
    pub(crate) kind: EventKind,
    pub(crate) action: &'static str,
    pub(crate) success: bool,
    pub(crate) resource: Option<(&'static str, String)>,
    pub(crate) node: NodeId,
    pub(crate) subject: Option<NodeId>,
    pub(crate) impersonator: Option<NodeId>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) personal: Map<String, Value>,
}

impl Event {
    /// A success of this kind; `action` is the operation, `user.lock`.
    pub fn new(kind: EventKind, action: &'static str) -> Self {
        Self {
            kind,
            action,
            success: true,
            resource: None,
            node: NodeId::GLOBAL,
            subject: None,
            impersonator: None,
            reason: None,
            metadata: Map::new(),
            personal: Map::new(),
        }
    }

    /// The thing it was done to: its type and id, and the node at which it stands, where readers of the audit need
    /// `audit:read`.
    #[must_use]
    pub fn about(mut self, resource: &'static str, id: impl ToString, node: NodeId) -> Self {
        self.resource = Some((resource, id.to_string()));
        self.node = node;
        self
    }

    /// The user it is about, when nobody is signed in yet: for sign-ins.
    #[must_use]
    pub fn of(mut self, user: NodeId) -> Self {
        self.subject = Some(user);
        self
    }

    /// Who acted in that user's place, when that is not the caller's session: for the end of one.
    #[must_use]
    pub fn in_place_by(mut self, impersonator: Option<NodeId>) -> Self {
        self.impersonator = impersonator;
        self
    }

    /// It did not succeed.
    #[must_use]
    pub fn failed(mut self, reason: impl Into<String>) -> Self {
        self.success = false;
        self.reason = Some(reason.into());
        self
    }

    /// Why, as the actor said it.
    #[must_use]
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// More about it; never a secret, and nothing about a person.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// More about a person: kept apart, so that it can be erased without breaking the chain.
    #[must_use]
    pub fn personal(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.personal.insert(name.to_owned(), value.into());
        self
    }
}
