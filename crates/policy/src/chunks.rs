//! A growing table, numbered from 0, that is cheap to copy: a copy shares its chunks, and a write copies the one
//! chunk it lands in.

use std::{ops::Index, sync::Arc};

const LEAF: usize = 128;
const BRANCH: usize = 128 * LEAF;

/// The leaves of a branch: those in use full, the last one filled up with rows that nobody reads; the rest empty.
type Leaves<T> = [Arc<[T]>];

/// A table of rows.
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    chunks: Arc<Vec<Arc<Leaves<T>>>>,
    len: usize,
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Self {
        Self { chunks: Arc::clone(&self.chunks), len: self.len }
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Arc::default(), len: 0 }
    }
}

impl<T: Clone + Default> Chunks<T> {
    /// Adds a row and gives its number.
    pub(crate) fn push(&mut self, row: T) -> u32 {
        let at = self.len;
        let Ok(number) = u32::try_from(at) else {
            unreachable!("INVARIANT: fewer than 2^32 rows fit the memory of a process")
        };
        let branches = Arc::make_mut(&mut self.chunks);
        if at.is_multiple_of(BRANCH) {
            branches.push(vec![Arc::default(); BRANCH / LEAF].into());
        }
        let leaves = Arc::make_mut(&mut branches[at / BRANCH]);
        if at.is_multiple_of(LEAF) {
            leaves[at % BRANCH / LEAF] = vec![T::default(); LEAF].into();
        }
        Arc::make_mut(&mut leaves[at % BRANCH / LEAF])[at % LEAF] = row;
        self.len += 1;
        number
    }

    /// The row to write to.
    pub(crate) fn row_mut(&mut self, number: u32) -> &mut T {
        let at = number as usize;
        let leaves = Arc::make_mut(&mut Arc::make_mut(&mut self.chunks)[at / BRANCH]);
        &mut Arc::make_mut(&mut leaves[at % BRANCH / LEAF])[at % LEAF]
    }
}

impl<T> Index<u32> for Chunks<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        let at = number as usize;
        &self.chunks[at / BRANCH][at % BRANCH / LEAF][at % LEAF]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut table = Chunks::default();
        for i in 0..40_000_u32 {
            assert_eq!(table.push(i), i);
        }
        let copy = table.clone();
        *table.row_mut(20_000) = 7;
        table.push(8);
        assert_eq!((copy[20_000], table[20_000], table[40_000]), (20_000, 7, 8));
        assert!((0..40_000).all(|i| copy[i] == i));
    }
}
