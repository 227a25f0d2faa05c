//! The real clock and the real randomness: the only place that reads them.

use std::time::Duration;

use jiff::{Timestamp, Unit};
use kernel::{Clock, Entropy};
use rustix::time::{ClockId, clock_gettime};

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

    fn elapsed(&self) -> Duration {
        // Counts on while the machine sleeps, unlike `Instant`: what is in memory grows old then too.
        let since = clock_gettime(ClockId::Boottime);
        let nanos = u32::try_from(since.tv_nsec).unwrap_or(0);
        Duration::new(since.tv_sec.unsigned_abs(), nanos)
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
