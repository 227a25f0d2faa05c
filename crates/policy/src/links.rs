//! The connections as they were written.

use crate::{many::Many, sorted::Sorted};

/// A relation that can be asked from both sides: a left side may have very many right sides, a right side has few left
/// ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relation {
    forward: Sorted<(u32, u32), ()>,
    backward: Many,
}

impl Relation {
    /// Whether it was not there.
    pub(crate) fn insert(&mut self, left: u32, right: u32) -> bool {
        self.backward.insert(right, left) && self.forward.insert((left, right), ()).is_none()
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, left: u32, right: u32) -> bool {
        self.backward.remove(right, left) && self.forward.remove(&(left, right)).is_some()
    }

    /// The right sides of `left`, ascending.
    pub(crate) fn rights(&self, left: u32) -> impl Iterator<Item = u32> + '_ {
        self.forward.of(left)
    }

    /// The left sides of `right`, ascending.
    pub(crate) fn lefts(&self, right: u32) -> impl Iterator<Item = u32> + '_ {
        self.backward.of(right).iter().copied()
    }

    pub(crate) fn count_rights(&self, left: u32) -> usize {
        self.forward.count_of(left)
    }

    pub(crate) fn count_lefts(&self, right: u32) -> usize {
        self.backward.of(right).len()
    }

    /// Every right side, once, ascending.
    pub(crate) fn all_rights(&self) -> impl Iterator<Item = u32> + '_ {
        self.backward.lefts()
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
