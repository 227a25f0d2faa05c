//! When a session or key was used last: written at most once a minute, without lock, log or audit.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::model::SEEN_EVERY;

/// Above this many, those whose minute is over are forgotten.
const SWEEP_ABOVE: usize = 10_000;

/// What was written in the last minute.
#[derive(Debug, Default)]
pub struct LastSeen(Mutex<HashMap<Uuid, Timestamp>>);

impl LastSeen {
    /// Whether it is to be written that this was used now: nobody has in the last minute.
    pub fn is_due(&self, id: Uuid, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: &Timestamp| now.duration_since(*at).abs() < SEEN_EVERY;
        if seen.get(&id).is_some_and(fresh) {
            return false;
        }
        if seen.len() >= SWEEP_ABOVE {
            seen.retain(|_, at| fresh(at));
        }
        seen.insert(id, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_minute() {
        let seen = LastSeen::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let id = Uuid::from_u128(1);
        assert!(seen.is_due(id, at(0)));
        assert!(!seen.is_due(id, at(59)));
        assert!(seen.is_due(Uuid::from_u128(2), at(59)));
        assert!(seen.is_due(id, at(60)));
    }
}
