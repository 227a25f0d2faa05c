//! The connections as they were written.

use crate::sorted::Sorted;

/// A relation that can be asked from both sides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relation {
    forward: Sorted<(u32, u32), ()>,
    backward: Sorted<(u32, u32), ()>,
}

impl Relation {
    /// Puts in all of these, which are sorted, into an empty one.
    pub(crate) fn fill(&mut self, pairs: &[(u32, u32)]) {
        let mut backward: Vec<_> = pairs.iter().map(|(left, right)| (*right, *left)).collect();
        backward.sort_unstable();
        self.forward = Sorted::of_keys(pairs.iter().copied());
        self.backward = Sorted::of_keys(backward.into_iter());
    }

    /// Whether it was not there.
    pub(crate) fn insert(&mut self, left: u32, right: u32) -> bool {
        let is_new = self.forward.insert((left, right), ()).is_none();
        if is_new {
            self.backward.insert((right, left), ());
        }
        is_new
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, left: u32, right: u32) -> bool {
        let was_there = self.forward.remove(&(left, right)).is_some();
        if was_there {
            self.backward.remove(&(right, left));
        }
        was_there
    }

    /// The right sides of `left`, ascending.
    pub(crate) fn rights(&self, left: u32) -> impl Iterator<Item = u32> + '_ {
        self.forward.of(left)
    }

    /// The left sides of `right`, ascending.
    pub(crate) fn lefts(&self, right: u32) -> impl Iterator<Item = u32> + '_ {
        self.backward.of(right)
    }

    pub(crate) fn count_rights(&self, left: u32) -> usize {
        self.forward.count_of(left)
    }

    pub(crate) fn count_lefts(&self, right: u32) -> usize {
        self.backward.count_of(right)
    }

    /// Every left side, once, ascending.
    pub(crate) fn all_lefts(&self) -> impl Iterator<Item = u32> + '_ {
        let mut last = None;
        let lefts = self.forward.iter().map(|((left, _), ())| *left);
        lefts.filter(move |left| last.replace(*left) != Some(*left))
    }

    /// Every right side, once, ascending.
    pub(crate) fn all_rights(&self) -> impl Iterator<Item = u32> + '_ {
        let mut last = None;
        let rights = self.backward.iter().map(|((right, _), ())| *right);
        rights.filter(move |right| last.replace(*right) != Some(*right))
    }
}

/// Connections: those that are inherited, and those between realms, which share sign-in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// From, to.
    pub(crate) inherited: Relation,
    /// From realm, to realm.
    pub(crate) sharing: Relation,
}
