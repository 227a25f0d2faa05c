//! The real clock and the real randomness: the only place that reads them.

use jiff::{Timestamp, Unit};
use kernel::{Clock, Entropy};

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the Clock that everything else asks"
        )]
        let now = Timestamp::now();
        // As much as the database keeps, so that a moment is the same before and after it was stored.
        let micros = now.as_microsecond();
        Timestamp::from_microsecond(micros)
            .unwrap_or_else(|_| now.round(Unit::Second).unwrap_or(now))
    }
}

/// The random generator of the cryptographic library, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if aws_lc_rs::rand::fill(bytes).is_err() {
            // Nothing that follows could be trusted.
            std::process::abort();
        }
    }
}
