//! Refresh tokens: a row for each session holds the hash of the present one. Each use puts its successor in its place,
//! in one statement. A successor is derived from its predecessor and the server's pepper; so whoever repeats the last
//! token within the grace gets the same successor, and any earlier token is known again by following it up to the present
//! one, though none is kept.

use context::Writing;
use jiff::{SignedDuration, Timestamp};
use kernel::{Problem, SessionId};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::SecretString;
use signin::Session;

use crate::store;

/// How long the last token still answers its successor: for requests that were under way together.
const GRACE: SignedDuration = SignedDuration::from_secs(10);
/// How many tokens are followed to know an old one again; a session that refreshes each minute for a week stays below.
const LONGEST_WALK: i64 = 20_000;

/// The refresh tokens of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// The session.
    pub(crate) session: SessionId,
    /// The hash of the present token.
    pub(crate) hash: [u8; 32],
    /// How many tokens came before it.
    pub(crate) generation: i64,
    /// When it became the present one.
    pub(crate) rotated_at: Timestamp,
}

/// What a refresh token turns out to be.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The present one; this one comes next.
    Present(SecretToken),
    /// The one before, a moment ago; this is the present one.
    Repeated(SecretToken),
    /// One from before: somebody else has it too.
    Reused,
    /// None of this session's.
    Foreign,
}

impl Family {
    /// What this token is.
    pub(crate) fn judge(&self, token: &SecretToken, pepper: &[u8; 32], now: Timestamp) -> Verdict {
        let mut next = token.successor(pepper, self.session.0);
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
            next = next.successor(pepper, self.session.0);
            if next.matches(&self.hash) {
                return Verdict::Reused;
            }
        }
        Verdict::Foreign
    }
}

/// The first refresh token of a session.
pub(crate) async fn start(tx: &mut Writing, session: &Session) -> Result<SecretString, Problem> {
    let token = SecretToken::generate(Kind::Refresh, session.id.0, tx.ctx().system().entropy());
    let family = Family {
        session: session.id,
        hash: token.hash(),
        generation: 0,
        rotated_at: tx.ctx().now(),
    };
    store::insert_family(tx.as_ref(), &family, session.expires_at).await?;
    Ok(token.to_text())
}

#[cfg(test)]
mod tests {
    use testkit::SeededEntropy;
    use uuid::Uuid;

    use super::*;

    const PEPPER: [u8; 32] = [7; 32];
    const SESSION: Uuid = Uuid::from_u128(9);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn first(seed: u64) -> SecretToken {
        SecretToken::generate(Kind::Refresh, SESSION, &SeededEntropy::new(seed))
    }

    fn after(token: &SecretToken, steps: i64) -> SecretToken {
        (0..steps).fold(token.successor(&PEPPER, SESSION), |t, _| t.successor(&PEPPER, SESSION))
    }

    fn family(present: &SecretToken, generation: i64) -> Family {
        let hash = present.hash();
        Family { session: SessionId(SESSION), hash, generation, rotated_at: at(100) }
    }

    #[test]
    fn the_present_one_is_followed_by_its_successor() {
        let token = first(1);
        let Verdict::Present(next) = family(&token, 0).judge(&token, &PEPPER, at(500)) else {
            panic!("the present one")
        };
        assert!(next.matches(&after(&token, 0).hash()));
    }

    #[test]
    fn the_last_one_answers_its_successor_for_ten_seconds() {
        let token = first(1);
        let family = family(&after(&token, 0), 1);
        assert!(matches!(family.judge(&token, &PEPPER, at(110)), Verdict::Repeated(next)
            if next.matches(&family.hash)));
        assert!(matches!(family.judge(&token, &PEPPER, at(111)), Verdict::Reused));
    }

    #[test]
    fn every_earlier_one_is_known_again() {
        let token = first(1);
        let family = family(&after(&token, 4), 5);
        for steps in 0..4 {
            let earlier = after(&token, steps);
            let verdict = family.judge(&earlier, &PEPPER, at(100));
            assert_eq!(matches!(verdict, Verdict::Reused), steps < 3, "{steps}");
        }
        assert!(matches!(family.judge(&token, &PEPPER, at(100)), Verdict::Reused));
    }

    #[test]
    fn a_made_up_one_ends_nothing() {
        let family = family(&after(&first(1), 4), 5);
        assert!(matches!(family.judge(&first(2), &PEPPER, at(100)), Verdict::Foreign));
        let other_pepper = family.judge(&first(1), &[8; 32], at(100));
        assert!(matches!(other_pepper, Verdict::Foreign));
    }
}
