//! Rate limits: so many of something a minute from one source, on this server. They keep one source from taking the time
//! of all; what must hold over all servers (failed sign-ins, one-time items) is counted in the database.
//!
//! A limit of `n` lets `n` through at once, and after that one each `60/n` seconds (GCRA, ITU-T I.371).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use kernel::{Problem, ProblemKind, Setting};

use crate::{source::Source, system::System};

const MINUTE: i64 = 60_000_000;
/// Above this many, those that have come to rest are forgotten.
const SWEEP_ABOVE: usize = 10_000;
/// Most sources that are told apart; the others are one.
const MOST: usize = 100_000;

/// What was used lately.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Used>);

#[derive(Debug, Default)]
struct Used {
    /// The moment at which all that was used is earned again, in microseconds.
    until: HashMap<(&'static str, Source), i64>,
    sweep_above: usize,
}

impl Throttle {
    /// Uses one of `what`, of which there are `per_minute`, 1 or more; else tells in how many seconds there is one again.
    pub fn take(
        &self,
        what: &'static str,
        source: Source,
        per_minute: i64,
        now: Timestamp,
    ) -> Result<(), u64> {
        let (now, interval) = (now.as_microsecond(), MINUTE / per_minute.max(1));
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.sweep(now);
        let full = used.until.len() >= MOST && !used.until.contains_key(&(what, source));
        let source = if full { Source::of(None) } else { source };
        let until = used.until.entry((what, source)).or_insert(now);
        // The clock may have been set back.
        *until = (*until).clamp(now, now + MINUTE);
        let wait = *until - now - (MINUTE - interval);
        if wait > 0 {
            return Err(u64::try_from(wait).unwrap_or(1).div_ceil(1_000_000));
        }
        *until += interval;
        Ok(())
    }
}

impl System {
    /// Uses one of what the setting limits, so many a minute for each source: 429 with `Retry-After` if there is none
    /// left. 0: no limit.
    pub fn take_turn(&self, limit: &Setting, source: Source) -> Result<(), Problem> {
        let per_minute = self.state().settings.number(limit)?;
        if per_minute <= 0 {
            return Ok(());
        }
        self.throttle.take(limit.key, source, per_minute, self.now()).map_err(|seconds| {
            let detail = "Too many requests from this address; try again later.";
            Problem::new(ProblemKind::TooMany, detail).retry_after(seconds)
        })
    }
}

impl Used {
    fn sweep(&mut self, now: i64) {
        if self.until.len() <= self.sweep_above.max(SWEEP_ABOVE) {
            return;
        }
        self.until.retain(|_, until| *until > now);
        // What is left is in use: the next sweep comes when there are twice as many.
        self.sweep_above = self.until.len() * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn source(number: u32) -> Source {
        Source::of(Some(std::net::Ipv4Addr::from(number).into()))
    }

    #[test]
    fn so_many_at_once_and_then_one_after_the_other() {
        for per_minute in [1, 2, 7, 60, 1_000] {
            let throttle = Throttle::default();
            let take = |now| throttle.take("x", source(1), per_minute, now);
            assert_eq!((0..per_minute).filter(|_| take(at(0)).is_ok()).count() as i64, per_minute);
            let wait = take(at(0)).unwrap_err();
            assert_eq!(wait, 60_u64.div_ceil(per_minute as u64), "{per_minute}");
            assert_eq!(take(at(wait as i64)), Ok(()));
        }
    }

    #[test]
    fn over_many_minutes_it_is_the_limit() {
        let throttle = Throttle::default();
        let passed = (0..600).filter(|s| throttle.take("x", source(1), 30, at(*s)).is_ok()).count();
        assert_eq!(passed, 30 + 299);
    }

    #[test]
    fn sources_and_things_are_apart() {
        let throttle = Throttle::default();
        assert!(throttle.take("x", source(1), 1, at(0)).is_ok());
        assert!(throttle.take("x", source(1), 1, at(0)).is_err());
        assert!(throttle.take("x", source(2), 1, at(0)).is_ok());
        assert!(throttle.take("y", source(1), 1, at(0)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let throttle = Throttle::default();
        assert!(throttle.take("x", source(1), 1, at(100_000)).is_ok());
        assert_eq!(throttle.take("x", source(1), 1, at(0)), Err(60));
    }

    #[test]
    fn many_sources_do_not_take_all_memory() {
        let throttle = Throttle::default();
        for number in 0..u32::try_from(MOST).unwrap() + 5 {
            let _ = throttle.take("x", source(number), 1, at(0));
        }
        assert!(throttle.0.lock().unwrap().until.len() <= MOST + 1);
        assert!(
            throttle.take("x", source(u32::MAX), 1, at(0)).is_err(),
            "one for all of the others"
        );
        // A minute later all have come to rest.
        assert!(throttle.take("x", source(u32::MAX), 1, at(61)).is_ok());
        for number in 0..u32::try_from(MOST).unwrap() {
            let _ = throttle.take("x", source(number), 1, at(200));
        }
        assert!(throttle.0.lock().unwrap().until.len() <= MOST + 1);
    }
}
