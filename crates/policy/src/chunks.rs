//! A growing table, numbered from 0, that is cheap to copy: a copy shares its leaves, and a write copies the one leaf
//! it lands in. Two steps lead to a leaf; how many rows a leaf has is a trade between short ways (large leaves, so few
//! that the steps stay in the processor's cache) and cheap writes.

use std::{array, ops::Index, sync::Arc};

const FAN: usize = 128;

/// Every leaf is full of rows; those that nobody pushed yet are read by nobody.
type Leaf<T, const LEAF: usize> = Arc<[T; LEAF]>;

/// A table of rows, `LEAF` to a leaf.
#[derive(Debug)]
pub(crate) struct Chunks<T, const LEAF: usize = 128> {
    branches: Arc<Vec<Arc<[Leaf<T, LEAF>; FAN]>>>,
    len: usize,
}

impl<T, const LEAF: usize> Clone for Chunks<T, LEAF> {
    fn clone(&self) -> Self {
        Self { branches: Arc::clone(&self.branches), len: self.len }
    }
}

impl<T, const LEAF: usize> Default for Chunks<T, LEAF> {
    fn default() -> Self {
        Self { branches: Arc::default(), len: 0 }
    }
}

impl<T, const LEAF: usize> Chunks<T, LEAF> {
    /// How many rows were pushed.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl<T: Clone + Default, const LEAF: usize> Chunks<T, LEAF> {
    /// Adds a row and gives its number.
    pub(crate) fn push(&mut self, row: T) -> u32 {
        let Ok(number) = u32::try_from(self.len) else {
            unreachable!("INVARIANT: fewer than 2^32 rows fit the memory of a process")
        };
        if self.len.is_multiple_of(LEAF * FAN) {
            // All leaves of the branch are one until they are written to.
            let leaf: Leaf<T, LEAF> = Arc::new(array::from_fn(|_| T::default()));
            let leaves = array::from_fn(|_| Arc::clone(&leaf));
            Arc::make_mut(&mut self.branches).push(Arc::new(leaves));
        }
        self.len += 1;
        *self.row_mut(number) = row;
        number
    }

    /// The row to write to.
    pub(crate) fn row_mut(&mut self, number: u32) -> &mut T {
        let at = number as usize;
        let leaves = Arc::make_mut(&mut Arc::make_mut(&mut self.branches)[at / LEAF / FAN]);
        &mut Arc::make_mut(&mut leaves[at / LEAF % FAN])[at % LEAF]
    }
}

impl<T, const LEAF: usize> Index<u32> for Chunks<T, LEAF> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        let at = number as usize;
        &self.branches[at / LEAF / FAN][at / LEAF % FAN][at % LEAF]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut table: Chunks<u32> = Chunks::default();
        for i in 0..40_000_u32 {
            assert_eq!(table.push(i), i);
        }
        let copy = table.clone();
        *table.row_mut(20_000) = 7;
        table.push(8);
        assert_eq!((copy[20_000], table[20_000], table[40_000]), (20_000, 7, 8));
        assert_eq!((copy.len(), table.len()), (40_000, 40_001));
        assert!((0..40_000).all(|i| copy[i] == i));
    }
}
