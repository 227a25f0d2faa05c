//! Tokens that follow each other: a row holds the hash of the present one, and each use puts its successor in its place,
//! in one statement. A successor is derived from its predecessor and the server's pepper; so whoever repeats the last
//! token within the grace gets the same successor, and any earlier token is known again by following it up to the present
//! one, though none is kept.

use jiff::{SignedDuration, Timestamp};

use super::SecretToken;

/// How long the last token still answers its successor: for requests that were under way together.
const GRACE: SignedDuration = SignedDuration::from_secs(10);
/// How many tokens are followed to know an old one again; one that is used each minute for a week stays below.
const LONGEST_WALK: i64 = 20_000;

/// What a row keeps of tokens that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The hash of the present token.
    pub hash: [u8; 32],
    /// How many tokens came before it.
    pub generation: i64,
    /// When it became the present one.
    pub rotated_at: Timestamp,
}

/// What a token turns out to be.
#[derive(Debug)]
pub enum Verdict {
    /// The present one; this one comes next.
    Present(SecretToken),
    /// The one before, a moment ago; this is the present one.
    Repeated(SecretToken),
    /// One from before: somebody else has it too.
    Reused,
    /// None of this row's.
    Foreign,
}

impl Rotation {
    /// Begins with this token.
    pub fn begin(first: &SecretToken, now: Timestamp) -> Self {
        Self { hash: first.hash(), generation: 0, rotated_at: now }
    }

    /// What this token is. The row is the one of the token's id.
    pub fn judge(&self, token: &SecretToken, pepper: &[u8; 32], now: Timestamp) -> Verdict {
        let mut next = token.successor(pepper, token.id());
        if token.matches(&self.hash) {
            return Verdict::Present(next);
        }
        if self.generation < 1 {
            return Verdict::Foreign;
        }
        if next.matches(&self.hash) {
            let is_fresh = now.duration_since(self.rotated_at) <= GRACE;
            return if is_fresh { Verdict::Repeated(next) } else { Verdict::Reused };
        }
        for _ in 1..self.generation.min(LONGEST_WALK) {
            next = next.successor(pepper, token.id());
            if next.matches(&self.hash) {
                return Verdict::Reused;
            }
        }
        Verdict::Foreign
    }

    /// The present token, as it comes of this one: this one itself if none has followed. None if it is none of this row's.
    pub fn present(&self, from: SecretToken, pepper: &[u8; 32]) -> Option<SecretToken> {
        let mut token = from;
        for _ in 0..self.generation.clamp(0, LONGEST_WALK) {
            if token.matches(&self.hash) {
                break;
            }
            token = token.successor(pepper, token.id());
        }
        token.matches(&self.hash).then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{secret_token::Kind, testing::Seeded};

    const PEPPER: [u8; 32] = [7; 32];
    const ROW: Uuid = Uuid::from_u128(9);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn first(seed: u64) -> SecretToken {
        SecretToken::generate(Kind::Refresh, ROW, &Seeded::new(seed))
    }

    fn after(token: &SecretToken, steps: i64) -> SecretToken {
        (0..steps).fold(token.successor(&PEPPER, ROW), |t, _| t.successor(&PEPPER, ROW))
    }

    fn row(present: &SecretToken, generation: i64) -> Rotation {
        Rotation { hash: present.hash(), generation, rotated_at: at(100) }
    }

    #[test]
    fn the_present_one_is_followed_by_its_successor() {
        let token = first(1);
        let row = Rotation::begin(&token, at(100));
        let Verdict::Present(next) = row.judge(&token, &PEPPER, at(500)) else {
            panic!("the present one")
        };
        assert!(next.matches(&after(&token, 0).hash()));
    }

    #[test]
    fn the_last_one_answers_its_successor_for_ten_seconds() {
        let token = first(1);
        let row = row(&after(&token, 0), 1);
        assert!(matches!(row.judge(&token, &PEPPER, at(110)), Verdict::Repeated(next)
            if next.matches(&row.hash)));
        assert!(matches!(row.judge(&token, &PEPPER, at(111)), Verdict::Reused));
    }

    #[test]
    fn every_earlier_one_is_known_again() {
        let token = first(1);
        let row = row(&after(&token, 4), 5);
        for steps in 0..4 {
            let earlier = after(&token, steps);
            let verdict = row.judge(&earlier, &PEPPER, at(100));
            assert_eq!(matches!(verdict, Verdict::Reused), steps < 3, "{steps}");
        }
        assert!(matches!(row.judge(&token, &PEPPER, at(100)), Verdict::Reused));
    }

    #[test]
    fn a_made_up_one_is_foreign() {
        let row = row(&after(&first(1), 4), 5);
        assert!(matches!(row.judge(&first(2), &PEPPER, at(100)), Verdict::Foreign));
        let other_pepper = row.judge(&first(1), &[8; 32], at(100));
        assert!(matches!(other_pepper, Verdict::Foreign));
    }

    #[test]
    fn the_present_one_is_found_from_the_first() {
        let token = first(1);
        for (present, generation) in [(first(1), 0), (after(&token, 0), 1), (after(&token, 4), 5)] {
            let found = row(&present, generation).present(first(1), &PEPPER).unwrap();
            assert!(found.matches(&present.hash()));
        }
        assert!(row(&after(&token, 4), 5).present(first(2), &PEPPER).is_none());
        assert!(row(&after(&token, 4), 4).present(first(1), &PEPPER).is_none());
    }
}
