//! Users, service accounts and groups with all that a decision reads of them, side by side: their state, their groups,
//! and their assignments with the labels they span. All of it follows from what is stored elsewhere and is kept up to
//! date with each change.

use std::sync::Arc;

use kernel::NodeId;

use crate::{
    assignments::AssignmentRow,
    change::{Labelled, Lock, Membership, Subject, SubjectKind},
    chunks::Chunks,
    forest::{Forest, LABEL_END},
    ids::Ids,
    snapshot::Snapshot,
    sorted::Sorted,
};

const NO_REALM: u32 = u32::MAX;
const FIRST_SLOTS: usize = 2;

/// A user, service account or group.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    id: NodeId,
    pub(crate) node: u32,
    realm: u32,
    /// Of a user or service account: who it is.
    pub(crate) subject: Option<Known>,
    /// Whether there is more to look at before its rules count: it is, or may be, switched off, or is a superuser.
    pub(crate) watched: bool,
    count: u32,
    /// Of a subject: the groups it is in, by their numbers here; of a group: all groups above it, nested.
    groups: Arc<[u32]>,
    /// Its own assignments, in no order, and behind them slots for more.
    held: Arc<[Held]>,
}

/// A user or service account.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) kind: SubjectKind,
    pub(crate) whole: Arc<Subject>,
}

/// An assignment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    pub(crate) span: Span,
    pub(crate) role: u32,
    pub(crate) assignment: u32,
    /// Whether it expires or has a condition.
    pub(crate) limited: bool,
}

/// The labels of a node and of all below it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    from: i64,
    width: u64,
}

impl Span {
    /// Of this node; `$global` is above everything.
    pub(crate) fn of(forest: &Forest, node: u32) -> Self {
        if forest.is_global(node) {
            return Self { from: 0, width: LABEL_END.unsigned_abs() };
        }
        let row = forest.row(node);
        Self { from: row.label, width: row.end.abs_diff(row.label) }
    }

    /// Whether the label is in it.
    pub(crate) fn has(self, label: i64) -> bool {
        // Below the start the difference wraps around to a number that is larger than every width.
        label.wrapping_sub(self.from).cast_unsigned() < self.width
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holders {
    rows: Chunks<Holder>,
    /// Users and service accounts.
    subjects: Ids,
    /// All, by the number of their node.
    by_node: Sorted<u32, u32>,
    anonymous: Arc<[u32]>,
    authenticated: Arc<[u32]>,
    /// The computed groups of each realm, in the order of `realm_numbers`.
    of_realm: Chunks<Arc<[u32]>>,
    realm_numbers: Sorted<u32, u32>,
}

impl Default for Holder {
    fn default() -> Self {
        Self {
            id: NodeId::GLOBAL,
            node: u32::MAX,
            realm: NO_REALM,
            subject: None,
            watched: true,
            count: 0,
            groups: Arc::default(),
            held: Arc::default(),
        }
    }
}

impl Holder {
    /// Its own assignments.
    pub(crate) fn held(&self) -> &[Held] {
        &self.held[..self.count as usize]
    }

    fn push(&mut self, held: Held) {
        let count = self.count as usize;
        if count == self.held.len() {
            let mut larger = vec![Held::default(); (count * 2).max(FIRST_SLOTS)];
            larger[..count].copy_from_slice(&self.held);
            self.held = larger.into();
        }
        Arc::make_mut(&mut self.held)[count] = held;
        self.count += 1;
    }

    fn remove(&mut self, assignment: u32) {
        let Some(at) = self.position(assignment) else { return };
        let last = self.count as usize - 1;
        Arc::make_mut(&mut self.held).swap(at, last);
        self.count -= 1;
    }

    fn position(&self, assignment: u32) -> Option<usize> {
        self.held().iter().position(|held| held.assignment == assignment)
    }
}

impl Holders {
    /// The user or service account of this id, and its number.
    pub(crate) fn find(&self, id: NodeId) -> Option<(u32, &Holder)> {
        let number = self.subjects.find(id, |number| self.rows[number].id == id)?;
        Some((number, &self.rows[number]))
    }

    pub(crate) fn row(&self, number: u32) -> &Holder {
        &self.rows[number]
    }

    /// The groups of nobody; nested ones are with each.
    pub(crate) fn of_nobody(&self) -> &[u32] {
        &self.anonymous
    }

    /// The groups of a user or service account, listed and computed; nested ones are with each.
    pub(crate) fn groups<'a>(&'a self, holder: &'a Holder) -> [&'a [u32]; 3] {
        let of_realm: &[u32] =
            if holder.realm == NO_REALM { &[] } else { &self.of_realm[holder.realm] };
        [&holder.groups, &self.authenticated, of_realm]
    }

    /// The groups above a group, nested ones included.
    pub(crate) fn above<'a>(&self, group: &'a Holder) -> &'a [u32] {
        &group.groups
    }

    fn number(&self, node: u32) -> Option<u32> {
        self.by_node.get(&node).copied()
    }

    fn make(&mut self, id: NodeId, node: u32) -> u32 {
        if let Some(number) = self.number(node) {
            return number;
        }
        let number = self.rows.push(Holder { id, node, ..Holder::default() });
        self.by_node.insert(node, number);
        number
    }

    pub(crate) fn save_subject(&mut self, node: u32, realm: Option<u32>, subject: &Arc<Subject>) {
        let is_new = self.number(node).is_none();
        let number = self.make(subject.id, node);
        if is_new {
            self.subjects.insert(subject.id, number);
        }
        let realm = realm.map_or(NO_REALM, |realm| self.realm(realm));
        let row = self.rows.row_mut(number);
        row.realm = realm;
        row.watched = subject.superuser
            || subject.disabled
            || subject.lock != Lock::None
            || subject.expires_at.is_some();
        row.subject = Some(Known { kind: subject.kind, whole: Arc::clone(subject) });
    }

    pub(crate) fn delete_subject(&mut self, node: u32) {
        if let Some(number) = self.by_node.remove(&node) {
            self.subjects.remove(self.rows[number].id, number);
            *self.rows.row_mut(number) = Holder::default();
        }
    }

    /// A group, whose membership was another or none before.
    pub(crate) fn save_group(
        &mut self,
        forest: &Forest,
        node: u32,
        former: Option<Membership>,
        membership: Membership,
    ) {
        let number = self.make(forest.id(node), node);
        if let Some(list) = former.and_then(|former| self.computed(forest, former)) {
            *list = list.iter().copied().filter(|group| *group != number).collect();
        }
        if let Some(list) = self.computed(forest, membership) {
            *list = list.iter().copied().chain([number]).collect();
        }
    }

    pub(crate) fn delete_group(&mut self, forest: &Forest, node: u32, former: Membership) {
        if let Some(number) = self.by_node.remove(&node) {
            if let Some(list) = self.computed(forest, former) {
                *list = list.iter().copied().filter(|group| *group != number).collect();
            }
            *self.rows.row_mut(number) = Holder::default();
        }
    }

    /// The list in which such a group is.
    fn computed(&mut self, forest: &Forest, membership: Membership) -> Option<&mut Arc<[u32]>> {
        match membership {
            Membership::Listed => None,
            Membership::Anonymous => Some(&mut self.anonymous),
            Membership::Authenticated { realm: None } => Some(&mut self.authenticated),
            Membership::Authenticated { realm: Some(realm) } => {
                let number = self.realm(forest.find(realm)?);
                Some(self.of_realm.row_mut(number))
            }
        }
    }

    fn realm(&mut self, node: u32) -> u32 {
        if let Some(number) = self.realm_numbers.get(&node) {
            return *number;
        }
        let number = self.of_realm.push(Arc::default());
        self.realm_numbers.insert(node, number);
        number
    }

    /// Sets the groups of a subject or group.
    fn set_groups(&mut self, node: u32, groups: impl Iterator<Item = u32>) {
        let groups = groups.filter_map(|group| self.number(group)).collect();
        if let Some(number) = self.number(node) {
            self.rows.row_mut(number).groups = groups;
        }
    }

    pub(crate) fn add_assignment(&mut self, forest: &Forest, number: u32, row: &AssignmentRow) {
        if let Some(holder) = self.number(row.subject) {
            let held = Held {
                span: Span::of(forest, row.node),
                role: row.role,
                assignment: number,
                limited: row.when.is_some() || row.assignment.expires_at.is_some(),
            };
            self.rows.row_mut(holder).push(held);
        }
    }

    pub(crate) fn remove_assignment(&mut self, number: u32, row: &AssignmentRow) {
        if let Some(holder) = self.number(row.subject) {
            self.rows.row_mut(holder).remove(number);
        }
    }

    fn respan(&mut self, subject: u32, assignment: u32, span: Span) {
        let Some(number) = self.number(subject) else { return };
        if let Some(at) = self.rows[number].position(assignment) {
            let row = self.rows.row_mut(number);
            Arc::make_mut(&mut row.held)[at].span = span;
        }
    }
}

impl Snapshot {
    /// After the member came into a group, or left one.
    pub(crate) fn refresh_groups(&mut self, member: u32) {
        if self.people.subjects.has(&member) {
            self.holders.set_groups(member, self.people.members.lefts(member));
            return;
        }
        for group in self.people.downwards(member) {
            let above = self.people.upwards([group].into_iter());
            self.holders.set_groups(group, above.into_iter().filter(|other| *other != group));
        }
    }

    /// After nodes got other labels.
    pub(crate) fn refresh_spans(&mut self, labels: &[Labelled]) {
        for node in labels.iter().filter_map(|labelled| self.forest.find(labelled.id)) {
            let span = Span::of(&self.forest, node);
            for number in self.assignments.by_node.of(node) {
                if let Some(row) = self.assignments.row(number) {
                    self.holders.respan(row.subject, number, span);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_first_label_and_not_its_end() {
        let span = Span { from: 5, width: 3 };
        let found: Vec<i64> = (0..12).filter(|label| span.has(*label)).collect();
        assert_eq!(found, [5, 6, 7]);
        assert!(!Span::default().has(0) && !span.has(i64::MAX) && !span.has(i64::MIN));
    }

    #[test]
    fn assignments_come_and_go() {
        let mut holder = Holder::default();
        (0..5).for_each(|assignment| holder.push(Held { assignment, ..Held::default() }));
        let copy = holder.clone();
        [1, 4, 9].into_iter().for_each(|assignment| holder.remove(assignment));
        let mut left: Vec<u32> = holder.held().iter().map(|held| held.assignment).collect();
        left.sort_unstable();
        assert_eq!((left, copy.held().len()), (vec![0, 2, 3], 5));
    }
}
