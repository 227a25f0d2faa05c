//! Noticing that somebody else has changed the file. A look costs one question to the file system, and works on each of
//! them. A change is taken when two looks have seen the same: an editor that empties the file before it writes, or takes it
//! away for a moment, switches nobody off. What is refused changes nothing, and is said everywhere.

use std::{sync::Arc, time::Duration};

use context::{Caller, Ctx, Event, EventKind, RequestFacts, System};
use kernel::{Problem, ProblemKind};
use tokio::task::spawn_blocking;

use crate::{
    disk::{self, Stamp},
    refused::FileRefused,
    users_on_disk::{NotTaken, UsersOnDisk, locked},
};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// Looks before a file that the database refused is tried again: what was in the way there may be gone.
const REST: u32 = 20;

/// Looks for as long as the server runs.
pub async fn again_and_again(disk: Arc<UsersOnDisk>, system: Arc<System>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        disk.look(&system).await;
    }
}

/// The file as it looks from outside.
pub(crate) type Seen = Result<Option<Stamp>, FileRefused>;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    /// The last look.
    last: Option<Seen>,
    /// What was taken, or refused for good.
    done: Option<Seen>,
    /// So many looks are only looks.
    rest: u32,
}

impl Looks {
    /// Whether the file is to be read.
    fn is_due(&mut self, seen: Seen) -> bool {
        let is_still = self.last.as_ref() == Some(&seen);
        self.last = Some(seen);
        if !is_still {
            self.rest = 0;
            return false;
        }
        if self.done == self.last {
            return false;
        }
        let is_resting = self.rest > 0;
        self.rest = self.rest.saturating_sub(1);
        !is_resting
    }

    /// Nothing more is to be done with what was seen then.
    pub(crate) fn took(&mut self, seen: Seen) {
        self.done = Some(seen);
        self.rest = 0;
    }
}

impl UsersOnDisk {
    /// One look: takes what has changed, and says so if that cannot be.
    pub async fn look(&self, system: &Arc<System>) {
        let mut looks = self.looks.lock().await;
        let seen = self.stamp().await;
        if !looks.is_due(seen.clone()) {
            return;
        }
        match self.take(system).await {
            Ok(()) => {
                looks.took(seen);
                self.note_success();
            }
            Err(why) => {
                match why {
                    NotTaken::Refused(_) => looks.took(seen),
                    NotTaken::Failed(_) => looks.rest = REST,
                }
                self.note_fault(system, &why).await;
            }
        }
    }

    pub(crate) async fn stamp(&self) -> Seen {
        let path = self.path.clone();
        match spawn_blocking(move || disk::stamp(&path)).await {
            Ok(seen) => seen,
            Err(error) => Err(FileRefused::new(error)),
        }
    }

    fn note_success(&self) {
        metrics::gauge!("portcullis_users_file_current").set(1.0);
        if locked(&self.fault).take().is_some() {
            tracing::info!(target: "portcullis::system", file = self.file_name(), "the users file is good again");
        }
    }

    /// Once for each reason.
    async fn note_fault(&self, system: &Arc<System>, why: &NotTaken) {
        metrics::gauge!("portcullis_users_file_current").set(0.0);
        let reason = why.to_string();
        let former = locked(&self.fault).replace(reason.clone());
        if former.as_ref() == Some(&reason) {
            return;
        }
        metrics::counter!("portcullis_users_file_refusals_total").increment(1);
        let file = self.file_name();
        tracing::error!(target: "portcullis::system", file, reason, "the users file is not taken; what it said before counts");
        if is_outage(why) {
            return;
        }
        let event = Event::new(EventKind::SecurityAlert, "users_file.refused").failed(reason);
        if let Err(error) = operator(system).audit(event).await {
            tracing::error!(target: "portcullis::system", %error, "the audit does not hear of the users file");
        }
    }
}

/// Whether it is the database that does not answer: then the audit hears of nothing.
fn is_outage(why: &NotTaken) -> bool {
    let is_outage = |problem: &Problem| {
        matches!(problem.kind(), ProblemKind::Internal | ProblemKind::Unavailable)
    };
    matches!(why, NotTaken::Failed(problem) if is_outage(problem))
}

/// Whoever writes the file is the operator of the machine.
pub(crate) fn operator(system: &Arc<System>) -> Ctx {
    let request = RequestFacts { id: "users_file".to_owned(), ..RequestFacts::default() };
    Ctx::new(system.clone(), Caller::operator(), request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(reason: &str) -> Seen {
        Err(FileRefused::new(reason))
    }

    #[test]
    fn a_change_is_taken_at_the_second_look() {
        let mut looks = Looks::default();
        looks.took(seen("a"));
        assert!(!looks.is_due(seen("a")) && !looks.is_due(seen("a")));
        assert!(!looks.is_due(seen("b")));
        assert!(looks.is_due(seen("b")));
        looks.took(seen("b"));
        assert!(!looks.is_due(seen("b")));
    }

    #[test]
    fn what_is_there_for_one_look_is_never_taken() {
        let mut looks = Looks::default();
        looks.took(seen("a"));
        for moment in ["gone", "a", "b", "c", "a", "a"] {
            assert!(!looks.is_due(seen(moment)), "{moment}");
        }
    }

    #[test]
    fn what_the_database_refused_is_tried_again_after_a_rest() {
        let mut looks = Looks::default();
        assert!(!looks.is_due(seen("a")) && looks.is_due(seen("a")));
        looks.rest = 2;
        assert!(!looks.is_due(seen("a")) && !looks.is_due(seen("a")) && looks.is_due(seen("a")));
    }

    #[test]
    fn what_somebody_mends_waits_for_no_rest() {
        let mut looks = Looks { rest: 5, ..Looks::default() };
        assert!(!looks.is_due(seen("b")) && looks.is_due(seen("b")));
    }
}
