//! Users, service accounts and groups with all that a decision reads of them, side by side: their state, their groups,
//! and their assignments with the labels they span. All of it follows from what is stored elsewhere and is kept up to
//! date with each change.
//!
//! A row is two lines of the processor's cache: what a decision reads of a subject, and what it reads of each of its
//! groups too.

use std::sync::Arc;

use kernel::NodeId;

use crate::{
    assignments::AssignmentRow,
    change::{Labelled, Lock, Membership, Subject, SubjectKind},
    chunks::Chunks,
    forest::Forest,
    index::{Index, hash_of_id},
    snapshot::Snapshot,
    sorted::Sorted,
    span::Span,
};

const NO_REALM: u32 = u32::MAX;
/// So many groups, and so many assignments, are in the row itself.
const NEAR_GROUPS: usize = 8;
const NEAR_HELD: usize = 2;
/// So many more assignments are one step away; further ones two.
const MORE_HELD: usize = 6;

/// A user, service account or group.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Holder {
    id: NodeId,
    pub(crate) node: u32,
    realm: u32,
    /// Of a user or service account: which of the two.
    pub(crate) subject: Option<SubjectKind>,
    /// Whether there is more to look at before its rules count: it is, or may be, switched off, or is a superuser.
    pub(crate) watched: bool,
    near_groups: [u32; NEAR_GROUPS],
    // The second line starts here.
    near_held: [Held; NEAR_HELD],
    group_count: u32,
    held_count: u32,
    far: Option<Arc<Far>>,
}

/// What the row has no room for.
#[derive(Debug, Clone, Default)]
struct Far {
    more_held: [Held; MORE_HELD],
    rest_held: Vec<Held>,
    /// All groups, if they are more than the row has room for.
    groups: Vec<u32>,
}

/// An assignment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    pub(crate) span: Span,
    pub(crate) role: u32,
    /// Its number, and above that whether it expires or has a condition.
    assignment: u32,
}

/// The bit of [`Held::assignment`] that tells whether it is limited.
const LIMITED: u32 = 1 << 31;

impl Held {
    pub(crate) fn assignment(&self) -> u32 {
        self.assignment & !LIMITED
    }

    /// Whether it expires or has a condition.
    pub(crate) fn is_limited(&self) -> bool {
        self.assignment & LIMITED != 0
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holders {
    rows: Chunks<Holder>,
    /// Users and service accounts.
    subjects: Index,
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
            near_groups: [0; NEAR_GROUPS],
            near_held: [Held::default(); NEAR_HELD],
            group_count: 0,
            held_count: 0,
            far: None,
        }
    }
}

impl Holder {
    /// Its own assignments, in no order.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Held> {
        let places = self.near_held.iter().chain(self.far_held().into_iter().flatten());
        places.take(self.held_count as usize)
    }

    /// The places for assignments in the row; a free one spans nothing.
    pub(crate) fn near_held(&self) -> &[Held; NEAR_HELD] {
        &self.near_held
    }

    /// The places outside of the row; a free one spans nothing.
    pub(crate) fn far_held(&self) -> [&[Held]; 2] {
        self.far.as_ref().map_or([&[], &[]], |far| [&far.more_held, &far.rest_held])
    }

    /// Of a subject: the groups it is in, by their numbers here; of a group: all groups above it, nested.
    pub(crate) fn groups(&self) -> &[u32] {
        let count = self.group_count as usize;
        match &self.far {
            Some(far) if count > NEAR_GROUPS => &far.groups,
            _ => &self.near_groups[..NEAR_GROUPS.min(count)],
        }
    }

    /// Reads what is in it.
    pub(crate) fn touch(&self) -> u32 {
        self.node ^ self.held_count
    }

    /// Reads what it has no room for.
    pub(crate) fn touch_far(&self) -> u32 {
        self.far.as_ref().map_or(0, |far| far.more_held[0].role ^ far.more_held[3].role)
    }

    fn set_groups(&mut self, groups: &[u32]) {
        self.group_count = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        let near: &[u32] = if groups.len() > NEAR_GROUPS { &[] } else { groups };
        self.near_groups[..near.len()].copy_from_slice(near);
        if groups.len() > NEAR_GROUPS {
            self.far_mut().groups = groups.to_vec();
        } else if let Some(far) = &mut self.far {
            Arc::make_mut(far).groups = Vec::new();
        }
        self.drop_far();
    }

    fn push(&mut self, held: Held) {
        let at = self.held_count as usize;
        self.held_count += 1;
        if at < NEAR_HELD {
            self.near_held[at] = held;
        } else if let Some(place) = self.far_mut().more_held.get_mut(at - NEAR_HELD) {
            *place = held;
        } else {
            self.far_mut().rest_held.push(held);
        }
    }

    /// Takes an assignment out; the last one comes in its place.
    fn remove(&mut self, assignment: u32) {
        let Some(at) = self.position(assignment) else { return };
        let last = self.pop();
        if at < self.held_count as usize
            && let Some(place) = self.place_mut(at)
        {
            *place = last;
        }
        self.drop_far();
    }

    fn position(&self, assignment: u32) -> Option<usize> {
        self.held().map(Held::assignment).position(|other| other == assignment)
    }

    /// Takes the last assignment out.
    fn pop(&mut self) -> Held {
        self.held_count -= 1;
        let last = self.held_count as usize;
        let last = match &mut self.far {
            Some(far) if last >= NEAR_HELD + MORE_HELD => Arc::make_mut(far).rest_held.pop(),
            _ => self.place_mut(last).map(std::mem::take),
        };
        last.unwrap_or_default()
    }

    fn place_mut(&mut self, at: usize) -> Option<&mut Held> {
        if at < NEAR_HELD {
            return self.near_held.get_mut(at);
        }
        let far = Arc::make_mut(self.far.as_mut()?);
        far.more_held.iter_mut().chain(&mut far.rest_held).nth(at - NEAR_HELD)
    }

    /// The assignment to write to.
    fn find_mut(&mut self, assignment: u32) -> Option<&mut Held> {
        let at = self.position(assignment)?;
        self.place_mut(at)
    }

    fn far_mut(&mut self) -> &mut Far {
        Arc::make_mut(self.far.get_or_insert_default())
    }

    fn drop_far(&mut self) {
        let holds_far = self.held_count as usize > NEAR_HELD;
        if self.far.as_ref().is_some_and(|far| far.groups.is_empty() && !holds_far) {
            self.far = None;
        }
    }
}

impl Holders {
    /// The number of the user or service account of this id.
    pub(crate) fn find(&self, id: NodeId) -> Option<u32> {
        self.subjects.find(hash_of_id(id), |number| self.rows[number].id == id)
    }

    /// Where those of these ids are looked for.
    pub(crate) fn subjects(&self) -> &Index {
        &self.subjects
    }

    /// The number of the user or service account of this id, which is likely this one.
    pub(crate) fn confirm(&self, id: NodeId, likely: Option<u32>) -> Option<u32> {
        likely.filter(|number| self.rows[*number].id == id).or_else(|| self.find(id))
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
        [holder.groups(), &self.authenticated, of_realm]
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

    pub(crate) fn save_subject(&mut self, node: u32, realm: Option<u32>, subject: &Subject) {
        let is_new = self.number(node).is_none();
        let number = self.make(subject.id, node);
        if is_new {
            let rows = &self.rows;
            let hash_of = |number: u32| hash_of_id(rows[number].id);
            self.subjects.insert(hash_of_id(subject.id), number, hash_of);
        }
        let realm = realm.map_or(NO_REALM, |realm| self.realm(realm));
        let row = self.rows.row_mut(number);
        row.realm = realm;
        row.watched = subject.superuser
            || subject.disabled
            || subject.lock != Lock::None
            || subject.expires_at.is_some();
        row.subject = Some(subject.kind);
    }

    pub(crate) fn delete_subject(&mut self, node: u32) {
        if let Some(number) = self.by_node.remove(&node) {
            let rows = &self.rows;
            let hash_of = |number: u32| hash_of_id(rows[number].id);
            self.subjects.remove(hash_of(number), number, hash_of);
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
        let groups: Vec<u32> = groups.filter_map(|group| self.number(group)).collect();
        if let Some(number) = self.number(node) {
            self.rows.row_mut(number).set_groups(&groups);
        }
    }

    pub(crate) fn add_assignment(&mut self, forest: &Forest, number: u32, row: &AssignmentRow) {
        if let Some(holder) = self.number(row.subject) {
            let limited = row.when.is_some() || row.assignment.expires_at.is_some();
            let assignment = if limited { number | LIMITED } else { number };
            let held = Held { span: Span::of(forest, row.node), role: row.role, assignment };
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
        if let Some(held) = self.rows.row_mut(number).find_mut(assignment) {
            held.span = span;
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
            self.refresh_groups_above(group);
        }
    }

    /// After a group came into another, or left one.
    pub(crate) fn refresh_groups_above(&mut self, group: u32) {
        let above = self.people.upwards([group].into_iter());
        self.holders.set_groups(group, above.into_iter().filter(|other| *other != group));
    }

    /// After nodes got other labels.
    pub(crate) fn refresh_labels(&mut self, labels: &[Labelled]) {
        for node in labels.iter().filter_map(|labelled| self.forest.find(labelled.id)) {
            self.lists.relabel(node, self.forest.row(node).label);
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
    fn a_row_is_two_lines() {
        assert_eq!((size_of::<Holder>(), std::mem::offset_of!(Holder, near_held)), (128, 64));
    }

    #[test]
    fn assignments_come_and_go() {
        let held = |holder: &Holder| {
            let mut all: Vec<u32> = holder.held().map(Held::assignment).collect();
            all.sort_unstable();
            all
        };
        let mut holder = Holder::default();
        (0..5).for_each(|assignment| holder.push(Held { assignment, ..Held::default() }));
        let copy = holder.clone();
        [1, 4, 9].into_iter().for_each(|assignment| holder.remove(assignment));
        assert_eq!((held(&holder), held(&copy)), (vec![0, 2, 3], vec![0, 1, 2, 3, 4]));
        holder.push(Held { assignment: 7 | LIMITED, ..Held::default() });
        assert_eq!(holder.find_mut(7).map(|held| held.is_limited()), Some(true));
        [0, 3, 7, 2, 2].into_iter().for_each(|assignment| holder.remove(assignment));
        assert!(held(&holder).is_empty() && holder.far.is_none());
    }

    /// Fewer than are in the row, than are one step away, and more.
    #[test]
    fn what_is_not_held_spans_nothing() {
        for (count, first) in (0..12).flat_map(|count| (0..count).map(move |first| (count, first)))
        {
            let mut holder = Holder::default();
            let held = |assignment| Held { span: Span::ALL, assignment, ..Held::default() };
            (0..count).for_each(|assignment| holder.push(held(assignment)));
            for left in (0..count).rev() {
                let removed = (first + left) % count;
                holder.remove(removed);
                let places =
                    holder.near_held().iter().chain(holder.far_held().into_iter().flatten());
                let spanning = places.filter(|held| held.span.has(0));
                let spanning: Vec<u32> = spanning.map(Held::assignment).collect();
                assert_eq!(spanning, holder.held().map(Held::assignment).collect::<Vec<_>>());
                assert_eq!(spanning.len(), left as usize);
                assert!(!spanning.contains(&removed));
            }
        }
    }

    #[test]
    fn groups_come_and_go() {
        let mut holder = Holder::default();
        for count in [3, 8, 9, 20, 8, 0, 12, 1] {
            let groups: Vec<u32> = (0..count).collect();
            holder.set_groups(&groups);
            assert_eq!(holder.groups(), groups);
        }
        assert!(holder.far.is_none());
    }
}
