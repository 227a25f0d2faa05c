//! Refusals in the audit: the first of a kind in each minute is an event of its own, the others are counted on it,
//! so that somebody who is refused all day cannot fill the disk.

use std::{collections::HashMap, sync::Mutex};

use jiff::Timestamp;
use kernel::NodeId;

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The permission that was asked, or what was to be granted.
    pub permission: String,
    /// The node at which it was asked.
    pub node: NodeId,
}

/// Most kinds of refusal that are told apart in a minute; the others are lost in one.
const MOST_KINDS: usize = 10_000;

/// Counts the refusals of the running minute.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    counts: HashMap<String, u64>,
}

impl Refusals {
    /// Counts one more, and tells whether it is the first of its kind in this minute: then it is to be written.
    pub fn is_first(&self, now: Timestamp, kind: String) -> bool {
        let number = now.as_second().div_euclid(60);
        let mut minute = match self.0.lock() {
            Ok(minute) => minute,
            Err(poisoned) => poisoned.into_inner(),
        };
        if minute.number != number {
            *minute = Minute { number, counts: HashMap::new() };
        }
        let full = minute.counts.len() >= MOST_KINDS;
        let kind = if full && !minute.counts.contains_key(&kind) { String::new() } else { kind };
        let count = minute.counts.entry(kind).or_default();
        *count += 1;
        *count == 1
    }

    /// How many of this kind came in this minute so far.
    pub fn count(&self, kind: &str) -> u64 {
        match self.0.lock() {
            Ok(minute) => minute.counts.get(kind).copied().unwrap_or(0),
            Err(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_minute_is_written() {
        let refusals = Refusals::default();
        let now = Timestamp::from_second(600).unwrap();
        assert!(refusals.is_first(now, "a".into()));
        assert!(!refusals.is_first(now, "a".into()));
        assert!(refusals.is_first(now, "b".into()));
        assert!(refusals.is_first(Timestamp::from_second(660).unwrap(), "a".into()));
    }
}
