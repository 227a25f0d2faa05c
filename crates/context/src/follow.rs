//! Keeping up with the other servers on a PostgreSQL database: what they commit is in memory here before it is too old to
//! be answered from.

use std::{sync::Arc, time::Duration};

use kernel::Problem;
use store::watch::{Nudges, Watch};
use tokio::{sync::Notify, time::sleep};

use crate::{
    freshness::Moment,
    system::{ENTRIES, System},
};

/// The time between two looks when nobody says that there is something to see.
const POLL: Duration = Duration::from_millis(100);
/// How often a first look is tried. A database that two servers fill at once may be slow, and nothing is answered yet.
const FIRST_LOOKS: u32 = 20;
/// How long to wait before listening anew.
const LISTEN_AGAIN: Duration = Duration::from_millis(500);

/// Follows what other servers commit.
#[derive(Debug)]
pub struct Follower {
    system: Arc<System>,
    watch: Watch,
    nudges: Nudges,
}

impl Follower {
    /// Takes a first look. From now on memory counts only for `limit` after each look at the head.
    pub async fn begin(system: Arc<System>, url: &str, limit: Duration) -> Result<Self, Problem> {
        system.freshness().demand(limit);
        let (mut watch, nudges) = (Watch::new(url)?, Nudges::new(url)?);
        let asked = first_look(&system, &mut watch).await?;
        system.freshness().looked(asked);
        Ok(Self { system, watch, nudges })
    }

    /// Follows until memory cannot be right again, and says why.
    pub async fn run(self) -> String {
        let nudged = Notify::new();
        tokio::select! {
            reason = self.system.broken() => reason,
            never = look_again_and_again(&self.system, self.watch, &nudged) => never,
            never = listen(self.nudges, &nudged) => never,
        }
    }
}

/// When it was asked that what was seen is of.
async fn first_look(system: &Arc<System>, watch: &mut Watch) -> Result<Moment, Problem> {
    let mut tries = 1;
    loop {
        let asked = system.moment();
        match look(system, watch).await {
            Ok(()) => return Ok(asked),
            Err(problem) if tries == FIRST_LOOKS => return Err(problem),
            Err(_) => {}
        }
        tries += 1;
        sleep(POLL).await;
    }
}

async fn look_again_and_again(system: &Arc<System>, mut watch: Watch, nudged: &Notify) -> ! {
    let mut silent = false;
    loop {
        // Before it is sent: what was committed up to here the answer knows.
        let asked = system.moment();
        match look(system, &mut watch).await {
            Ok(()) => {
                system.freshness().looked(asked);
                if std::mem::take(&mut silent) {
                    tracing::info!(target: "portcullis::system", "the database answers again");
                }
            }
            // Once, not each time: an outage may last.
            Err(problem) if !std::mem::replace(&mut silent, true) => {
                let cause = problem.cause().map(ToString::to_string);
                tracing::warn!(target: "portcullis::system", %problem, cause, "the head of the database is out of sight");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = nudged.notified() => {}
            () = sleep(POLL) => {}
        }
    }
}

async fn look(system: &Arc<System>, watch: &mut Watch) -> Result<(), Problem> {
    let mut state = system.state();
    let look = watch.look(state.revision).await?;
    system.check_history(&state, &look)?;
    while state.revision < look.revision {
        let entries = watch.after(state.revision, ENTRIES).await?;
        match system.advance(state, entries, look.revision).await? {
            Some(next) => state = next,
            // A transaction that sees the rows too; it began after this look, so it leads as far, or farther.
            None => return system.see(look.revision).await,
        }
    }
    Ok(())
}

/// What is told is a reason to look at once; what gets lost is found by polling.
async fn listen(mut nudges: Nudges, nudged: &Notify) -> ! {
    loop {
        match nudges.next().await {
            Ok(()) => {}
            Err(error) => {
                tracing::debug!(target: "portcullis::system", %error, "listening anew");
                sleep(LISTEN_AGAIN).await;
            }
        }
        nudged.notify_one();
    }
}
