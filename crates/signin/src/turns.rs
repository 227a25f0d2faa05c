//! Tries of one name come one after the other, so that the first failures count before the next try begins.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use kernel::Problem;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use uuid::Uuid;

use crate::hasher::too_many;

/// Above this many names, those that nobody waits for are forgotten.
const SWEEP_ABOVE: usize = 1024;

/// How many may try one name at once, the one whose turn it is among them: what waits here does not show in the queue
/// of the hashing threads.
const MOST_WAITING: usize = 32;

/// One turn for each name that is being tried at this moment.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<Uuid, Weak<Turn<()>>>>);

impl Turns {
    /// Waits until nobody else tries this name. 503 if too many wait already.
    pub(crate) async fn take(&self, who: Uuid) -> Result<OwnedMutexGuard<()>, Problem> {
        let turn = self.turn(who);
        if Arc::strong_count(&turn) > MOST_WAITING {
            return Err(too_many());
        }
        Ok(turn.lock_owned().await)
    }

    fn turn(&self, who: Uuid) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&who).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() > SWEEP_ABOVE {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Turn::new(()));
        turns.insert(who, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use kernel::ProblemKind;

    use super::*;

    #[tokio::test]
    async fn one_name_waits_and_another_does_not() {
        let turns = Turns::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let held = turns.take(one).await.unwrap();
        assert!(turns.turn(one).try_lock().is_err());
        drop(turns.take(other).await.unwrap());
        drop(held);
        drop(turns.take(one).await.unwrap());
    }

    #[tokio::test]
    async fn too_many_are_told_to_come_again() {
        let turns = Turns::default();
        let who = Uuid::from_u128(1);
        let held: Vec<_> = (0..MOST_WAITING).map(|_| turns.turn(who)).collect();
        let refused = turns.take(who).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.retry_after_seconds()),
            (ProblemKind::Unavailable, Some(2))
        );
        drop(held);
        drop(turns.take(who).await.unwrap());
    }
}
