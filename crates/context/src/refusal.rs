//! Refusals in the audit: the first of a kind in each minute is an event of its own, the others are counted on it,
//! so that somebody who is refused all day cannot fill the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

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
        let mut minute = self.minute(now);
        let full = minute.counts.len() >= MOST_KINDS;
        let kind = if full && !minute.counts.contains_key(&kind) { String::new() } else { kind };
        let count = minute.counts.entry(kind).or_default();
        *count += 1;
        *count == 1
    }

    /// As [`is_first`](Self::is_first), for kinds of which strangers can make as many as they like, such as addresses:
    /// only so many of a group are told apart in a minute.
    pub fn is_first_of(&self, now: Timestamp, group: &str, member: &str, most: u64) -> bool {
        let mut minute = self.minute(now);
        let kind = format!("{group} {member}");
        if let Some(count) = minute.counts.get_mut(&kind) {
            *count += 1;
            return false;
        }
        let members = minute.counts.entry(group.to_owned()).or_default();
        if *members >= most {
            return false;
        }
        *members += 1;
        minute.counts.insert(kind, 1);
        true
    }

    fn minute(&self, now: Timestamp) -> MutexGuard<'_, Minute> {
        let number = now.as_second().div_euclid(60);
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != number {
            *minute = Minute { number, counts: HashMap::new() };
        }
        minute
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

    #[test]
    fn of_a_group_so_many_are_told_apart() {
        let refusals = Refusals::default();
        let now = Timestamp::from_second(600).unwrap();
        let first = |member| refusals.is_first_of(now, "source", member, 2);
        assert!(first("a") && first("b") && !first("a") && !first("c") && !first("c"));
        assert!(refusals.is_first_of(now, "other", "c", 2));
        assert!(refusals.is_first_of(Timestamp::from_second(660).unwrap(), "source", "c", 2));
    }
}
