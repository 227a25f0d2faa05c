//! Clocks for tests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;

/// A clock that stands still until it is told to move. Clones share the time. What measures the age of things
/// ([`Clock::elapsed`]) goes on all the same.
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<Mutex<Timestamp>>, Instant);

impl FixedClock {
    /// Stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)), started())
    }

    /// Moves on by `duration`; a negative one moves back.
    ///
    /// # Panics
    /// Beyond the years that [`Timestamp`] knows (-9999 to 9999).
    pub fn advance(&self, duration: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += duration;
    }

    /// Moves to `now`.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Default for FixedClock {
    /// Stands at 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Timestamp::constant(1_767_225_600, 0))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        self.1.elapsed()
    }
}

/// The machine's clock, cut to microseconds as the trait asks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(started())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that others are handed")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that others are handed")]
fn started() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_still_and_moves_with_its_clones() {
        let clock = FixedClock::default();
        let same = clock.clone();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(clock.now(), clock.now());
        same.advance(SignedDuration::from_mins(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T01:30:00Z");
        clock.advance(SignedDuration::from_mins(-30));
        assert_eq!(same.now().to_string(), "2026-01-01T01:00:00Z");
        same.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn the_real_one_has_microseconds() {
        assert_eq!(SystemClock::default().now().subsec_nanosecond() % 1000, 0);
        assert!(SystemClock::default().now() > FixedClock::default().now());
    }
}
