//! Who a principal is at this moment: free of rules, refused, or the bearer of assignments.

use jiff::Timestamp;
use kernel::{NodeId, RoleId};

use crate::{
    change::{Subject, SubjectKind},
    people::inactive,
    principal::{Principal, Who},
    reason::{Inactive, Reason},
    snapshot::Snapshot,
};

/// What the principal's own state says, before any rule.
#[derive(Debug)]
pub(crate) enum Standing {
    /// Allowed everything, for this reason.
    Free(Reason),
    /// Denied everything, for this reason.
    Refused(Reason),
    /// To be judged by rules.
    Bears(Bearer),
}

/// Whose assignments count.
#[derive(Debug, Default)]
pub(crate) struct Bearer {
    /// The user or service account.
    pub(crate) subject: Option<u32>,
    /// It, and all its groups.
    pub(crate) holders: Vec<u32>,
    /// Allows count only of a role that is each of these (the session's active role, the key's role).
    pub(crate) roles: Vec<RoleId>,
}

impl Bearer {
    /// Whether allows of the role count.
    pub(crate) fn may_use(&self, role: RoleId) -> bool {
        self.roles.iter().all(|only| *only == role)
    }
}

impl Snapshot {
    /// What the principal's own state says.
    pub(crate) fn standing(&self, principal: &Principal, now: Timestamp) -> Standing {
        if principal.restricted {
            return Standing::Refused(Reason::Restricted);
        }
        if let Some(reason) = principal.impersonator.and_then(|id| self.impersonator_off(id, now)) {
            return Standing::Refused(reason);
        }
        let limited = principal.active_role.is_some() || principal.impersonator.is_some();
        let roles: Vec<RoleId> = principal.active_role.into_iter().collect();
        match &principal.who {
            Who::Operator if !limited => Standing::Free(Reason::Operator),
            Who::Operator => Standing::Bears(Bearer { roles, ..Bearer::default() }),
            Who::Nobody => {
                Standing::Bears(Bearer { subject: None, holders: self.people.holders(None), roles })
            }
            Who::Job { on_behalf_of: None, .. } => Standing::Refused(Reason::JobForNobody),
            Who::User(id) => self.known(*id, Some(SubjectKind::User), !limited, roles, now),
            Who::ServiceAccount(id) => {
                self.known(*id, Some(SubjectKind::ServiceAccount), !limited, roles, now)
            }
            Who::Job { on_behalf_of: Some(id), .. } => self.known(*id, None, !limited, roles, now),
            Who::ApiKey { owner, role, .. } => {
                self.known(*owner, None, false, roles.into_iter().chain([*role]).collect(), now)
            }
        }
    }

    /// The user or service account of this id.
    pub(crate) fn known_subject(&self, id: NodeId) -> Option<(u32, &Subject)> {
        let node = self.forest.find(id)?;
        Some((node, self.people.subject(node)?))
    }

    fn known(
        &self,
        id: NodeId,
        kind: Option<SubjectKind>,
        full_power: bool,
        roles: Vec<RoleId>,
        now: Timestamp,
    ) -> Standing {
        let Some((node, subject)) = self.known_subject(id) else {
            return Standing::Refused(Reason::UnknownSubject);
        };
        if kind.is_some_and(|kind| kind != subject.kind) {
            return Standing::Refused(Reason::UnknownSubject);
        }
        if let Some(why) = inactive(subject, now) {
            return Standing::Refused(Reason::NotActive { subject: id, why });
        }
        if subject.superuser && full_power {
            return Standing::Free(Reason::Superuser);
        }
        let holders = self.people.holders(Some(node));
        Standing::Bears(Bearer { subject: Some(node), holders, roles })
    }

    /// Impersonation ends with the impersonator.
    fn impersonator_off(&self, id: NodeId, now: Timestamp) -> Option<Reason> {
        let why = match self.known_subject(id) {
            Some((_, subject)) => inactive(subject, now)?,
            None => Inactive::Unknown,
        };
        Some(Reason::NotActive { subject: id, why })
    }
}
