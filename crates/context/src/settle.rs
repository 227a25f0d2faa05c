//! A commit whose answer was lost, because the connection broke: whether it happened, and memory that follows.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use kernel::{EventId, Problem, ProblemKind};
use store::StoreError;

use crate::{audit_row, system::System};

/// How often to look before the client is told that it is not known.
const TRIES: u32 = 3;
/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Finds out whether the commit that wrote this event happened, and brings memory up to it. The caller has the turn of
/// this process's writers. An error says that nothing was changed, or that it is not known.
pub(crate) async fn settle(
    system: &Arc<System>,
    event: Option<EventId>,
    error: StoreError,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        match look(system, event).await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(nothing_changed().with_cause(error)),
            Err(problem) => {
                tracing::warn!(target: "portcullis::system", %problem, "a commit is in doubt")
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    // Until then decisions from memory alone are as they were before; whoever reads rows is told to come again.
    tokio::spawn(follow_later(Arc::downgrade(system)));
    Err(unknown().with_cause(error))
}

/// The write lock first: the lost connection's transaction may still be at work, and holds it until it has ended.
async fn look(system: &System, event: Option<EventId>) -> Result<bool, Problem> {
    let transaction = system.database().write().await?;
    system.follow(&transaction).await?;
    match event {
        Some(event) => Ok(audit_row::is_there(&transaction, event).await?),
        None => Ok(false),
    }
}

/// Tries until the database answers again, unless the server is gone by then.
async fn follow_later(system: Weak<System>) {
    while let Some(system) = system.upgrade() {
        let turn = system.writing.clone().lock_owned().await;
        if look(&system, None).await.is_ok() {
            return;
        }
        drop(turn);
        drop(system);
        tokio::time::sleep(PAUSE).await;
    }
}

fn nothing_changed() -> Problem {
    Problem::new(ProblemKind::Unavailable, "The database did not answer; nothing was changed.")
        .retry_after(1)
}

fn unknown() -> Problem {
    Problem::new(
        ProblemKind::Unavailable,
        "It is not known whether the change was made; look before repeating it.",
    )
    .retry_after(1)
}
