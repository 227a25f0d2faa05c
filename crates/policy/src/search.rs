//! Questions with one part left open: where, who, what.

use jiff::Timestamp;
use kernel::{NodeId, PermissionName};

use crate::{
    change::SubjectKind,
    principal::{Principal, Who},
    question::{Context, Question},
    snapshot::Snapshot,
};

impl Snapshot {
    /// The nodes where the answer is allow, in the order of labels.
    pub fn nodes(
        &self,
        principal: &Principal,
        permission: &PermissionName,
        context: &Context,
        now: Timestamp,
    ) -> Vec<NodeId> {
        let ranges = self.scope(principal, permission, context, now);
        let all = ranges.as_slice().iter().flat_map(|(from, to)| self.forest.between(*from, *to));
        all.map(|(_, node)| self.forest.id(node)).collect()
    }

    /// The users and service accounts for whom the answer is allow, with no session, sorted.
    pub fn subjects(
        &self,
        permission: &PermissionName,
        node: NodeId,
        context: &Context,
        now: Timestamp,
    ) -> Vec<NodeId> {
        let permissions = std::slice::from_ref(permission);
        let allowed = |who: Who| {
            let principal = &Principal::new(who);
            self.decide(&Question { principal, permissions, node, context, now }).is_allow()
        };
        let all = self.people.subjects.iter().map(|(_, subject)| subject);
        let mut found: Vec<NodeId> = all
            .filter(|subject| match subject.kind {
                SubjectKind::User => allowed(Who::User(subject.id)),
                SubjectKind::ServiceAccount => allowed(Who::ServiceAccount(subject.id)),
            })
            .map(|subject| subject.id)
            .collect();
        found.sort_unstable();
        found
    }

    /// The registered permissions for which the answer is allow, sorted.
    pub fn permissions(
        &self,
        principal: &Principal,
        node: NodeId,
        context: &Context,
        now: Timestamp,
    ) -> Vec<PermissionName> {
        let allowed = |name: &&PermissionName| {
            let permissions = std::slice::from_ref(*name);
            self.decide(&Question { principal, permissions, node, context, now }).is_allow()
        };
        self.permissions.names().filter(allowed).cloned().collect()
    }
}
