//! Who a principal is at this moment: free of rules, refused, or the bearer of assignments.

use std::cell::OnceCell;

use jiff::Timestamp;
use kernel::{NodeId, RoleId};

use crate::{
    change::{Subject, SubjectKind},
    holders::Holder,
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
#[derive(Debug)]
pub(crate) struct Bearer {
    /// The user or service account.
    pub(crate) subject: Option<u32>,
    /// Whose assignments count, to walk through them.
    pub(crate) held_by: HeldBy,
    /// The subject and all its groups; computed when asked for.
    holders: OnceCell<Vec<u32>>,
    /// Allows count only of a role that is each of these (the session's active role, the key's role).
    pub(crate) roles: [Option<RoleId>; 2],
}

/// Whose assignments count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBy {
    /// Nobody's at all.
    None,
    /// Those of the anonymous.
    Anonymous,
    /// Those of this user or service account and of its groups.
    Subject {
        /// Its number among the holders.
        holder: u32,
    },
}

impl Bearer {
    /// The subject or group and what else is listed, without the limit of a role.
    pub(crate) fn listed(subject: u32, holders: Vec<u32>) -> Self {
        Self {
            subject: Some(subject),
            held_by: HeldBy::None,
            holders: OnceCell::from(holders),
            roles: [None; 2],
        }
    }

    fn new(subject: Option<u32>, held_by: HeldBy, roles: [Option<RoleId>; 2]) -> Self {
        Self { subject, held_by, holders: OnceCell::new(), roles }
    }

    /// The subject and all its groups.
    pub(crate) fn holders(&self, snapshot: &Snapshot) -> &[u32] {
        self.holders.get_or_init(|| match self.held_by {
            HeldBy::None => Vec::new(),
            HeldBy::Anonymous | HeldBy::Subject { .. } => snapshot.people.holders(self.subject),
        })
    }

    /// Whether allows of the role count.
    pub(crate) fn may_use(&self, role: RoleId) -> bool {
        self.roles.iter().flatten().all(|only| *only == role)
    }
}

impl Snapshot {
    /// What the principal's own state says.
    pub(crate) fn standing(&self, principal: &Principal, now: Timestamp) -> Standing {
        let holder = principal.subject().and_then(|id| self.holders.find(id));
        self.standing_of(principal, holder, now)
    }

    /// The same, of a principal whose subject was looked up: its number among the holders.
    pub(crate) fn standing_of(
        &self,
        principal: &Principal,
        holder: Option<u32>,
        now: Timestamp,
    ) -> Standing {
        if principal.restricted {
            return Standing::Refused(Reason::Restricted);
        }
        if let Some(reason) = principal.impersonator.and_then(|id| self.impersonator_off(id, now)) {
            return Standing::Refused(reason);
        }
        let limited = principal.active_role.is_some() || principal.impersonator.is_some();
        let roles = [principal.active_role, None];
        match &principal.who {
            Who::Operator if !limited => Standing::Free(Reason::Operator),
            Who::Operator => Standing::Bears(Bearer::new(None, HeldBy::None, roles)),
            Who::Nobody => Standing::Bears(Bearer::new(None, HeldBy::Anonymous, roles)),
            Who::Job { on_behalf_of: None, .. } => Standing::Refused(Reason::JobForNobody),
            Who::User(_) => self.known(holder, Some(SubjectKind::User), !limited, roles, now),
            Who::ServiceAccount(_) => {
                self.known(holder, Some(SubjectKind::ServiceAccount), !limited, roles, now)
            }
            Who::Job { on_behalf_of: Some(_), .. } => {
                self.known(holder, None, !limited, roles, now)
            }
            Who::ApiKey { role, .. } => {
                self.known(holder, None, false, [principal.active_role, Some(*role)], now)
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
        holder: Option<u32>,
        kind: Option<SubjectKind>,
        full_power: bool,
        roles: [Option<RoleId>; 2],
        now: Timestamp,
    ) -> Standing {
        let Some(holder) = holder else { return Standing::Refused(Reason::UnknownSubject) };
        let Holder { node, subject: Some(known), watched, .. } = self.holders.row(holder) else {
            return Standing::Refused(Reason::UnknownSubject);
        };
        if kind.is_some_and(|kind| kind != *known) {
            return Standing::Refused(Reason::UnknownSubject);
        }
        if *watched {
            let Some(subject) = self.people.subject(*node) else {
                return Standing::Refused(Reason::UnknownSubject);
            };
            if let Some(why) = inactive(subject, now) {
                return Standing::Refused(Reason::NotActive { subject: subject.id, why });
            }
            if subject.superuser && full_power {
                return Standing::Free(Reason::Superuser);
            }
        }
        Standing::Bears(Bearer::new(Some(*node), HeldBy::Subject { holder }, roles))
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
