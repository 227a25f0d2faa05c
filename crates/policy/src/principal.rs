//! Who asks. Its own state (disabled, locked, superuser, groups) is not here but in the snapshot, so that a change of
//! it shows at once.

use jiff::Timestamp;
use kernel::{ApiKeyId, NodeId, RoleId, SessionId};

/// Who asks, and through what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub who: Who,
    /// The role that the session was limited to.
    pub active_role: Option<RoleId>,
    /// Whether a challenge, an expired password or an enrolment is open: everything is denied.
    pub restricted: bool,
    /// Who acts in the place of `who`.
    pub impersonator: Option<NodeId>,
    /// The session; absent for a principal asked about by somebody else.
    pub session: Option<SessionFacts>,
}

/// Who a principal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A user.
    User(NodeId),
    /// A service account.
    ServiceAccount(NodeId),
    /// An API key: its owner, cut down to one role, never a superuser.
    ApiKey {
        /// The key.
        key: ApiKeyId,
        /// Whose key it is: a user or service account.
        owner: NodeId,
        /// The one role whose allows count.
        role: RoleId,
    },
    /// The operator of the machine: allowed everything.
    Operator,
    /// A job: acts as the user or service account it runs for; on its own it is denied everything.
    Job {
        /// The name of the job.
        name: String,
        /// For whom it runs.
        on_behalf_of: Option<NodeId>,
    },
    /// Nobody signed in.
    Nobody,
}

/// How a principal signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFacts {
    /// The session.
    pub id: SessionId,
    /// When the user showed who he is.
    pub signed_in_at: Timestamp,
    /// When the session began: after that sign-in, where a device has remembered it; before, where the user has signed in
    /// again meanwhile.
    pub began_at: Timestamp,
    /// By what type of authenticator: `password`, `oauth2`, ...
    pub method: String,
}

impl Principal {
    /// `who`, without session, active role or impersonator.
    pub fn new(who: Who) -> Self {
        Self { who, active_role: None, restricted: false, impersonator: None, session: None }
    }

    /// A user, as others ask about him.
    pub fn user(id: NodeId) -> Self {
        Self::new(Who::User(id))
    }

    /// The user or service account whose rights count, if any.
    pub fn subject(&self) -> Option<NodeId> {
        match &self.who {
            Who::User(id) | Who::ServiceAccount(id) | Who::ApiKey { owner: id, .. } => Some(*id),
            Who::Job { on_behalf_of, .. } => *on_behalf_of,
            Who::Operator | Who::Nobody => None,
        }
    }
}
