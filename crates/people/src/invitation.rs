//! An invitation: who may become a user of a realm, with which groups and roles, and by whose right.

use access::RoleRef;
use context::{Action, Caller, Credential, Resource};
use jiff::Timestamp;
use kernel::{ApiKeyId, Name, NodeId, Problem, RoleId};
use policy::{Principal, Who};
use realms::{
    GroupRef, NewUser,
    names::{Alias, Email, FullName},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Inviting somebody into a realm, seeing who was invited, and taking it back: as making a user there.
#[derive(Debug)]
pub struct Invite;

impl Action for Invite {
    type Resource = InRealm;
    const PERMISSION: &'static str = "user_manage";
}

/// A realm, as the place of invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InRealm(pub NodeId);

impl Resource for InRealm {
    fn node(&self) -> NodeId {
        self.0
    }
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// The realm.
    pub realm: NodeId,
    /// Who is invited: whoever reads mail there.
    pub email: Email,
    /// How people call him.
    pub full_name: Option<FullName>,
    /// Roles at `$global`.
    pub roles: Vec<RoleId>,
    /// Groups.
    pub groups: Vec<NodeId>,
    /// By whose right.
    pub inviter: Inviter,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// By whose right an invitation makes a user. What he may is asked anew when it is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inviter {
    /// The operator of the machine.
    Operator,
    /// A user or service account, limited to the role that he acted in, if he did.
    Subject {
        /// Who.
        id: NodeId,
        /// The role.
        role: Option<RoleId>,
    },
    /// A key, which is no more than its role.
    ApiKey {
        /// The key.
        key: ApiKeyId,
        /// Whose key.
        owner: NodeId,
        /// Its role.
        role: RoleId,
    },
}

impl Inviter {
    /// Whoever asks. 403 for who acts in the place of somebody else: that gives nothing.
    pub(crate) fn of(principal: &Principal) -> Result<Self, Problem> {
        let refused = || Problem::forbidden("Nobody invites in the place of somebody else.");
        if principal.impersonator.is_some() {
            return Err(refused());
        }
        match (&principal.who, principal.active_role) {
            (Who::Operator, None) => Ok(Self::Operator),
            (Who::User(id) | Who::ServiceAccount(id), role) => Ok(Self::Subject { id: *id, role }),
            (Who::ApiKey { key, owner, role }, None) => {
                Ok(Self::ApiKey { key: *key, owner: *owner, role: *role })
            }
            _ => Err(refused()),
        }
    }

    /// Who he is, for look-ups; none for the operator.
    pub(crate) fn subject(&self) -> Option<NodeId> {
        match self {
            Self::Operator => None,
            Self::Subject { id, .. } | Self::ApiKey { owner: id, .. } => Some(*id),
        }
    }

    /// The caller that acts for him when he is not there.
    pub(crate) fn caller(&self) -> Caller {
        let name = "invitation".to_owned();
        let (principal, credential) = match self {
            Self::Operator => (Principal::new(Who::Operator), Credential::None),
            Self::Subject { id, role } => {
                let who = Who::Job { name, on_behalf_of: Some(*id) };
                let principal = Principal { active_role: *role, ..Principal::new(who) };
                (principal, Credential::None)
            }
            Self::ApiKey { key, owner, role } => {
                let who = Who::ApiKey { key: *key, owner: *owner, role: *role };
                (Principal::new(who), Credential::ApiKey(*key))
            }
        };
        Caller { principal, credential, username: None, method: "invitation" }
    }
}

impl Invitation {
    /// The user that it makes. The address is an alias, and verified: the link went there.
    pub(crate) fn new_user(
        &self,
        username: Name,
        full_name: Option<FullName>,
    ) -> Result<NewUser, Problem> {
        Ok(NewUser {
            email: Some(self.email.clone()),
            email_verified: true,
            full_name: full_name.or_else(|| self.full_name.clone()),
            aliases: vec![alias(&self.email)?],
            roles: self.roles.iter().copied().map(RoleRef::Id).collect(),
            groups: self.groups.iter().copied().map(GroupRef::Id).collect(),
            ..NewUser::named(self.realm, username)
        })
    }
}

/// The address as a name to sign in with.
pub(crate) fn alias(email: &Email) -> Result<Alias, Problem> {
    Alias::of_email(email).map_err(|error| Problem::invalid("/email", error))
}

/// An invitation, as it is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: Uuid,
    /// The name of the realm.
    pub realm: String,
    /// Where the link went.
    pub email: String,
    /// How people call whoever is invited.
    pub full_name: Option<String>,
    /// The names of the roles; one that is gone is not there, and the invitation not good any more.
    pub roles: Vec<String>,
    /// The paths of the groups.
    pub groups: Vec<String>,
    /// Who invites; absent: the operator of the machine.
    pub invited_by: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}
