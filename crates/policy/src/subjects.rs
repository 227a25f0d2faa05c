//! Who may do something at a node: from the nodes above it, through what is assigned there, down through groups.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::NodeId;

use crate::{
    assignments::AssignmentRow,
    change::{Membership, Subject, SubjectKind},
    matcher::Names,
    people::inactive,
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
        let Some(node) = snapshot.forest.find(search.node) else { return Self { ids: Vec::new() } };
        let holding = Holding::new(snapshot, search, node);
        let active = |subject: &Subject| inactive(subject, search.now).is_none();
        let sure = snapshot.subjects_in(&holding.allowed);
        let denied = snapshot.subjects_in(&holding.denied);
        let mut open = snapshot.subjects_in(&holding.maybe_allowed);
        open.extend(sure.iter().filter(|node| denied.binary_search(node).is_ok()));
        open.sort_unstable();
        let sure = sure.into_iter().filter(|node| open.binary_search(node).is_err());
        let superusers = snapshot.people.superusers.iter().map(|(node, ())| *node);
        let found = sure.chain(superusers).filter_map(|node| snapshot.people.subject(node));
        let mut ids: Vec<NodeId> = found.filter(|s| active(s)).map(|subject| subject.id).collect();
        for some in open.chunks(1024) {
            let some = some.iter().filter_map(|node| snapshot.people.subject(*node));
            ids.extend(snapshot.allowed_of(&some.collect::<Vec<_>>(), search));
        }
        ids.sort_unstable();
        ids.dedup();
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

/// Subjects and groups to whom something about the thing asked is assigned at or above the node.
#[derive(Debug, Default)]
struct Holding {
    /// Allowed whatever the conditions, if nothing denies it.
    allowed: BTreeSet<u32>,
    maybe_allowed: BTreeSet<u32>,
    /// Denied, or maybe.
    denied: BTreeSet<u32>,
}

/// What a role says of the thing asked, at the node.
#[derive(Debug, Clone, Copy, Default)]
struct Says {
    allows: bool,
    maybe_allows: bool,
    denies: bool,
}

impl Holding {
    fn new(snapshot: &Snapshot, search: &SubjectSearch<'_>, node: u32) -> Self {
        let (mut holding, mut known) = (Self::default(), BTreeMap::new());
        let numbers = snapshot.above(node).into_iter();
        for number in numbers.flat_map(|above| snapshot.assignments.by_node.of(above)) {
            let Some(row) = snapshot.assignments.row(number) else { continue };
            let says =
                known.entry(row.role).or_insert_with(|| snapshot.says(row.role, search, node));
            holding.add(row, *says, search.now);
        }
        holding
    }

    fn add(&mut self, row: &AssignmentRow, says: Says, now: Timestamp) {
        if row.has_expired(now) {
            return;
        }
        if says.denies {
            self.denied.insert(row.subject);
        }
        if says.allows && row.when.is_none() {
            self.allowed.insert(row.subject);
        } else if says.allows || says.maybe_allows {
            self.maybe_allowed.insert(row.subject);
        }
    }
}

impl Snapshot {
    /// Those of the subjects for whom it is allowed.
    fn allowed_of(&self, subjects: &[&Subject], search: &SubjectSearch<'_>) -> Vec<NodeId> {
        let SubjectSearch { permission, node, context, now } = *search;
        let who = |subject: &&Subject| match subject.kind {
            SubjectKind::User => Who::User(subject.id),
            SubjectKind::ServiceAccount => Who::ServiceAccount(subject.id),
        };
        let principals: Vec<Principal> = subjects.iter().map(who).map(Principal::new).collect();
        let permissions = std::slice::from_ref(permission);
        let question = |principal| Question { principal, permissions, node, context, now };
        let decisions = self.decide_all(&principals.iter().map(question).collect::<Vec<_>>());
        let answers = subjects.iter().zip(decisions);
        answers.filter(|(_, decision)| decision.is_allow()).map(|(subject, _)| subject.id).collect()
    }

    /// The node and all above it: those above it in the tree, and above each place where inheritance enters.
    fn above(&self, node: u32) -> BTreeSet<u32> {
        let entries = self.lists.get(self.forest.row(node).entries).iter().copied();
        let mut above: BTreeSet<u32> = self.forest.find(NodeId::GLOBAL).into_iter().collect();
        for place in entries.chain([node]) {
            above.extend(self.forest.upwards(place));
        }
        above
    }

    fn says(&self, role: u32, search: &SubjectSearch<'_>, node: u32) -> Says {
        let mut says = Says::default();
        let role = self.roles.row(role).filter(|role| self.reaches(role.owner, node));
        let names = Names::new(std::slice::from_ref(search.permission));
        for (_, rule) in role.iter().flat_map(|role| role.about(names)) {
            if !self.reaches(rule.owner, node) {
                continue;
            }
            match (rule.is_deny(), rule.when.is_none()) {
                (true, _) => says.denies = true,
                (false, true) => says.allows = true,
                (false, false) => says.maybe_allows = true,
            }
        }
        says
    }

    /// The users and service accounts among these, and in these groups, nested and computed: sorted by number, each
    /// once.
    fn subjects_in(&self, holders: &BTreeSet<u32>) -> Vec<u32> {
        let mut seen = holders.clone();
        let mut open: Vec<u32> = holders.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(holder) = open.pop() {
            match self.people.groups.get(&holder) {
                None => found.push(holder),
                Some(Membership::Anonymous) => {}
                Some(Membership::Authenticated { realm: None }) => {
                    return self.people.subjects.iter().map(|(node, _)| *node).collect();
                }
                Some(Membership::Authenticated { realm: Some(realm) }) => {
                    let realm = self.forest.find(*realm).into_iter();
                    let named = realm.flat_map(|realm| self.people.of_realm.of(realm));
                    found.extend(named.filter(|node| self.people.subjects.has(node)));
                }
                Some(Membership::Listed) => {
                    for member in self.people.members.rights(holder) {
                        if !self.people.groups.has(&member) {
                            found.push(member);
                        } else if seen.insert(member) {
                            open.push(member);
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
