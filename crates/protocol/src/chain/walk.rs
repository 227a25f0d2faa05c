//! Going along a chain and checking each event.

use super::{Canonical, GENESIS, link};
use crate::digest::same;

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An event is missing, doubled or out of order.
    #[error("event {expected} was expected, event {found} was found")]
    Sequence {
        /// The number that had to come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The event or one before it was changed.
    #[error("the hash of event {sequence} does not fit what it says")]
    Hash {
        /// The number of the event.
        sequence: u64,
    },
}

/// A walk along the chain, from its start or from a head that is known to be genuine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    sequence: u64,
    hash: [u8; 32],
}

impl Walk {
    /// Starts before the first event, whose number is 1.
    pub fn from_genesis() -> Self {
        Self { sequence: 0, hash: GENESIS }
    }

    /// Starts behind an event whose number and hash are known.
    pub fn behind(sequence: u64, hash: [u8; 32]) -> Self {
        Self { sequence, hash }
    }

    /// Checks the next event against its stored number and hash. After an error the walk stays where it was.
    pub fn step(
        &mut self,
        sequence: u64,
        canonical: &Canonical,
        stored: &[u8; 32],
    ) -> Result<(), Broken> {
        let expected = self.sequence.saturating_add(1);
        if sequence != expected {
            return Err(Broken::Sequence { expected, found: sequence });
        }
        if !same(&link(&self.hash, canonical), stored) {
            return Err(Broken::Hash { sequence });
        }
        (self.sequence, self.hash) = (sequence, *stored);
        Ok(())
    }

    /// The head reached: the number of the last event (0: none) and its hash.
    pub fn head(&self) -> (u64, &[u8; 32]) {
        (self.sequence, &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(types: &[&str]) -> Vec<(u64, Canonical, [u8; 32])> {
        let mut hash = GENESIS;
        let mut rows = Vec::new();
        for (sequence, kind) in (1..).zip(types) {
            let canonical = Canonical::new(1).unsigned("sequence", sequence).text("type", kind);
            hash = link(&hash, &canonical);
            rows.push((sequence, canonical, hash));
        }
        rows
    }

    fn walk(rows: &[(u64, Canonical, [u8; 32])]) -> Result<Walk, Broken> {
        let mut walk = Walk::from_genesis();
        rows.iter().try_for_each(|(sequence, row, hash)| walk.step(*sequence, row, hash))?;
        Ok(walk)
    }

    #[test]
    fn a_whole_chain_leads_to_its_head() {
        let rows = chain(&["LOGIN", "ROLE_CHANGE", "LOGOUT"]);
        assert_eq!(walk(&rows).unwrap().head(), (3, &rows[2].2));
        let mut tail = Walk::behind(2, rows[1].2);
        assert_eq!(tail.step(3, &rows[2].1, &rows[2].2), Ok(()));
    }

    #[test]
    fn a_changed_missing_doubled_or_swapped_event_shows() {
        let rows = chain(&["LOGIN", "ROLE_CHANGE", "LOGOUT"]);

        let mut changed = rows.clone();
        changed[1].1 = Canonical::new(1).unsigned("sequence", 2).text("type", "LOGIN");
        assert_eq!(walk(&changed), Err(Broken::Hash { sequence: 2 }));

        let mut rehashed = changed;
        rehashed[1].2 = link(&rows[0].2, &rehashed[1].1);
        assert_eq!(walk(&rehashed), Err(Broken::Hash { sequence: 3 }));

        let missing = [rows[0].clone(), rows[2].clone()];
        assert_eq!(walk(&missing), Err(Broken::Sequence { expected: 2, found: 3 }));
        let doubled = [rows[0].clone(), rows[0].clone()];
        assert_eq!(walk(&doubled), Err(Broken::Sequence { expected: 2, found: 1 }));
    }

    #[test]
    fn the_number_cannot_run_over() {
        let mut walk = Walk::behind(u64::MAX, GENESIS);
        let event = Canonical::new(1);
        let hash = link(&GENESIS, &event);
        assert_eq!(
            walk.step(0, &event, &hash),
            Err(Broken::Sequence { expected: u64::MAX, found: 0 })
        );
    }
}
