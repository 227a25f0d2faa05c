//! How old what is in memory may be. A server alone on its database is always right; one of several is right as long as it
//! has looked at the head of the history a moment ago. Beyond that it answers nothing: it fails closed.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use kernel::{Clock, Problem, ProblemKind};
use tokio::sync::Notify;

/// A moment, by both ways to measure: the wall's clock may be set, the other may stand still while a machine is paused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    elapsed: Duration,
    wall: Timestamp,
}

impl Moment {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        Self { elapsed: clock.elapsed(), wall: clock.now() }
    }

    /// How long ago `earlier` was, by the one that says more.
    fn since(&self, earlier: &Self) -> Duration {
        let wall = Duration::try_from(self.wall.duration_since(earlier.wall)).unwrap_or_default();
        self.elapsed.saturating_sub(earlier.elapsed).max(wall)
    }
}

/// Whether memory may be asked.
#[derive(Debug, Default)]
pub struct Freshness {
    /// Set once others may write: how old memory may be, and when it was last known to be the head.
    limit: OnceLock<Duration>,
    looked: Mutex<Option<Moment>>,
    broken: OnceLock<String>,
    told: Notify,
}

impl Freshness {
    /// From now on others may write, and memory counts for `limit` after each look.
    pub(crate) fn demand(&self, limit: Duration) {
        // A second demand changes nothing: a server follows once.
        let _ = self.limit.set(limit);
    }

    /// Memory has seen all that was committed before this moment.
    pub(crate) fn looked(&self, at: Moment) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// How long ago memory was last known to be the head; none: never, or it need not be known.
    pub(crate) fn age(&self, now: Moment) -> Option<Duration> {
        let looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.map(|looked| now.since(&looked))
    }

    /// Memory cannot be right again: the process must end.
    pub(crate) fn fail(&self, reason: String) {
        // The first reason is the one to tell.
        if self.broken.set(reason).is_ok() {
            self.told.notify_waiters();
        }
    }

    /// Waits until the process must end, and says why.
    pub(crate) async fn broken(&self) -> String {
        loop {
            let told = self.told.notified();
            if let Some(reason) = self.broken.get() {
                return reason.clone();
            }
            told.await;
        }
    }

    /// 503 when memory is too old to be asked.
    pub(crate) fn check(&self, clock: &dyn Clock) -> Result<(), Problem> {
        if let Some(reason) = self.broken.get() {
            return Err(closed().with_cause(std::io::Error::other(reason.clone())));
        }
        let Some(limit) = self.limit.get() else { return Ok(()) };
        match self.age(Moment::of(clock)) {
            Some(age) if age <= *limit => Ok(()),
            _ => Err(closed()),
        }
    }
}

fn closed() -> Problem {
    let detail =
        "This server has lost sight of the database and answers nothing until it has caught up.";
    Problem::new(ProblemKind::Unavailable, detail).retry_after(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Told(Duration, Timestamp);

    impl Clock for Told {
        fn now(&self) -> Timestamp {
            self.1
        }

        fn elapsed(&self) -> Duration {
            self.0
        }
    }

    fn at(elapsed_ms: u64, wall_ms: i64) -> Told {
        Told(Duration::from_millis(elapsed_ms), Timestamp::from_millisecond(wall_ms).unwrap())
    }

    #[tokio::test]
    async fn who_is_alone_is_always_right_until_it_breaks() {
        let freshness = Freshness::default();
        assert!(freshness.check(&at(0, 0)).is_ok());
        assert!(freshness.check(&at(1_000_000, 0)).is_ok());
        freshness.fail("first".into());
        freshness.fail("second".into());
        assert!(freshness.check(&at(0, 0)).is_err());
        assert_eq!(freshness.broken().await, "first");
    }

    #[test]
    fn who_follows_is_right_for_a_while_after_each_look() {
        let freshness = Freshness::default();
        freshness.demand(Duration::from_millis(900));
        assert!(freshness.check(&at(0, 0)).is_err(), "it never looked");
        freshness.looked(Moment::of(&at(100, 5000)));
        assert!(freshness.check(&at(1000, 5900)).is_ok());
        assert!(freshness.check(&at(1001, 5900)).is_err());
        assert!(freshness.check(&at(100, 5901)).is_err(), "the machine was paused");
        assert!(freshness.check(&at(500, 100)).is_ok(), "the clock was set back");
        assert!(freshness.check(&at(1001, 100)).is_err());
        freshness.looked(Moment::of(&at(1001, 100)));
        assert!(freshness.check(&at(1001, 100)).is_ok());
    }
}
