//! Time and randomness. The binary reads them; everything else is handed them.

use std::time::Duration;

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, with microseconds.
    fn now(&self) -> Timestamp;

    /// Time since some moment, the same for the life of the process. It never goes back and makes no leaps when the clock
    /// is set; for measuring how old something in memory is.
    fn elapsed(&self) -> Duration;
}

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the whole of `bytes`. An implementation that cannot must end the process rather than return.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` unpredictable bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
