//! Randomness for tests.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::Entropy;
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

/// The same bytes for the same seed, in the order of the calls. Clones share the stream.
#[derive(Clone, Debug)]
pub struct SeededEntropy(Arc<Mutex<ChaCha12Rng>>);

impl SeededEntropy {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed))))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// Unpredictable bytes, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(entropy: &dyn Entropy) -> [u8; 16] {
        entropy.bytes()
    }

    #[test]
    fn a_seed_repeats_its_stream() {
        let (one, same, other) =
            (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        let first = draw(&one);
        assert_eq!(first, draw(&same));
        assert_ne!(first, draw(&other));
        assert_ne!(first, draw(&one.clone()), "a clone goes on where the other stopped");
    }

    #[test]
    fn the_real_one_does_not_repeat() {
        assert_ne!(draw(&OsEntropy), draw(&OsEntropy));
    }
}
