//! For each left side a few right sides, at hand as one slice: what a decision reads over and over.

use std::sync::Arc;

use crate::sorted::Sorted;

/// Right sides by left side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Many {
    by_left: Sorted<u32, Arc<Vec<u32>>>,
}

impl Many {
    /// Of pairs that are sorted, each once.
    pub(crate) fn of_sorted(pairs: &[(u32, u32)]) -> Self {
        let each = pairs.chunk_by(|a, b| a.0 == b.0).map(|pairs| {
            let rights = pairs.iter().map(|(_, right)| *right).collect();
            (pairs[0].0, Arc::new(rights))
        });
        Self { by_left: Sorted::of_sorted(&each.collect::<Vec<_>>()) }
    }

    /// The right sides of `left`, ascending.
    pub(crate) fn of(&self, left: u32) -> &[u32] {
        self.by_left.get(&left).map_or(&[], |rights| rights)
    }

    /// Whether it was not there.
    pub(crate) fn insert(&mut self, left: u32, right: u32) -> bool {
        let Some(rights) = self.by_left.get_mut(&left) else {
            self.by_left.insert(left, Arc::new(vec![right]));
            return true;
        };
        match rights.binary_search(&right) {
            Ok(_) => false,
            Err(at) => {
                Arc::make_mut(rights).insert(at, right);
                true
            }
        }
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, left: u32, right: u32) -> bool {
        let Some(rights) = self.by_left.get_mut(&left) else { return false };
        let Ok(at) = rights.binary_search(&right) else { return false };
        if rights.len() == 1 {
            self.by_left.remove(&left);
        } else {
            Arc::make_mut(rights).remove(at);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_pairs_come_at_once() {
        let pairs = [(1, 3), (1, 9), (2, 3)];
        let mut many = Many::of_sorted(&pairs);
        assert_eq!((many.of(1), many.of(2), many.of(3)), (&[3, 9][..], &[3][..], &[][..]));
        assert!(many.insert(3, 1) && !many.insert(1, 9) && many.remove(2, 3));
        assert!(many.of(2).is_empty() && Many::of_sorted(&[]).of(1).is_empty());
    }

    #[test]
    fn right_sides_are_sorted_and_there_once() {
        let mut many = Many::default();
        let added = [(1, 9), (1, 3), (2, 3), (1, 9)].map(|(l, r)| many.insert(l, r));
        assert_eq!(added, [true, true, true, false]);
        assert_eq!((many.of(1), many.of(2), many.of(3)), (&[3, 9][..], &[3][..], &[][..]));
        let copy = many.clone();
        let removed = [(2, 3), (2, 3), (1, 4), (1, 3)].map(|(l, r)| many.remove(l, r));
        assert_eq!(removed, [true, false, false, true]);
        assert_eq!((many.of(1), copy.of(1)), (&[9][..], &[3, 9][..]));
    }
}
