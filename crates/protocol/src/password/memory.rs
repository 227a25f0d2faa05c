//! The memory that Argon2id works in.

use std::{
    alloc::{Layout, handle_alloc_error},
    fmt,
};

use argon2::Block;

/// From this size on (33 MiB, in blocks of 1 KiB) allocators give what is freed back to the system: the limit of glibc
/// grows with what is freed, to 32 MiB at most. Smaller pieces it keeps and cuts up, so that the next hash needs new
/// memory, until several hashes' worth lies about.
const ALONE: usize = 33 * 1024;

/// The memory that hashing works in, 19 MiB at the usual cost. Kept from one hash to the next it saves a quarter of the
/// time. Give it back when nothing is to be hashed: it holds what was derived from a password.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl fmt::Debug for Memory {
    /// The size alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("kibibytes", &self.0.len()).finish()
    }
}

impl Memory {
    /// Gives it back to the system; the next hash asks for it anew.
    pub fn give_back(&mut self) {
        self.0 = Vec::new();
    }

    /// So many blocks, with whatever they hold.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        // A hash from elsewhere may have needed more: that is not kept.
        if self.0.len() != count {
            self.give_back();
            // What is reserved beyond the blocks is never touched, so it takes no memory.
            if self.0.try_reserve_exact(count.max(ALONE)).is_err() {
                // To go on would mean to answer without having looked.
                let layout = Layout::array::<Block>(count);
                handle_alloc_error(layout.unwrap_or(Layout::new::<Block>()))
            }
            self.0.resize(count, Block::new());
        }
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_for_the_same_size_alone() {
        let mut memory = Memory::default();
        memory.blocks(8)[0].as_mut()[0] = 7;
        assert_eq!(memory.blocks(8)[0].as_ref()[0], 7);
        assert_eq!(memory.blocks(16).len(), 16);
        assert_eq!(memory.blocks(8)[0].as_ref()[0], 0);
        memory.give_back();
        assert_eq!(memory.0.capacity(), 0);
    }
}
