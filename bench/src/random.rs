//! Numbers that depend on the seed alone.

use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// A source of numbers.
#[derive(Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The same seed, the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u32) -> u32 {
        // The upper half of a product: as even as a remainder, and without a division.
        ((u64::from(self.0.next_u32()) * u64::from(end.max(1))) >> 32) as u32
    }

    /// Whether one of `times` tries succeeds.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of these; there is at least one.
    pub fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(count(all)) as usize]
    }
}

/// How many there are: worlds have fewer than 2^32 of everything.
pub fn count<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}
