//! Who may do something at a node.

use kernel::NodeId;

use crate::{
    change::SubjectKind,
    principal::{Principal, Who},
    question::Question,
    search::{Found, SubjectSearch},
    snapshot::Snapshot,
};

/// The users and service accounts for whom the answer is allow.
#[derive(Debug, Clone)]
pub struct AllowedSubjects {
    /// Sorted.
    ids: Vec<NodeId>,
}

impl AllowedSubjects {
    pub(crate) fn new(snapshot: &Snapshot, search: &SubjectSearch<'_>) -> Self {
        let SubjectSearch { permission, node, context, now } = *search;
        let permissions = std::slice::from_ref(permission);
        let allowed = |who: Who| {
            let principal = &Principal::new(who);
            snapshot.decide(&Question { principal, permissions, node, context, now }).is_allow()
        };
        let all = snapshot.people.subjects.iter().map(|(_, subject)| subject);
        let mut ids: Vec<NodeId> = all
            .filter(|subject| match subject.kind {
                SubjectKind::User => allowed(Who::User(subject.id)),
                SubjectKind::ServiceAccount => allowed(Who::ServiceAccount(subject.id)),
            })
            .map(|subject| subject.id)
            .collect();
        ids.sort_unstable();
        Self { ids }
    }

    /// Up to `limit` of them, by id, after this one.
    pub fn page(&self, after: Option<NodeId>, limit: usize) -> Found<NodeId, NodeId> {
        let from = after.map_or(0, |after| self.ids.partition_point(|id| *id <= after));
        let items: Vec<NodeId> = self.ids[from..].iter().take(limit).copied().collect();
        let next = items.last().copied().filter(|_| from.saturating_add(limit) < self.ids.len());
        Found { items, next }
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.ids.len()
    }
}
